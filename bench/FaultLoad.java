import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;

/**
 * The clients of bench/faults: requests at a fixed rate, whatever becomes of those before them. A request's time begins when
 * it was due, not when it was sent. A control port says where to and how many. All of it is on one thread.
 */
public final class FaultLoad {

	private static final byte[] BODY = "{\"id\":\"1f0c7a52\",\"name\":\"holdfast\",\"price\":12.5}".getBytes(StandardCharsets.UTF_8);

	/** How long a client waits for its answer. */
	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(3);

	private static final int MOST_CONNECTIONS = 9_000;

	private final EventLoop loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()).next();

	private final ArrayDeque<Connection> idle = new ArrayDeque<>();

	/** In the order in which their time is over. */
	private final ArrayDeque<Exchange> underWay = new ArrayDeque<>();

	private final Map<String, Integer> reasons = new TreeMap<>();

	private Bootstrap clients;

	private List<String> paths = List.of();

	private int port;

	private int connections;

	private boolean sending;

	/** What is counted together, 0 when nothing is. */
	private int phase;

	private long nextDue;

	private long interval;

	private long sent;

	private int number;

	private int unfinished;

	private int sentAgain;

	private int[] failed = new int[1 << 10];

	private int failures;

	private long[] micros = new long[1 << 16];

	private int answered;

	private long[] lags = new long[1 << 16];

	private Channel whoWaits;

	/**
	 * Runs.
	 * @param arguments the control port
	 */
	public static void main(String[] arguments) throws Exception {
		new FaultLoad().run(Integer.parseInt(arguments[0]));
	}

	private void run(int controlPort) throws InterruptedException {
		this.clients = new Bootstrap().group(this.loop)
			.channel(NioSocketChannel.class)
			.option(ChannelOption.TCP_NODELAY, true)
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) TimeUnit.NANOSECONDS.toMillis(PATIENCE));
		new ServerBootstrap().group(this.loop)
			.channel(NioServerSocketChannel.class)
			.childHandler(new ChannelInitializer<SocketChannel>() {

				@Override
				protected void initChannel(SocketChannel channel) {
					channel.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(1 << 16), new Control());
				}

			})
			.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), controlPort))
			.sync();
		this.loop.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.MILLISECONDS);
		System.out.println("READY");
	}

	private void control(Channel channel, String uri) {
		QueryStringDecoder query = new QueryStringDecoder(uri);
		switch (query.path()) {
			case "/start" -> {
				this.port = Integer.parseInt(query.parameters().get("port").getFirst());
				aim(query);
				this.nextDue = System.nanoTime();
				this.sending = true;
				answer(channel, "");
			}
			case "/count" -> {
				aim(query);
				this.nextDue = System.nanoTime();
				this.number = 0;
				this.failures = 0;
				this.answered = 0;
				this.sentAgain = 0;
				this.reasons.clear();
				this.phase = Integer.parseInt(query.parameters().get("phase").getFirst());
				answer(channel, "");
			}
			case "/aim" -> {
				aim(query);
				answer(channel, "");
			}
			case "/result" -> answer(channel, result());
			case "/stop" -> {
				this.sending = false;
				this.whoWaits = channel;
			}
			default -> throw new IllegalArgumentException(uri);
		}
	}

	private void aim(QueryStringDecoder query) {
		this.interval = TimeUnit.SECONDS.toNanos(1) / Long.parseLong(query.parameters().get("rate").getFirst());
		this.paths = List.copyOf(query.parameters().get("path"));
	}

	private static void answer(Channel channel, String text) {
		byte[] body = text.getBytes(StandardCharsets.UTF_8);
		FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK,
				Unpooled.wrappedBuffer(body));
		HttpUtil.setContentLength(response, body.length);
		channel.writeAndFlush(response);
	}

	private void tick() {
		try {
			long now = System.nanoTime();
			while (this.sending && this.nextDue <= now) {
				begin(this.nextDue, now);
				this.nextDue += this.interval;
			}
			while (!this.underWay.isEmpty() && (this.underWay.peek().ended || now - this.underWay.peek().begun > PATIENCE)) {
				Exchange exchange = this.underWay.remove();
				if (!exchange.ended) {
					exchange.fail("no answer in %d s".formatted(TimeUnit.NANOSECONDS.toSeconds(PATIENCE)));
				}
			}
			if (this.whoWaits != null && this.unfinished == 0) {
				answer(this.whoWaits, result());
				this.whoWaits = null;
				this.phase = 0;
				while (!this.idle.isEmpty()) {
					this.idle.remove().channel.close();
				}
			}
		}
		// A task that throws is not run again, and the load would stand still.
		catch (RuntimeException ex) {
			ex.printStackTrace();
			System.exit(1);
		}
	}

	private void begin(long due, long now) {
		String path = this.paths.get((int) (this.sent % this.paths.size()));
		Exchange exchange = new Exchange(this.phase, this.number, "%s?n=%d-%d".formatted(path, this.phase, this.number), due);
		this.sent++;
		if (this.phase != 0) {
			this.lags = with(this.lags, this.number, (now - due) / 1_000);
			this.number++;
		}
		this.unfinished++;
		exchange.send();
	}

	private String result() {
		long[] sorted = Arrays.copyOf(this.micros, this.answered);
		Arrays.sort(sorted);
		long[] late = Arrays.copyOf(this.lags, this.number);
		Arrays.sort(late);
		long inLastThird = Arrays.stream(this.failed, 0, this.failures).filter((each) -> each >= this.number * 2L / 3).count();
		String why = this.reasons.entrySet()
			.stream()
			.map((entry) -> "\"%s\":%d".formatted(entry.getKey(), entry.getValue()))
			.collect(Collectors.joining(","));
		return """
				{"requests":%d,"failed":%d,"failed_late":%d,"sent_again":%d,"p50":%d,"p99":%d,"lag":%d,"reasons":{%s}}"""
			.formatted(this.number, this.failures, inLastThird, this.sentAgain, quantile(sorted, 0.5), quantile(sorted, 0.99),
					quantile(late, 0.99), why);
	}

	private static long quantile(long[] sorted, double part) {
		return (sorted.length != 0) ? sorted[Math.max(0, (int) Math.ceil(sorted.length * part) - 1)] : -1;
	}

	private static long[] with(long[] values, int index, long value) {
		long[] all = (index < values.length) ? values : Arrays.copyOf(values, 2 * values.length);
		all[index] = value;
		return all;
	}

	/** A connection to the gateway, of one exchange at a time. */
	private static final class Connection {

		private final Channel channel;

		private Exchange exchange;

		private boolean used;

		/** Whether an answer has begun. */
		private boolean begun;

		private Connection(Channel channel) {
			this.channel = channel;
		}

	}

	/** One request, and the wait for its answer. */
	private final class Exchange {

		private final int phase;

		private final int number;

		private final String uri;

		private final long due;

		private long begun;

		private Connection connection;

		private boolean again;

		private boolean ended;

		private Exchange(int phase, int number, String uri, long due) {
			this.phase = phase;
			this.number = number;
			this.uri = uri;
			this.due = due;
		}

		private void send() {
			this.begun = System.nanoTime();
			FaultLoad.this.underWay.add(this);
			Connection free = this.again ? null : FaultLoad.this.idle.pollLast();
			while (free != null && !free.channel.isActive()) {
				free = FaultLoad.this.idle.pollLast();
			}
			if (free != null) {
				free.used = true;
				sendOn(free);
			}
			else if (FaultLoad.this.connections >= MOST_CONNECTIONS) {
				fail("%d connections are open".formatted(MOST_CONNECTIONS));
			}
			else {
				connect();
			}
		}

		private void connect() {
			Receiver receiver = new Receiver();
			FaultLoad.this.clients.clone().handler(new ChannelInitializer<SocketChannel>() {

				@Override
				protected void initChannel(SocketChannel channel) {
					receiver.connection = new Connection(channel);
					channel.pipeline().addLast(new HttpClientCodec(), new ChannelInboundHandlerAdapter() {

						@Override
						public void channelRead(ChannelHandlerContext context, Object message) {
							receiver.connection.begun = true;
							context.fireChannelRead(message);
						}

					}, new HttpObjectAggregator(1 << 16), receiver);
				}

			}).connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), FaultLoad.this.port)).addListener((done) -> {
				if (!done.isSuccess()) {
					fail("no connection: " + done.cause().getClass().getSimpleName());
				}
				else if (this.ended) {
					receiver.connection.channel.close();
				}
				else {
					sendOn(receiver.connection);
				}
			});
		}

		private void sendOn(Connection to) {
			this.connection = to;
			to.exchange = this;
			to.begun = false;
			FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, this.uri);
			request.headers().set(HttpHeaderNames.HOST, "127.0.0.1");
			to.channel.writeAndFlush(request);
		}

		private void onResponse(FullHttpResponse response) {
			byte[] body = new byte[response.content().readableBytes()];
			response.content().readBytes(body);
			this.connection.exchange = null;
			if (HttpUtil.isKeepAlive(response)) {
				FaultLoad.this.idle.add(this.connection);
			}
			else {
				this.connection.channel.close();
			}
			this.connection = null;
			if (response.status().code() != 200) {
				fail("status " + response.status().code());
			}
			else if (!Arrays.equals(body, BODY)) {
				fail("another body, of %d bytes".formatted(body.length));
			}
			else {
				succeed();
			}
		}

		/** An idle connection that the gateway closes as a request is sent on it is no failure: every client knows that. */
		private void onClosed() {
			if (this.connection.used && !this.connection.begun && !this.again) {
				this.connection = null;
				this.again = true;
				this.ended = true;
				// Under another name, or the backends would take it for a try of the gateway.
				Exchange other = new Exchange(this.phase, this.number, this.uri.replace("?n=", "?n=w"), this.due);
				other.again = true;
				FaultLoad.this.sentAgain += isCounted() ? 1 : 0;
				other.send();
			}
			else {
				fail("the connection was closed");
			}
		}

		private void succeed() {
			end();
			if (isCounted()) {
				FaultLoad.this.micros = with(FaultLoad.this.micros, FaultLoad.this.answered, (System.nanoTime() - this.due) / 1_000);
				FaultLoad.this.answered++;
			}
		}

		private void fail(String reason) {
			if (this.ended) {
				return;
			}
			end();
			if (this.connection != null) {
				this.connection.exchange = null;
				this.connection.channel.close();
			}
			if (isCounted()) {
				FaultLoad.this.reasons.merge(reason, 1, Integer::sum);
				if (FaultLoad.this.failures == FaultLoad.this.failed.length) {
					FaultLoad.this.failed = Arrays.copyOf(FaultLoad.this.failed, 2 * FaultLoad.this.failures);
				}
				FaultLoad.this.failed[FaultLoad.this.failures++] = this.number;
			}
		}

		private boolean isCounted() {
			return this.phase != 0 && this.phase == FaultLoad.this.phase;
		}

		private void end() {
			this.ended = true;
			FaultLoad.this.unfinished--;
		}

	}

	/** Takes what comes on a connection. */
	private final class Receiver extends SimpleChannelInboundHandler<FullHttpResponse> {

		private Connection connection;

		@Override
		public void channelActive(ChannelHandlerContext context) {
			FaultLoad.this.connections++;
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			FaultLoad.this.connections--;
			if (this.connection.exchange != null) {
				this.connection.exchange.onClosed();
			}
		}

		@Override
		protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
			if (this.connection.exchange != null) {
				this.connection.exchange.onResponse(response);
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			context.close();
		}

	}

	/** Takes what the script says. */
	private final class Control extends SimpleChannelInboundHandler<FullHttpRequest> {

		@Override
		protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
			control(context.channel(), request.uri());
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			cause.printStackTrace();
			context.close();
		}

	}

}
