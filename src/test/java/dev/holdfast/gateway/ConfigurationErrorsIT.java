package dev.holdfast.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;

import dev.holdfast.testing.GatewayProcess;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConfigurationErrorsIT {

	private static final String NOBODY = "http://127.0.0.1:9";

	@Test
	void badEndpointUrlEndsTheStart() {
		assertRefused("holdfast.etcd.endpoints", "localhost:2379 etcd",
				"--holdfast.etcd.endpoints=localhost:2379 etcd");
	}

	@Test
	void unknownKeyEndsTheStart() {
		assertRefused("holdfast.etcd.endpoint", "there is no such key", "--holdfast.etcd.endpoint=http://127.0.0.1:9");
	}

	@Test
	void badDurationEndsTheStart() {
		assertRefused("holdfast.registry.barrier-interval", "\"soon\" must be a duration",
				"--holdfast.registry.barrier-interval=soon");
	}

	@Test
	void takenTrafficPortEndsTheStart() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertRefused("holdfast.server.port", "127.0.0.1:" + taken.getLocalPort(),
					"--holdfast.server.port=" + taken.getLocalPort());
		}
	}

	@Test
	void takenAdminPortEndsTheStart() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertRefused("server.port", "port " + taken.getLocalPort(), "--server.port=" + taken.getLocalPort());
		}
	}

	private static void assertRefused(String key, String explanation, String argument) {
		try (GatewayProcess gateway = GatewayProcess.with(NOBODY).arguments(argument).launch()) {
			assertThat(gateway.awaitExit()).isNotZero();
			assertThat(gateway.log()).contains(key, explanation).containsOnlyOnce("APPLICATION FAILED TO START");
			List<String> frames = gateway.log().lines().filter((line) -> line.startsWith("\tat ")).toList();
			assertThat(frames).isEmpty();
			// Boot's own report is an error, and the only one.
			assertThat(gateway.log().lines().filter((line) -> line.contains(" ERROR "))).hasSize(1);
		}
	}

}
