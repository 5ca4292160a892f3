package dev.holdfast.check;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;

import dev.holdfast.proxy.backend.BackendBundles;
import dev.holdfast.proxy.backend.HostResolver;
import dev.holdfast.proxy.backend.SingleUseConnections;
import dev.holdfast.proxy.transport.EventLoops;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.transport.Transport;

/**
 * The event loop of the checks: one of their own, so that no check delays a request, nor
 * a flood of requests the checks.
 */
final class CheckThread {

	private static final String NAME = "health-check";

	private final EventLoops loops;

	private final TrafficLoop loop;

	private final CheckedInstances checked;

	private CheckThread(EventLoops loops, TrafficLoop loop, CheckedInstances checked) {
		this.loops = loops;
		this.loop = loop;
		this.checked = checked;
	}

	/**
	 * Start it.
	 * @param checking makes what is checked
	 * @param bundles what secures the connections
	 */
	static CheckThread open(ActiveChecks.Surroundings surroundings,
			BiFunction<TrafficLoop, SingleUseConnections, CheckedInstances> checking, BackendBundles bundles) {
		EventLoops loops = new EventLoops(1, Transport.best(), surroundings.ticker(), NAME);
		TrafficLoop loop = loops.all().getFirst();
		SingleUseConnections connections = new SingleUseConnections(loop, new HostResolver(surroundings.lookup()),
				bundles);
		return new CheckThread(loops, loop, checking.apply(loop, connections));
	}

	/**
	 * Have the event loop do something.
	 */
	void execute(Consumer<CheckedInstances> task) {
		this.loop.eventLoop().execute(() -> task.accept(this.checked));
	}

	/**
	 * Look at what is due by now, and return when it has been seen to.
	 */
	void sweep() {
		CompletableFuture.runAsync(this.loop::runTimers, this.loop.eventLoop()).join();
	}

	/**
	 * End it, and return when it has ended.
	 */
	void close() {
		CompletableFuture.runAsync(this.checked::close, this.loop.eventLoop()).join();
		this.loops.close();
	}

}
