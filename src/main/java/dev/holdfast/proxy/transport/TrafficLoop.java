package dev.holdfast.proxy.transport;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.concurrent.Ticker;
import org.jspecify.annotations.Nullable;

/**
 * One event loop of the traffic port with what everything on it shares: its time, its
 * deadlines, and the writes of one turn. Touched by the event loop's thread alone.
 */
public final class TrafficLoop {

	/** What sockets' buffers come from. */
	static final ByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

	/** So far that times can still be compared where they overflow. */
	private static final long FARTHEST_NANOS = Long.MAX_VALUE / 4;

	private static final long MOST_END_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final EventLoop eventLoop;

	private final Ticker ticker;

	private final Transport transport;

	private final Deadlines deadlines;

	private final ArrayDeque<Channel> unflushed = new ArrayDeque<>();

	/** Sorted, so that one among many is called off fast. */
	private final TreeSet<Timer> timers = new TreeSet<>();

	private long timersMade;

	private final ReadBuffers readBuffers = new ReadBuffers();

	private final Bootstrap bootstrap;

	private final Runnable flushing = this::flushAll;

	private boolean flushes;

	/**
	 * Prepare to run.
	 * @param eventLoop the event loop
	 * @param ticker the time, handed in so that tests can move it by hand
	 */
	public TrafficLoop(EventLoop eventLoop, Ticker ticker) {
		this.eventLoop = eventLoop;
		this.ticker = ticker;
		this.transport = Transport.of(eventLoop);
		this.deadlines = new Deadlines(ticker.nanoTime());
		this.bootstrap = new Bootstrap().group(eventLoop)
			.channelFactory(this::newSocket)
			.disableResolver()
			.option(ChannelOption.TCP_NODELAY, true)
			.option(ChannelOption.ALLOCATOR, ALLOCATOR);
	}

	/**
	 * Return the event loop.
	 */
	public EventLoop eventLoop() {
		return this.eventLoop;
	}

	/**
	 * Return the deadlines, which the server sweeps.
	 */
	public Deadlines deadlines() {
		return this.deadlines;
	}

	/**
	 * Return the time, nanoseconds.
	 */
	public long nanoTime() {
		return this.ticker.nanoTime();
	}

	/**
	 * Connect to an address.
	 * @param address the address, which has been looked up
	 * @param timeoutNanos how long it may take, nanoseconds
	 * @param handler the first handler of the connection's pipeline
	 * @return completed when there is a connection, or not
	 */
	public ChannelFuture connect(InetSocketAddress address, long timeoutNanos, ChannelHandler handler) {
		long millis = Math.clamp(TimeUnit.NANOSECONDS.toMillis(timeoutNanos), 1, Integer.MAX_VALUE);
		return this.bootstrap.clone()
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) millis)
			.handler(handler)
			.connect(address);
	}

	/**
	 * Run a task behind what this turn of the event loop has read.
	 * @param task the task
	 */
	public void defer(Runnable task) {
		this.eventLoop.execute(task);
	}

	/**
	 * Run a task in the next turn, behind what can be read by then.
	 * @param task the task
	 */
	public void nextTurn(Runnable task) {
		if (this.eventLoop instanceof SingleThreadEventLoop loop) {
			loop.executeAfterEventLoopIteration(() -> loop.execute(task));
		}
		else {
			this.eventLoop.execute(task);
		}
	}

	/**
	 * Flush a channel when all that this turn of the event loop brought has been handled,
	 * so that what is written until then leaves in one write.
	 * @param channel the channel, to which something has been written; may be told again
	 * in the same turn
	 */
	public void flushLater(Channel channel) {
		if (!channel.equals(this.unflushed.peekLast())) {
			this.unflushed.add(channel);
		}
		if (this.flushes) {
			return;
		}
		this.flushes = true;
		if (this.eventLoop instanceof SingleThreadEventLoop loop) {
			// Behind all tasks of the turn, which may write as well.
			loop.executeAfterEventLoopIteration(this.flushing);
		}
		else {
			this.eventLoop.execute(this.flushing);
		}
	}

	private void flushAll() {
		this.flushes = false;
		for (Channel channel = this.unflushed.poll(); channel != null; channel = this.unflushed.poll()) {
			channel.flush();
		}
	}

	private Channel newSocket() {
		Channel socket = this.transport.newSocket();
		prepare(socket);
		return socket;
	}

	/**
	 * Let a connection read into the event loop's buffers.
	 * @param socket the connection, nothing of which has been read
	 */
	void prepare(Channel socket) {
		this.transport.prepare(socket, this.readBuffers);
	}

	/**
	 * Close all sockets that are left, and end. Netty 4.2.18 closes them only if there is
	 * another turn in which it finds that it is to end, and it forgets them now and then
	 * when it is told so on another thread.
	 */
	public void close() {
		this.readBuffers.close();
		if (this.eventLoop instanceof SingleThreadEventLoop loop) {
			loop.executeAfterEventLoopIteration(this::end);
		}
		else {
			end();
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored") // the loops are waited for together
	private void end() {
		this.eventLoop.shutdownGracefully(1, MOST_END_NANOS, TimeUnit.NANOSECONDS);
		this.eventLoop.execute(() -> {
			// Something to do, by which there is another turn.
		});
	}

	/**
	 * Run a task after some time.
	 * @param nanos how long, nanoseconds
	 * @param task the task
	 * @return by what it can be called off
	 */
	public Timer after(long nanos, Runnable task) {
		Timer timer = new Timer(nanoTime() + Math.min(nanos, FARTHEST_NANOS), task);
		this.timers.add(timer);
		timer.scheduled = this.eventLoop.schedule(this::runTimers, nanos, TimeUnit.NANOSECONDS);
		return timer;
	}

	/**
	 * Run what is due. For the event loop's timers, and for the server's sweep when time
	 * is moved by hand.
	 */
	public void runTimers() {
		long now = nanoTime();
		while (!this.timers.isEmpty() && this.timers.first().due - now <= 0) {
			this.timers.removeFirst().run();
		}
	}

	/**
	 * A task that runs at a time, if it is not called off.
	 */
	public final class Timer implements Comparable<Timer> {

		private final long due;

		/** Tells those apart that are due at the same time. */
		private final long number = TrafficLoop.this.timersMade++;

		private final Runnable task;

		private @Nullable ScheduledFuture<?> scheduled;

		private Timer(long due, Runnable task) {
			this.due = due;
			this.task = task;
		}

		private void run() {
			stop();
			this.task.run();
		}

		/**
		 * Call the task off. Does nothing when it has run.
		 */
		public void cancel() {
			if (TrafficLoop.this.timers.remove(this)) {
				stop();
			}
		}

		private void stop() {
			if (this.scheduled != null) {
				this.scheduled.cancel(false);
			}
		}

		@Override
		public int compareTo(Timer other) {
			long later = this.due - other.due;
			return Long.signum((later != 0) ? later : this.number - other.number);
		}

	}

}
