package dev.holdfast.registry.etcd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.holdfast.registry.RegistryConnection;
import dev.holdfast.registry.format.RecordReader;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.Patience;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EtcdSourceTests {

	@Test
	void aMemberWithAnIpv6AddressIsConnectedTo() throws IOException {
		byte[] loopback = new byte[16];
		loopback[15] = 1;
		try (ServerSocket member = new ServerSocket(0, 1, InetAddress.getByAddress(loopback))) {
			member.setSoTimeout((int) Patience.TIME.toMillis());
			EtcdSource source = new EtcdSource(
					new EtcdSettings(List.of(URI.create("http://[::1]:" + member.getLocalPort())),
							List.of(new EtcdPrefix("/services/", RecordReader.of("auto", "/services/", Scheme.HTTP))),
							Optional.empty(), Optional.empty(), false, Duration.ofSeconds(3), Duration.ofSeconds(10),
							Duration.ofSeconds(5)));
			try (RegistryConnection connection = source.connect((signal) -> {
			})) {
				connection.list();
				try (Socket accepted = member.accept()) {
					assertThat(accepted.isConnected()).isTrue();
				}
			}
		}
	}

}
