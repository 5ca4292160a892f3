package dev.holdfast.outage;

import java.net.URI;
import java.time.Duration;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.testing.Closer;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.Load;
import dev.holdfast.testing.Patience;
import dev.holdfast.testing.TestBackend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Where outages are played: a registry, two backends of the service {@code orders}, and a
 * gateway. A row leaves it as it was, so that the next one need not start another.
 */
abstract class Stage {

	static final String SERVICE = "/services/orders/";

	/**
	 * Make some 300 requests a second where the page is written, and half as many in a
	 * build, where others need the machine.
	 */
	private static final int CONNECTIONS = Boolean.getBoolean("holdfast.outage.timed") ? 8 : 4;

	private static final Duration PAUSE = Duration.ofMillis(20);

	private final Closer closer;

	private final TestBackend first;

	private final TestBackend second;

	/**
	 * Begins to set the stage.
	 * @param closer closes all that is opened for it, however far the setting came
	 */
	Stage(Closer closer) {
		this.closer = closer;
		this.first = open(TestBackend.start("a"));
		this.second = open(TestBackend.start("b"));
	}

	/** Keeps what has been opened until the stage is struck. */
	final <T extends AutoCloseable> T open(T resource) {
		return this.closer.register(resource);
	}

	/**
	 * Registers both backends.
	 */
	void register() {
		put(SERVICE + "a", this.first.address());
		put(SERVICE + "b", this.second.address());
	}

	/** The gateway, once it was started. */
	abstract GatewayProcess gateway();

	/** Whether the gateway runs before the fault; else the fault is that it starts. */
	boolean isOpen() {
		return true;
	}

	abstract void put(String key, String value);

	abstract void delete(String key);

	TestBackend first() {
		return this.first;
	}

	TestBackend second() {
		return this.second;
	}

	Load load() {
		return Load.start(gateway().url("/orders/v1/items"), CONNECTIONS, PAUSE);
	}

	/**
	 * Waits until the gateway tells a state.
	 */
	void awaitState(String state, Duration atMost) {
		await().atMost(atMost).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
			JsonNode status = gateway().status();
			assertThat(status.path("state").asText()).as("%s", status).isEqualTo(state);
		});
	}

	void awaitLive() {
		awaitState("LIVE", Patience.TIME);
	}

	/**
	 * Waits until the gateway knows a number of instances, and no other.
	 */
	void awaitInstances(int count) {
		await().atMost(Outage.RECOVERY).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
			JsonNode status = gateway().status();
			assertThat(status.path("instances").asInt()).as("%s", status).isEqualTo(count);
		});
	}

	static int port(String url) {
		return URI.create(url).getPort();
	}

}
