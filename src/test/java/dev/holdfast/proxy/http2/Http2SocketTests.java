package dev.holdfast.proxy.http2;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.testing.LeakCheck;
import dev.holdfast.testing.Patience;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import io.netty.util.concurrent.Ticker;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Connections on sockets: the two roles with one another, and a server with Netty's codec
 * at the other end.
 */
class Http2SocketTests {

	private static final int MANY = 256 * 1024;

	@Test
	void bodiesOfManyStreamsComeBackWhole() throws Exception {
		EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
		try (Http2Server server = new Http2Server(Http2Server.LIMITS, "ok")) {
			TrafficLoop loop = new TrafficLoop(group.next(), Ticker.systemTicker());
			List<CompletableFuture<Long>> sizes = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				sizes.add(new CompletableFuture<>());
			}
			Http2Connection[] connection = new Http2Connection[1];
			connection[0] = Http2Connection.client(loop, Http2Server.LIMITS, new Client(() -> {
				for (CompletableFuture<Long> size : sizes) {
					new Upload(size).start(connection[0]);
				}
			}));
			new Bootstrap().group(group)
				.channel(NioSocketChannel.class)
				.handler(connection[0].handler())
				.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))
				.syncUninterruptibly();
			for (CompletableFuture<Long> size : sizes) {
				assertThat(size.get(Patience.TIME.toSeconds(), TimeUnit.SECONDS)).isEqualTo(MANY);
			}
			group.next().submit(connection[0]::closeWhenIdle).syncUninterruptibly();
			await().until(() -> server.events.contains("closed null"));
		}
		finally {
			group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
		}
	}

	@Test
	void nettysCodecUnderstandsTheServer() throws IOException {
		try (Http2Server server = new Http2Server(Http2Server.LIMITS, "ok");
				Http2Wire client = Http2Wire.connect(server.port())) {
			for (int i = 0; i < 10; i++) {
				assertThat(client.message(client.get("/", "x-a", "b")).body()).isEqualTo("ok");
			}
			int stream = client.request("POST", "/", false);
			for (int i = 0; i < 6; i++) {
				client.data(stream, "x".repeat(10_000), false);
			}
			client.trailers(stream, "x-sum", "1");
			Http2Wire.Message message = client.message(stream);
			assertThat(message.body()).hasSize(60_000);
			assertThat(message.trailers().header("x-sum")).isEqualTo("1");
		}
	}

	@Test
	@ResourceLock(LeakCheck.LEVEL)
	void acknowledgementsThatNobodyReadsDoNotPileUp() throws IOException {
		byte[] pings = new byte[17 * 10_000];
		for (int i = 0; i < pings.length; i += 17) {
			pings[i + 2] = 8;
			pings[i + 3] = FrameType.PING;
		}
		Level level = ResourceLeakDetector.getLevel();
		// Each buffer with its stack traces would take a minute.
		ResourceLeakDetector.setLevel(Level.DISABLED);
		try (Http2Server server = new Http2Server(Http2Server.LIMITS, "ok");
				Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
			OutputStream out = socket.getOutputStream();
			out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			out.write(new byte[] { 0, 0, 0, FrameType.SETTINGS, 0, 0, 0, 0, 0 });
			assertThatThrownBy(() -> {
				for (int i = 0; i < 1000; i++) {
					out.write(pings);
				}
			}).isInstanceOf(IOException.class);
			await().until(() -> server.events.contains("flood control-frames"));
		}
		finally {
			ResourceLeakDetector.setLevel(level);
		}
	}

	@Test
	void lastResponseIsReadWholeByAClientThatGoesOnSending() throws Exception {
		List<Http2Connection> connections = new CopyOnWriteArrayList<>();
		Http2Server.Start start = (stream, connection) -> {
			connections.add(connection);
			ResponseHead head = new ResponseHead();
			head.begin(HttpVersion.HTTP_2, 200, "");
			stream.writeHead(head, false);
			stream.writeData(Unpooled.buffer(MANY).writeZero(MANY), true);
			connection.closeWhenIdle();
		};
		try (Http2Server server = new Http2Server(Http2Server.LIMITS, start); Socket socket = new Socket()) {
			socket.setReceiveBufferSize(4096);
			socket.setSoTimeout((int) Patience.TIME.toMillis());
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
			OutputStream out = socket.getOutputStream();
			out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			// The largest windows.
			out.write(new byte[] { 0, 0, 6, FrameType.SETTINGS, 0, 0, 0, 0, 0, 0, 4, 127, -1, -1, -1 });
			out.write(new byte[] { 0, 0, 4, FrameType.WINDOW_UPDATE, 0, 0, 0, 0, 0, 127, 0, 0, 0 });
			// GET http / with an empty authority.
			out.write(new byte[] { 0, 0, 5, FrameType.HEADERS, 5, 0, 0, 0, 1, (byte) 0x82, (byte) 0x86, (byte) 0x84,
					0x01, 0x00 });
			await().until(() -> !connections.isEmpty() && connections.getFirst().activeStreams() == 0);
			server.settle();
			byte[] ping = new byte[17];
			ping[2] = 8;
			ping[3] = FrameType.PING;
			out.write(ping);
			assertThat(socket.getInputStream().readAllBytes()).hasSizeGreaterThan(MANY);
			socket.shutdownOutput();
			await().until(() -> server.events.contains("closed null"));
		}
	}

	/**
	 * Opens its streams when the server has greeted.
	 */
	private record Client(Runnable greeted) implements Http2Connection.Listener {

		@Override
		public void onSettings() {
			this.greeted.run();
		}

		@Override
		public void onStreamsAllowed() {
		}

		@Override
		public void onRequest(Http2Stream stream, RequestHead head, @Nullable Rejection rejection) {
			throw new AssertionError("a request");
		}

		@Override
		public void onGoAway() {
		}

		@Override
		public void onFlood(String reason) {
			throw new AssertionError(reason);
		}

		@Override
		public void onClosed(@Nullable Throwable cause) {
		}

	}

	/**
	 * Sends a body and counts what comes back.
	 */
	private static final class Upload implements Http2Stream.Listener {

		private final CompletableFuture<Long> size;

		private @Nullable Http2Stream stream;

		private int sent;

		private long received;

		private Upload(CompletableFuture<Long> size) {
			this.size = size;
		}

		private void start(Http2Connection connection) {
			RequestHead head = new RequestHead();
			head.begin(HttpVersion.HTTP_2, "POST", "/");
			head.pseudo("a.test", null);
			head.frame(-1, false, true);
			this.stream = connection.open(head, false, this);
			onWritable();
		}

		@Override
		public void onWritable() {
			Http2Stream stream = this.stream;
			while (stream != null && stream.isWritable() && this.sent < MANY) {
				int length = Math.min(MANY - this.sent, 1 + (this.sent * 31 & 0x3fff));
				this.sent += length;
				stream.writeData(Unpooled.buffer(length).writeZero(length), this.sent == MANY);
			}
		}

		@Override
		public void onHead(ResponseHead head) {
		}

		@Override
		public void onData(ByteBuf data) {
			this.received += data.readableBytes();
			data.release();
			Http2Stream stream = this.stream;
			if (stream != null && this.received % 7 == 0) {
				stream.pause();
				stream.resume();
			}
		}

		@Override
		public void onEnd(HeaderFields trailers) {
			this.size.complete(this.received);
		}

		@Override
		public void onReset(long code, boolean byPeer) {
			this.size.complete(-code - 1);
		}

		@Override
		public void onRefused() {
			this.size.complete(-100L);
		}

		@Override
		public void onConnectionLost(@Nullable Throwable cause) {
			this.size.complete(-200L);
		}

	}

}
