package dev.holdfast.registry.guard;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.HostLookup;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.FreePorts;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TcpProbeTests {

	@Test
	void anyAddressOfTheNameWillDo() throws IOException {
		int port = FreePorts.choose("127.0.0.3");
		try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.3"))) {
			assertThat(socket.isBound()).isTrue();
			assertThat(probe((host) -> addresses("127.0.0.2", "127.0.0.3"), port)).isEmpty();
		}
	}

	@Test
	void noAddressOfTheNameIsNoConnection() {
		int port = FreePorts.choose("127.0.0.2");
		assertThat(probe((host) -> addresses("127.0.0.2", "127.0.0.3"), port))
			.startsWith("no connection to orders.internal:" + port + ": ")
			.contains("refused");
		assertThat(probe((host) -> List.of(), port)).endsWith(": the name has no address");
		assertThat(probe((host) -> {
			throw new UnknownHostException("unknown");
		}, port)).endsWith(": unknown");
	}

	private static String probe(HostLookup lookup, int port) {
		CompletableFuture<String> result = new CompletableFuture<>();
		new TcpProbe(Duration.ofSeconds(5), lookup).probe(new Endpoint(Scheme.HTTP, "orders.internal", port),
				result::complete);
		return result.join();
	}

	private static List<InetAddress> addresses(String... texts) throws UnknownHostException {
		InetAddress[] addresses = new InetAddress[texts.length];
		for (int i = 0; i < texts.length; i++) {
			addresses[i] = InetAddress.getByName(texts[i]);
		}
		return List.of(addresses);
	}

}
