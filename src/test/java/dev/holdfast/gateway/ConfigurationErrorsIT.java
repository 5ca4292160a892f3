package dev.holdfast.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.holdfast.testing.GatewayProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ConfigurationErrorsIT {

	private static final String NOBODY = "http://127.0.0.1:9";

	@Test
	void badEndpointUrlUnknownKeyAndBadDurationEndTheStartTogether() {
		assertRefused(
				List.of("holdfast.etcd.endpoints[0]: \"localhost:2379 etcd\"",
						"holdfast.etcd.endpoint: there is no such key",
						"holdfast.registry.barrier-interval: \"soon\" must be a duration"),
				"--holdfast.etcd.endpoints=localhost:2379 etcd", "--holdfast.etcd.endpoint=http://127.0.0.1:9",
				"--holdfast.registry.barrier-interval=soon");
	}

	@Test
	void fileThatIsNoYamlEndsTheStartWithItsLine(@TempDir Path folder) throws IOException {
		Path file = Files.writeString(folder.resolve("application.yml"), "holdfast:\n\tserver:\n");
		assertRefused(List.of(file + ", line 2, column 1: this is no YAML", "indented by spaces"),
				"--spring.config.additional-location=" + folder.toUri());
	}

	@Test
	void takenTrafficPortEndsTheStart() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertRefused(List.of("holdfast.server.port", "127.0.0.1:" + taken.getLocalPort()),
					"--holdfast.server.port=" + taken.getLocalPort());
		}
	}

	@Test
	void takenAdminPortEndsTheStart() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertRefused(List.of("server.port", "port " + taken.getLocalPort()),
					"--server.port=" + taken.getLocalPort());
		}
	}

	private static void assertRefused(List<String> said, String... arguments) {
		try (GatewayProcess gateway = GatewayProcess.with(NOBODY).arguments(arguments).launch()) {
			assertThat(gateway.awaitExit()).isNotZero();
			assertThat(gateway.log()).contains(said).containsOnlyOnce("APPLICATION FAILED TO START");
			List<String> frames = gateway.log().lines().filter((line) -> line.startsWith("\tat ")).toList();
			assertThat(frames).isEmpty();
			// Boot's own report is an error, and the only one.
			assertThat(gateway.log().lines().filter((line) -> line.contains(" ERROR "))).hasSize(1);
		}
	}

}
