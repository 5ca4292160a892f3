import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/**
 * The instances of bench/faults. Each works on a few requests at a time, for a time that varies, and lets the others wait
 * without a limit, as a server with a pool of threads does. A control port tells them to be sick. All of it is on one thread.
 */
public final class FaultBackends {

	/** What an instance answers that is well, and what the load expects. */
	private static final byte[] BODY = "{\"id\":\"1f0c7a52\",\"name\":\"holdfast\",\"price\":12.5}".getBytes(StandardCharsets.UTF_8);

	private static final String NUMBER = "?n=";

	private static final int SLOWNESS = 20;

	private final EventLoop loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()).next();

	private final Random random = new Random(1);

	private final List<Instance> instances = new ArrayList<>();

	private final int workers;

	private final long serviceMicros;

	/** What requests that are counted have before their number. */
	private String phase = "0-";

	/** How often each request that is counted has been tried, by its number. */
	private byte[] tries = new byte[1 << 16];

	private FaultBackends(int workers, long serviceMicros) {
		this.workers = workers;
		this.serviceMicros = serviceMicros;
	}

	/**
	 * Runs.
	 * @param arguments the control port, how many requests an instance works on at a time, for how many microseconds on average,
	 * and the instances' ports
	 */
	public static void main(String[] arguments) throws Exception {
		FaultBackends backends = new FaultBackends(Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]));
		for (String port : Arrays.asList(arguments).subList(3, arguments.length)) {
			Instance instance = backends.new Instance(Integer.parseInt(port));
			backends.instances.add(instance);
			backends.loop.submit(() -> instance.start(instance.home)).get();
		}
		backends.listen(Integer.parseInt(arguments[0]), new Connections() {

			@Override
			public void onRequest(Channel channel, HttpRequest request) {
				channel.writeAndFlush(backends.control(request.uri()));
			}

		}).sync();
		System.out.println("READY");
	}

	private FullHttpResponse control(String uri) {
		String[] parts = uri.substring(1).split("/");
		String answer = "";
		switch (parts[0]) {
			case "slow", "failing", "mute" -> instance(parts).state = State.valueOf(parts[0].toUpperCase());
			case "kill" -> instance(parts).kill();
			case "start" -> instance(parts).start(Integer.parseInt(parts[2]));
			case "restart" -> instance(parts).restart(Long.parseLong(parts[2]));
			case "heal" -> this.instances.forEach(Instance::heal);
			case "count" -> {
				this.phase = parts[1] + "-";
				Arrays.fill(this.tries, (byte) 0);
			}
			case "counts" -> answer = counts();
			default -> throw new IllegalArgumentException(uri);
		}
		return response(HttpResponseStatus.OK, answer.getBytes(StandardCharsets.UTF_8));
	}

	private Instance instance(String[] parts) {
		return this.instances.get(Integer.parseInt(parts[1]));
	}

	private String counts() {
		long tried = 0;
		long requests = 0;
		for (byte times : this.tries) {
			tried += times;
			requests += (times > 0) ? 1 : 0;
		}
		return "{\"tries\":%d,\"requests\":%d,\"instances\":%s}".formatted(tried, requests,
				this.instances.stream().map((instance) -> instance.requests).toList());
	}

	private void count(String uri) {
		int begin = uri.indexOf(NUMBER) + NUMBER.length();
		if (begin < NUMBER.length() || !uri.startsWith(this.phase, begin)) {
			return;
		}
		int number = Integer.parseInt(uri.substring(begin + this.phase.length()));
		if (number >= this.tries.length) {
			this.tries = Arrays.copyOf(this.tries, Math.max(number + 1, 2 * this.tries.length));
		}
		this.tries[number]++;
	}

	private static FullHttpResponse response(HttpResponseStatus status, byte[] body) {
		FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
		HttpUtil.setContentLength(response, body.length);
		return response;
	}

	private ChannelFuture listen(int port, Connections handler) {
		return new ServerBootstrap().group(this.loop)
			.channel(NioServerSocketChannel.class)
			.option(ChannelOption.SO_REUSEADDR, true)
			.option(ChannelOption.SO_BACKLOG, 1024)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childHandler(new ChannelInitializer<SocketChannel>() {

				@Override
				protected void initChannel(SocketChannel channel) {
					channel.pipeline().addLast(new HttpServerCodec(), new Receiver(handler));
				}

			})
			.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
	}

	/** How an instance is. */
	private enum State {

		WELL, SLOW, FAILING, MUTE

	}

	/** Takes what comes on the connections of a port. */
	private interface Connections {

		default void onOpen(Channel channel) {
		}

		default void onClose(Channel channel) {
		}

		void onRequest(Channel channel, HttpRequest request);

	}

	/** A request that is waited for or worked on. */
	private record Work(Channel channel, boolean last) {
	}

	/** One instance. */
	private final class Instance implements Connections {

		private final int home;

		private final Set<Channel> idle = new HashSet<>();

		private final Set<Channel> busy = new HashSet<>();

		private final ArrayDeque<Work> waiting = new ArrayDeque<>();

		private State state = State.WELL;

		private Channel listener;

		private int working;

		/** Told apart from the one before it died, whose work is lost. */
		private int life;

		private boolean stopping;

		private long requests;

		private Instance(int home) {
			this.home = home;
		}

		private void start(int port) {
			this.stopping = false;
			ChannelFuture bound = listen(port, this);
			this.listener = bound.channel();
			bound.addListener((done) -> {
				// The socket of the one before is closed when the event loop comes round.
				if (!done.isSuccess() && this.listener == bound.channel()) {
					FaultBackends.this.loop.schedule(() -> {
						if (this.listener == bound.channel()) {
							start(port);
						}
					}, 10, TimeUnit.MILLISECONDS);
				}
			});
		}

		/** As a process that is killed. */
		private void kill() {
			close();
			for (Set<Channel> channels : List.of(this.idle, this.busy)) {
				List.copyOf(channels).forEach((channel) -> {
					channel.config().setOption(ChannelOption.SO_LINGER, 0);
					channel.close();
				});
			}
			this.life++;
			this.working = 0;
			this.waiting.clear();
		}

		/** As a process that is stopped in order, and is started again after that. */
		private void restart(long awayMillis) {
			close();
			this.stopping = true;
			List.copyOf(this.idle).forEach(Channel::close);
			FaultBackends.this.loop.schedule(() -> {
				kill();
				start(this.home);
			}, awayMillis, TimeUnit.MILLISECONDS);
		}

		private void heal() {
			kill();
			this.state = State.WELL;
			this.requests = 0;
			start(this.home);
		}

		private void close() {
			if (this.listener != null) {
				this.listener.close();
				this.listener = null;
			}
		}

		@Override
		public void onOpen(Channel channel) {
			this.idle.add(channel);
		}

		@Override
		public void onClose(Channel channel) {
			this.idle.remove(channel);
			this.busy.remove(channel);
		}

		@Override
		public void onRequest(Channel channel, HttpRequest request) {
			this.idle.remove(channel);
			this.busy.add(channel);
			boolean last = !HttpUtil.isKeepAlive(request);
			if (request.uri().startsWith("/health")) {
				if (this.state != State.MUTE) {
					FaultBackends.this.loop.schedule(() -> answer(new Work(channel, last), HttpResponseStatus.OK),
							(this.state == State.SLOW) ? SLOWNESS : 0, TimeUnit.MILLISECONDS);
				}
				return;
			}
			count(request.uri());
			this.requests++;
			if (this.state != State.MUTE) {
				this.waiting.add(new Work(channel, last));
				next();
			}
		}

		private void next() {
			while (this.working < FaultBackends.this.workers && !this.waiting.isEmpty()) {
				Work work = this.waiting.remove();
				int begunIn = this.life;
				long micros = Math.round(FaultBackends.this.serviceMicros * (0.5 + FaultBackends.this.random.nextDouble()));
				this.working++;
				FaultBackends.this.loop.schedule(() -> end(work, begunIn), (this.state == State.SLOW) ? SLOWNESS * micros : micros,
						TimeUnit.MICROSECONDS);
			}
		}

		private void end(Work work, int begunIn) {
			if (begunIn != this.life) {
				return;
			}
			this.working--;
			if (this.state != State.MUTE) {
				boolean failed = this.state == State.FAILING && FaultBackends.this.random.nextBoolean();
				answer(work, failed ? HttpResponseStatus.INTERNAL_SERVER_ERROR : HttpResponseStatus.OK);
				next();
			}
		}

		private void answer(Work work, HttpResponseStatus status) {
			// Where nobody waits any more the work was done for nothing, as it is elsewhere.
			if (!work.channel().isActive()) {
				return;
			}
			FullHttpResponse response = response(status, BODY);
			boolean last = work.last() || this.stopping;
			if (last) {
				response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
			}
			this.busy.remove(work.channel());
			this.idle.add(work.channel());
			ChannelFuture written = work.channel().writeAndFlush(response);
			if (last) {
				written.addListener(ChannelFutureListener.CLOSE);
			}
		}

	}

	/** Hands requests on as their heads come: none has a body. */
	private static final class Receiver extends SimpleChannelInboundHandler<HttpObject> {

		private final Connections connections;

		private Receiver(Connections connections) {
			this.connections = connections;
		}

		@Override
		public void channelActive(ChannelHandlerContext context) {
			this.connections.onOpen(context.channel());
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			this.connections.onClose(context.channel());
		}

		@Override
		protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
			if (message instanceof HttpRequest request) {
				this.connections.onRequest(context.channel(), request);
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			context.close();
		}

	}

}
