package dev.holdfast.actuate;

import dev.holdfast.proxy.Probes;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryStatus;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;

/**
 * Answers the traffic port's probes by the rules of the health groups on the admin port:
 * liveness by the process alone, readiness also by the registry.
 */
public final class GatewayProbes implements Probes {

	private final ApplicationAvailability availability;

	private final Registry registry;

	/**
	 * Creates the probes.
	 * @param availability the process' own state
	 * @param registry the registry
	 */
	public GatewayProbes(ApplicationAvailability availability, Registry registry) {
		this.availability = availability;
		this.registry = registry;
	}

	@Override
	public boolean live() {
		return this.availability.getLivenessState() == LivenessState.CORRECT;
	}

	@Override
	public boolean ready() {
		return acceptsTraffic() && this.registry.status().hasSnapshot();
	}

	@Override
	public String notReadyReason() {
		if (!acceptsTraffic()) {
			return "the gateway is starting or shutting down";
		}
		RegistryStatus status = this.registry.status();
		return status.hasSnapshot() ? "" : "nothing has been read from the registry yet: " + status.cause();
	}

	private boolean acceptsTraffic() {
		return this.availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC;
	}

}
