package dev.holdfast.proxy;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import io.netty.channel.ConnectTimeoutException;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a name's addresses, one after the other, until one of them has come about
 * (RFC 8305, section 5): the next one begins when the one before has failed, or has taken
 * some time. All of it happens on one event loop.
 *
 * @param <C> what a connection is
 */
final class ConnectRace<C> {

	/** RFC 8305's Connection Attempt Delay. */
	private static final long DELAY = Duration.ofMillis(250).toNanos();

	/** What it recommends as the least, for names with many addresses. */
	private static final long LEAST_DELAY = Duration.ofMillis(100).toNanos();

	private final HostAddresses host;

	private final List<InetAddress> addresses;

	private final EventExecutor loop;

	private final Connector<C> connector;

	private final Finish<C> finish;

	/** In the order in which they began. */
	private final Set<InetAddress> running = new LinkedHashSet<>();

	private final Map<InetAddress, Throwable> failures = new HashMap<>();

	private int begun;

	private long delay;

	private boolean late;

	private boolean ended;

	private @Nullable Future<?> next;

	private @Nullable Future<?> end;

	/**
	 * Prepares to connect.
	 * @param host hears of each address whether it is of use
	 * @param addresses the addresses, at least one, in the order in which to try them
	 */
	ConnectRace(HostAddresses host, List<InetAddress> addresses, EventExecutor loop, Connector<C> connector,
			Finish<C> finish) {
		this.host = host;
		this.addresses = addresses;
		this.loop = loop;
		this.connector = connector;
		this.finish = finish;
	}

	/**
	 * Begins.
	 * @param connectNanos in which connections may begin, and must have come about
	 * @param handshakeNanos how much longer their handshakes may take
	 */
	void start(long connectNanos, long handshakeNanos) {
		long share = connectNanos / this.addresses.size();
		this.delay = Math.clamp(share, Math.min(LEAST_DELAY, connectNanos / 2), DELAY);
		this.end = after(connectNanos, () -> {
			this.late = true;
			if (handshakeNanos > 0 && !this.running.isEmpty()) {
				this.end = after(handshakeNanos, this::giveUp);
			}
			else {
				giveUp();
			}
		});
		beginNext();
	}

	private Future<?> after(long nanos, Runnable task) {
		return this.loop.schedule(task, nanos, TimeUnit.NANOSECONDS);
	}

	private void beginNext() {
		cancel(this.next);
		if (this.ended || this.late || this.begun == this.addresses.size()) {
			return;
		}
		InetAddress address = this.addresses.get(this.begun);
		this.begun++;
		this.running.add(address);
		if (this.begun < this.addresses.size()) {
			this.next = after(this.delay, this::beginNext);
		}
		this.connector.connect(address, (made, failure) -> {
			if (made != null) {
				onConnected(address, made);
			}
			else {
				onFailed(address, (failure != null) ? failure : new IllegalStateException("connect: no connection"));
			}
		});
	}

	private void onConnected(InetAddress address, C made) {
		if (this.ended) {
			this.finish.onSurplus(made);
			return;
		}
		// Those that began later may be as fast.
		this.running.stream().takeWhile((beaten) -> !beaten.equals(address)).forEach(this.host::avoid);
		this.running.remove(address);
		this.host.favour(address);
		end();
		this.finish.onConnected(address, made);
	}

	private void onFailed(InetAddress address, Throwable failure) {
		this.host.avoid(address);
		if (this.ended) {
			return;
		}
		this.running.remove(address);
		this.failures.put(address, failure);
		beginNext();
		if (!this.ended && this.running.isEmpty()) {
			fail();
		}
	}

	private void giveUp() {
		for (InetAddress address : new ArrayList<>(this.running)) {
			this.host.avoid(address);
			this.failures.put(address, new ConnectTimeoutException("no connection in time"));
		}
		fail();
	}

	private void fail() {
		end();
		this.host.doubt();
		this.finish.onFailed(UnreachableHostException.of(this.addresses, this.failures));
	}

	private void end() {
		this.ended = true;
		cancel(this.next);
		cancel(this.end);
	}

	private static void cancel(@Nullable Future<?> timer) {
		if (timer != null) {
			timer.cancel(false);
		}
	}

	/**
	 * Connects to one address.
	 *
	 * @param <C> what a connection is
	 */
	@FunctionalInterface
	interface Connector<C> {

		/**
		 * Begins a connection.
		 * @param done takes the connection, or why there is none, on the event loop
		 */
		void connect(InetAddress address, BiConsumer<@Nullable C, @Nullable Throwable> done);

	}

	/**
	 * Takes what it comes to.
	 *
	 * @param <C> what a connection is
	 */
	interface Finish<C> {

		/**
		 * A connection has come about.
		 */
		void onConnected(InetAddress address, C made);

		/**
		 * None has, with any address.
		 */
		void onFailed(UnreachableHostException failure);

		/**
		 * Another one has, after the first or after it was given up.
		 */
		void onSurplus(C made);

	}

}
