package dev.holdfast.proxy.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.holdfast.proxy.transport.EventLoops;
import dev.holdfast.proxy.transport.Transport;
import dev.holdfast.testing.Patience;
import io.netty.channel.Channel;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assumptions.assumeThat;

@EnabledOnOs(OS.LINUX)
class ListenSocketTests {

	private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();

	@ParameterizedTest
	@EnumSource(names = { "EPOLL", "IO_URING" })
	void noConnectionBeginsBeforeTheSocketCloses(Transport transport) throws Exception {
		assumeThat(transport.isAvailable()).isTrue();
		EventLoops loops = new EventLoops(2, transport);
		ListenSocket socket = new ListenSocket(loops.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
				null, (loop, channel) -> this.accepted.add(channel)));
		int port = socket.port();
		try (Socket before = connect(port)) {
			assertThat(this.accepted.poll(Patience.TIME.toSeconds(), TimeUnit.SECONDS)).isNotNull();
			socket.refuse();
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> connect(port).close());
			before.getOutputStream().write(1);
			socket.close();
			assertThatIOException().isThrownBy(() -> connect(port).close())
				.isNotInstanceOf(SocketTimeoutException.class);
		}
		finally {
			loops.close();
		}
		assertThat(this.accepted).isEmpty();
	}

	private static Socket connect(int port) throws IOException {
		Socket client = new Socket();
		client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
		return client;
	}

}
