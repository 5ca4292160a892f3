package dev.holdfast.proxy.exchange;

import java.time.Duration;

import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.TrafficTimes;
import dev.holdfast.proxy.client.ClientStream;
import dev.holdfast.proxy.transport.Deadline;
import dev.holdfast.proxy.transport.Deadlines;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.upstream.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * How long an exchange may go on like this. What counts depends on how far the exchange
 * has come: towards the response's head, then in the response, or against a client that
 * does not take it.
 */
final class ExchangeTimeouts extends Deadline {

	private final TrafficLoop loop;

	private final Deadlines deadlines;

	private final RouteTimes times;

	private final TrafficTimes port;

	private final ClientStream client;

	/** {@code null} when there is none. */
	private final @Nullable RequestBody body;

	private final Listener listener;

	private final long totalDue;

	private Phase phase = Phase.WAITING;

	private long tryDue = Deadlines.NEVER;

	private long progressAt;

	private long untaken;

	private TrafficLoop.@Nullable Timer clientTimer;

	/** Until when the client waits, if it has said so. */
	private long clientDue;

	/**
	 * Begin with the request's head.
	 * @param loop tells the time
	 * @param port how long the port waits
	 * @param times how long the route's requests may take
	 * @param client tells what the client has not taken
	 * @param body tells whether it is the client that everything waits for
	 * @param listener hears of it when the time is over
	 */
	ExchangeTimeouts(TrafficLoop loop, TrafficTimes port, RouteTimes times, ClientStream client,
			@Nullable RequestBody body, Listener listener) {
		this.loop = loop;
		this.deadlines = loop.deadlines();
		this.port = port;
		this.times = times;
		this.client = client;
		this.body = body;
		this.listener = listener;
		this.totalDue = this.deadlines.in(nanos(times.total()));
		this.progressAt = this.deadlines.now();
	}

	private static long nanos(Duration duration) {
		return duration.isZero() ? Deadlines.NEVER : duration.toNanos();
	}

	/**
	 * Take the client's word on how long it waits. By a timer of its own: clients that
	 * count themselves would always be sooner than a sweep, and seem to have gone.
	 */
	void limit(long nanos) {
		this.clientDue = this.loop.nanoTime() + nanos;
		this.clientTimer = this.loop.after(nanos, this::onClientDue);
	}

	/**
	 * That a client waits for so short a time only is not the instance's fault.
	 */
	private void onClientDue() {
		boolean awaitsBackend = this.phase == Phase.WAITING && !awaitsBody();
		this.listener.onOverdue(GatewayError.TIMEOUT,
				(awaitsBackend && due() <= this.deadlines.now()) ? Outcome.TIMEOUT : Outcome.CANCELLED);
	}

	/**
	 * Whether the client waits no longer. The instance knows that as well, and may break
	 * off a moment before the gateway does.
	 */
	boolean isOverdue() {
		return this.clientTimer != null && this.loop.nanoTime() - this.clientDue >= 0;
	}

	/**
	 * The request must wait until an instance can take it.
	 */
	void queue() {
		enter(Phase.QUEUED);
	}

	/**
	 * An attempt begins.
	 */
	void startTry() {
		if (this.phase == Phase.QUEUED) {
			this.phase = Phase.WAITING;
			progress();
		}
		this.tryDue = this.deadlines.in(nanos(this.times.perTry()));
		this.deadlines.set(this, due());
	}

	/**
	 * There is no attempt until the next one begins.
	 */
	void awaitTry() {
		this.tryDue = Deadlines.NEVER;
		this.deadlines.set(this, due());
	}

	/**
	 * A byte came or went.
	 */
	void progress() {
		this.progressAt = this.deadlines.now();
	}

	/**
	 * A byte of the request came: the instance's time to respond begins at the last one.
	 */
	void progressInRequest() {
		progress();
		if (this.tryDue != Deadlines.NEVER) {
			this.tryDue = this.deadlines.in(nanos(this.times.perTry()));
		}
	}

	/**
	 * The last byte of the request came.
	 */
	void endRequest() {
		progressInRequest();
		this.deadlines.set(this, due());
	}

	/**
	 * The response has begun.
	 */
	void startResponse() {
		enter(Phase.STREAMING);
	}

	/**
	 * The client does not take the response as fast as it comes.
	 */
	void block() {
		this.untaken = this.client.untaken();
		enter(Phase.BLOCKED);
	}

	/**
	 * The client has taken what there was of the response.
	 */
	void unblock() {
		enter(Phase.STREAMING);
	}

	private void enter(Phase next) {
		this.phase = next;
		progress();
		this.deadlines.set(this, due());
	}

	/**
	 * Stop to count.
	 */
	void stop() {
		this.deadlines.cancel(this);
		if (this.clientTimer != null) {
			this.clientTimer.cancel();
		}
	}

	private long due() {
		long due = switch (this.phase) {
			case QUEUED -> this.progressAt + this.port.queue().toNanos();
			case WAITING -> Math.min(this.tryDue, this.progressAt + waitNanos());
			case STREAMING -> this.times.streamIdle().isZero() ? Deadlines.NEVER
					: this.progressAt + this.times.streamIdle().toNanos();
			case BLOCKED -> this.progressAt + this.port.write().toNanos();
		};
		return Math.min(due, this.totalDue);
	}

	private long waitNanos() {
		return (awaitsBody() ? this.times.body() : this.times.request()).toNanos();
	}

	private boolean awaitsBody() {
		return this.body != null && this.body.isAwaited();
	}

	@Override
	protected void onDue(long now) {
		if (this.phase == Phase.BLOCKED && this.untaken != this.client.untaken()) {
			block();
		}
		else if (due() > now) {
			this.deadlines.set(this, due());
		}
		else {
			expire(now);
		}
	}

	// A client that is slow, and a response that is long, are not the instance's fault.
	private void expire(long now) {
		boolean awaitsClient = this.phase == Phase.BLOCKED || awaitsBody();
		if (this.totalDue <= now) {
			boolean awaitsBackend = this.phase == Phase.WAITING && !awaitsClient;
			this.listener.onOverdue(GatewayError.TIMEOUT, awaitsBackend ? Outcome.TIMEOUT : Outcome.CANCELLED);
		}
		else if (this.phase == Phase.QUEUED) {
			this.listener.onOverdue(GatewayError.OVERLOADED, Outcome.CANCELLED);
		}
		else if (this.phase == Phase.BLOCKED) {
			this.listener.onOverdue(GatewayError.CLIENT_STALLED, Outcome.CANCELLED);
		}
		else if (this.phase == Phase.STREAMING || this.progressAt + waitNanos() <= now) {
			this.listener.onOverdue(awaitsClient ? GatewayError.REQUEST_TIMEOUT : GatewayError.TIMEOUT,
					awaitsClient ? Outcome.CANCELLED : Outcome.TIMEOUT);
		}
		else {
			this.listener.onTryOverdue();
		}
	}

	/**
	 * Hears of it when the time is over.
	 */
	interface Listener {

		/**
		 * The time of the current attempt is over, but not the request's.
		 */
		void onTryOverdue();

		/**
		 * The time of the request is over.
		 * @param error why
		 * @param outcome what that says of the instance
		 */
		void onOverdue(GatewayError error, Outcome outcome);

	}

	private enum Phase {

		QUEUED, WAITING, STREAMING, BLOCKED

	}

}
