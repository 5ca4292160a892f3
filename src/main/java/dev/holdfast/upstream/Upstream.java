package dev.holdfast.upstream;

import java.util.List;

import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * One service's run-time state. All methods are safe on any thread and take no lock that
 * another request could hold for long.
 */
public final class Upstream {

	private final ServiceName name;

	Upstream(ServiceName name) {
		this.name = name;
	}

	/**
	 * The service's name.
	 * @return the name
	 */
	public ServiceName name() {
		return this.name;
	}

	/**
	 * The service's instances, whatever their state.
	 * @return the instances
	 */
	public List<UpstreamInstance> instances() {
		return List.of();
	}

	/**
	 * Asks the circuit breaker whether a request may be sent. After {@code true} the
	 * request must be ended with {@link #end}.
	 * @return whether the breaker lets it through
	 */
	public boolean tryStart() {
		return true;
	}

	/**
	 * Chooses an instance for a try.
	 * @param tried the instances that this request has been sent to already; avoided
	 * while there is another
	 * @return an instance, or {@code null} when the service has none that takes requests
	 */
	public @Nullable UpstreamInstance choose(List<UpstreamInstance> tried) {
		return null;
	}

	/**
	 * Ends a request that {@link #tryStart} let through.
	 * @param outcome how it ended
	 * @param nanos how long it took, nanoseconds
	 */
	public void end(Outcome outcome, long nanos) {
	}

}
