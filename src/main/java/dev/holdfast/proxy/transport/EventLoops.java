package dev.holdfast.proxy.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.Ticker;
import org.jspecify.annotations.Nullable;

/**
 * Event loops, each on a thread of its own: those of the traffic port, or of others that
 * connect to instances.
 */
public final class EventLoops {

	private final Transport transport;

	private final MultiThreadIoEventLoopGroup group;

	private final List<TrafficLoop> all = new ArrayList<>();

	private final IdentityHashMap<EventLoop, TrafficLoop> byEventLoop = new IdentityHashMap<>();

	/**
	 * Prepare them. Their threads start with the first that there is to do.
	 * @param number how many
	 * @param transport how they learn what happens to their sockets
	 */
	public EventLoops(int number, Transport transport) {
		this(number, transport, Ticker.systemTicker());
	}

	/**
	 * The same, with a time of their own.
	 * @param number how many
	 * @param transport how they learn what happens to their sockets
	 * @param ticker the time, handed in so that tests can move it by hand
	 */
	public EventLoops(int number, Transport transport, Ticker ticker) {
		this(number, transport, ticker, "traffic");
	}

	/**
	 * The same, with a name of their own.
	 * @param number how many
	 * @param transport how they learn what happens to their sockets
	 * @param ticker the time, handed in so that tests can move it by hand
	 * @param name what the names of their threads begin with
	 */
	public EventLoops(int number, Transport transport, Ticker ticker, String name) {
		this.transport = transport;
		AtomicInteger made = new AtomicInteger();
		ThreadFactory threads = (task) -> new FastThreadLocalThread(task, name + "-" + made.incrementAndGet());
		this.group = new MultiThreadIoEventLoopGroup(number, threads, transport.ioHandlers());
		for (EventExecutor eventLoop : this.group) {
			TrafficLoop loop = new TrafficLoop((EventLoop) eventLoop, ticker);
			this.all.add(loop);
			this.byEventLoop.put(loop.eventLoop(), loop);
		}
	}

	/**
	 * Return how they learn what happens to their sockets.
	 */
	public Transport transport() {
		return this.transport;
	}

	/**
	 * Return all of them.
	 */
	public List<TrafficLoop> all() {
		return List.copyOf(this.all);
	}

	/**
	 * Listen, and return when the port is open. The first event loop accepts for all, one
	 * connection for each in turn: a port that each listens on for itself could be shared
	 * by accident with another process, and would spread few connections unevenly.
	 * @param address the address, with port 0 for any that is free
	 * @param first sees each connection before anybody else, {@code null} for nobody
	 * @param accepting is given each connection on its event loop, before its first byte
	 * @return the listen socket
	 * @throws IOException if it cannot be listened on
	 */
	public Channel listen(InetSocketAddress address, @Nullable ChannelHandler first,
			BiConsumer<TrafficLoop, Channel> accepting) throws IOException {
		ServerBootstrap bootstrap = new ServerBootstrap().group(this.all.getFirst().eventLoop(), this.group)
			.channelFactory(this.transport::newServerSocket)
			.option(ChannelOption.SO_REUSEADDR, true)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childOption(ChannelOption.ALLOCATOR, TrafficLoop.ALLOCATOR)
			.childHandler(new Accepting(accepting));
		if (first != null) {
			bootstrap.handler(first);
		}
		ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
		return switch (bound.cause()) {
			case null -> bound.channel();
			case IOException unavailable -> throw unavailable;
			case Throwable other -> throw new IllegalStateException(other.getMessage(), other);
		};
	}

	/**
	 * Close all sockets that are left, and return when the threads have nothing more to
	 * do. No event loop may wait for it.
	 */
	public void close() {
		for (TrafficLoop loop : this.all) {
			loop.eventLoop().execute(loop::close);
		}
		this.group.terminationFuture().awaitUninterruptibly();
	}

	/**
	 * Hands each connection over.
	 */
	@ChannelHandler.Sharable
	private final class Accepting extends ChannelInitializer<SocketChannel> {

		private final BiConsumer<TrafficLoop, Channel> next;

		private Accepting(BiConsumer<TrafficLoop, Channel> next) {
			this.next = next;
		}

		@Override
		protected void initChannel(SocketChannel channel) {
			TrafficLoop loop = EventLoops.this.byEventLoop.get(channel.eventLoop());
			if (loop == null) {
				throw new IllegalStateException("accepted on an event loop of others");
			}
			loop.prepare(channel);
			this.next.accept(loop, channel);
		}

	}

}
