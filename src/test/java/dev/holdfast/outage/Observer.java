package dev.holdfast.outage;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.testing.GatewayProcess;

/**
 * Looks at a gateway's {@code /registry/status} all the time, and keeps what it saw.
 */
final class Observer implements AutoCloseable {

	private static final long INTERVAL_MILLIS = 50;

	private final GatewayProcess gateway;

	private final List<Sighting> transitions = new CopyOnWriteArrayList<>();

	private final CountDownLatch end = new CountDownLatch(1);

	private final Thread thread;

	Observer(GatewayProcess gateway) {
		this.gateway = gateway;
		this.thread = Thread.ofVirtual().name("observer").start(this::watch);
	}

	private void watch() {
		try {
			while (!this.end.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS)) {
				look();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void look() {
		long now = System.nanoTime();
		try {
			JsonNode status = this.gateway.status();
			Sighting seen = new Sighting(now, status.path("state").asText(), status.path("cause").asText());
			if (this.transitions.isEmpty() || !this.transitions.getLast().state().equals(seen.state())) {
				this.transitions.add(seen);
			}
		}
		catch (UncheckedIOException ex) {
			// A halted gateway answers nobody; when it goes on, so does this.
		}
	}

	/**
	 * How long after a moment another state than {@code LIVE} was seen.
	 * @param since the moment, {@link System#nanoTime()}
	 * @return the time, empty when there was none
	 */
	Optional<Duration> noticed(long since) {
		return this.transitions.stream()
			.filter((seen) -> seen.nanos() >= since && !seen.state().equals("LIVE"))
			.map((seen) -> Duration.ofNanos(seen.nanos() - since))
			.findFirst();
	}

	/**
	 * What was seen, one sighting for each change of state.
	 */
	List<Sighting> transitions() {
		return List.copyOf(this.transitions);
	}

	@Override
	public void close() {
		this.end.countDown();
		try {
			this.thread.join(Duration.ofSeconds(60));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * A state and when it was first seen.
	 *
	 * @param nanos when it was asked for, {@link System#nanoTime()}
	 * @param state the state's name
	 * @param cause why it is not live, empty while it is
	 */
	record Sighting(long nanos, String state, String cause) {
	}

}
