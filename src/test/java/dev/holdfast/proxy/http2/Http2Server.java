package dev.holdfast.proxy.http2;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.Ticker;
import org.jspecify.annotations.Nullable;

/**
 * A server of this codec alone, which sends each request's body back, or a text to a
 * request that has none.
 */
final class Http2Server implements AutoCloseable {

	static final Http2Limits LIMITS = new Http2Limits(100, 64 * 1024, 100 * 64 * 1024, 16 * 1024, 100, 200);

	private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final TrafficLoop loop = new TrafficLoop(this.group.next(), Ticker.systemTicker());

	private final Channel channel;

	final List<String> events = new CopyOnWriteArrayList<>();

	Http2Server(Http2Limits limits, String text) {
		this(limits, (stream) -> new Echo(stream, text));
	}

	Http2Server(Http2Limits limits, Consumer<Request> requests) {
		this(limits, requests, null);
	}

	Http2Server(Http2Limits limits, Start start) {
		this(limits, (request) -> {
		}, start);
	}

	private Http2Server(Http2Limits limits, Consumer<Request> requests, @Nullable Start start) {
		this.channel = new ServerBootstrap().group(this.group)
			.channel(NioServerSocketChannel.class)
			.childHandler(new ChannelInitializer<SocketChannel>() {

				@Override
				protected void initChannel(SocketChannel child) {
					child.pipeline().addLast(connection(limits, requests, start).handler());
				}

			})
			.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			.syncUninterruptibly()
			.channel();
	}

	private Http2Connection connection(Http2Limits limits, Consumer<Request> requests, @Nullable Start start) {
		Http2Connection[] made = new Http2Connection[1];
		made[0] = Http2Connection.server(this.loop, limits, new Http2Connection.Listener() {

			@Override
			public void onSettings() {
			}

			@Override
			public void onStreamsAllowed() {
			}

			@Override
			public void onRequest(Http2Stream stream, RequestHead head, @Nullable Rejection rejection) {
				requests.accept(new Request(stream, head, rejection));
				if (start != null) {
					start.on(stream, made[0]);
				}
			}

			@Override
			public void onGoAway() {
			}

			@Override
			public void onFlood(String reason) {
				Http2Server.this.events.add("flood " + reason);
			}

			@Override
			public void onClosed(@Nullable Throwable cause) {
				Http2Server.this.events.add("closed " + cause);
			}

		});
		return made[0];
	}

	/**
	 * Wait until the event loop has done what was to be done.
	 */
	void settle() {
		this.group.next().submit(() -> {
		}).syncUninterruptibly();
	}

	int port() {
		return ((InetSocketAddress) this.channel.localAddress()).getPort();
	}

	@Override
	public void close() {
		this.group.shutdownGracefully(0, 5, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
	}

	/**
	 * Answers requests at once.
	 */
	@FunctionalInterface
	interface Start {

		void on(Http2Stream stream, Http2Connection connection);

	}

	/**
	 * A request.
	 *
	 * @param stream its stream
	 * @param head its head
	 * @param rejection why it is turned away
	 */
	record Request(Http2Stream stream, RequestHead head, @Nullable Rejection rejection) {
	}

	/**
	 * Answers a request.
	 */
	static final class Echo implements Http2Stream.Listener {

		private final Http2Stream stream;

		private final String text;

		private final boolean body;

		private boolean begun;

		Echo(Request request, String text) {
			this.stream = request.stream();
			this.text = text;
			this.body = request.head().hasBody();
			this.stream.listen(this);
			if (request.rejection() != null) {
				ResponseHead head = new ResponseHead();
				head.begin(HttpVersion.HTTP_2, request.rejection().error().status(), "");
				this.stream.writeHead(head, true);
			}
		}

		private void begin() {
			if (!this.begun) {
				this.begun = true;
				ResponseHead head = new ResponseHead();
				head.begin(HttpVersion.HTTP_2, 200, "");
				head.fields().add("Content-Type", "text/plain");
				this.stream.writeHead(head, false);
			}
		}

		@Override
		public void onHead(ResponseHead head) {
			throw new AssertionError("head of a response");
		}

		@Override
		public void onData(ByteBuf data) {
			begin();
			this.stream.writeData(data, false);
			if (!this.stream.isWritable()) {
				this.stream.pause();
			}
		}

		@Override
		public void onEnd(HeaderFields trailers) {
			begin();
			if (trailers.isEmpty()) {
				byte[] bytes = HpackStaticTable.bytes(this.body ? "" : this.text);
				this.stream.writeData(io.netty.buffer.Unpooled.wrappedBuffer(bytes), true);
			}
			else {
				this.stream.writeTrailers(trailers);
			}
		}

		@Override
		public void onReset(long code, boolean byPeer) {
		}

		@Override
		public void onRefused() {
			throw new AssertionError("refused");
		}

		@Override
		public void onConnectionLost(@Nullable Throwable cause) {
		}

		@Override
		public void onWritable() {
			this.stream.resume();
		}

	}

}
