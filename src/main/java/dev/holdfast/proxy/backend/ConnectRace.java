package dev.holdfast.proxy.backend;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.channel.ConnectTimeoutException;
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

	private final TrafficLoop loop;

	private final Connector<C> connector;

	private final Finish<C> finish;

	/** What abandons each, in the order in which they began. */
	private final Map<InetAddress, Runnable> running = new LinkedHashMap<>();

	private final Map<InetAddress, Throwable> failures = new HashMap<>();

	private int begun;

	private long delay;

	private boolean late;

	private boolean ended;

	private TrafficLoop.@Nullable Timer next;

	private TrafficLoop.@Nullable Timer end;

	/**
	 * Prepare to connect.
	 * @param host hears of each address whether it is of use
	 * @param addresses the addresses, at least one, in the order in which to try them
	 * @param loop the event loop
	 * @param connector connects to one address
	 * @param finish takes what it comes to
	 */
	ConnectRace(HostAddresses host, List<InetAddress> addresses, TrafficLoop loop, Connector<C> connector,
			Finish<C> finish) {
		this.host = host;
		this.addresses = addresses;
		this.loop = loop;
		this.connector = connector;
		this.finish = finish;
	}

	/**
	 * Begin.
	 * @param connectNanos in which connections may begin, and must have come about
	 * @param handshakeNanos how much longer their handshakes may take
	 */
	void start(long connectNanos, long handshakeNanos) {
		long share = connectNanos / this.addresses.size();
		this.delay = Math.clamp(share, Math.min(LEAST_DELAY, connectNanos / 2), DELAY);
		this.end = this.loop.after(connectNanos, () -> {
			this.late = true;
			if (handshakeNanos > 0 && !this.running.isEmpty()) {
				this.end = this.loop.after(handshakeNanos, this::giveUp);
			}
			else {
				giveUp();
			}
		});
		beginNext();
	}

	private void beginNext() {
		cancel(this.next);
		if (this.ended || this.late || this.begun == this.addresses.size()) {
			return;
		}
		InetAddress address = this.addresses.get(this.begun);
		this.begun++;
		if (this.begun < this.addresses.size()) {
			this.next = this.loop.after(this.delay, this::beginNext);
		}
		this.running.put(address, this.connector.connect(address, (made, failure) -> {
			if (made != null) {
				onConnected(address, made);
			}
			else {
				onFailed(address, (failure != null) ? failure : new IllegalStateException("connect: no connection"));
			}
		}));
	}

	private void onConnected(InetAddress address, C made) {
		if (this.ended) {
			this.running.remove(address);
			this.finish.onSurplus(made);
			return;
		}
		// Those that began later may be as fast.
		this.running.keySet().stream().takeWhile((beaten) -> !beaten.equals(address)).forEach(this.host::avoid);
		this.running.remove(address);
		this.host.favour(address);
		end();
		this.finish.onConnected(address, made);
	}

	private void onFailed(InetAddress address, Throwable failure) {
		if (this.running.remove(address) == null) {
			return;
		}
		this.host.avoid(address);
		if (this.ended) {
			return;
		}
		this.failures.put(address, failure);
		beginNext();
		if (!this.ended && this.running.isEmpty()) {
			fail();
		}
	}

	private void giveUp() {
		Map<InetAddress, Runnable> late = new LinkedHashMap<>(this.running);
		this.running.clear();
		for (Map.Entry<InetAddress, Runnable> attempt : late.entrySet()) {
			this.host.avoid(attempt.getKey());
			this.failures.put(attempt.getKey(), new ConnectTimeoutException("no connection in time"));
			attempt.getValue().run();
		}
		if (!this.ended) {
			fail();
		}
	}

	private void fail() {
		end();
		this.host.doubt();
		this.finish.onFailed(UnreachableHostException.of(this.addresses, this.failures));
	}

	private void end() {
		this.ended = true;
		cancel(this.next);
		if (this.running.isEmpty()) {
			// Else those that were beaten must not wait for ever.
			cancel(this.end);
		}
	}

	private static void cancel(TrafficLoop.@Nullable Timer timer) {
		if (timer != null) {
			timer.cancel();
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
		 * Begin a connection.
		 * @param address where it goes
		 * @param done takes the connection, or why there is none, on the event loop; not
		 * before this returns
		 * @return abandons it when run
		 */
		Runnable connect(InetAddress address, BiConsumer<@Nullable C, @Nullable Throwable> done);

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
