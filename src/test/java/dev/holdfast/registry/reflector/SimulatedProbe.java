package dev.holdfast.registry.reflector;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

import dev.holdfast.registry.Probe;
import dev.holdfast.service.Endpoint;

/**
 * A probe that finds something listening at every port but those of the dead.
 */
final class SimulatedProbe implements Probe {

	private static final Duration LATENCY = Duration.ofMillis(1);

	private final SimulatedTime time;

	private final Set<Integer> dead = new HashSet<>();

	private int probes;

	SimulatedProbe(SimulatedTime time) {
		this.time = time;
	}

	void kill(int port) {
		this.dead.add(port);
	}

	void revive(int port) {
		this.dead.remove(port);
	}

	boolean isAlive(int port) {
		return !this.dead.contains(port);
	}

	int probes() {
		return this.probes;
	}

	@Override
	public void probe(Endpoint endpoint, Consumer<String> result) {
		this.probes++;
		this.time.after(LATENCY, () -> result.accept(isAlive(endpoint.port()) ? "" : "connection refused"));
	}

}
