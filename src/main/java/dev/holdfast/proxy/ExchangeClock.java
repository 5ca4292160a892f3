package dev.holdfast.proxy;

import java.time.Duration;

import dev.holdfast.route.RouteTimes;
import dev.holdfast.upstream.Outcome;

/**
 * How long an exchange may go on like this. What it counts depends on how far the
 * exchange has come: towards the answer's head, then in the answer, or against a client
 * that does not take it.
 */
final class ExchangeClock extends Deadline {

	private static final long NO_TIMER = -1;

	private final Exchange exchange;

	private final EventLoopServer server;

	private final Deadlines deadlines;

	private final RouteTimes times;

	private final long totalDue;

	private final TrafficTimes port;

	private Phase phase = Phase.WAITING;

	private long tryDue = Deadlines.NEVER;

	private long progressAt;

	private long untaken;

	private long clientTimer = NO_TIMER;

	/** Until when the client waits, if it has said so. */
	private long clientDue;

	ExchangeClock(Exchange exchange, EventLoopServer server, RouteTimes times) {
		this.exchange = exchange;
		this.server = server;
		this.deadlines = server.deadlines();
		this.times = times;
		this.totalDue = this.deadlines.in(nanos(times.total()));
		this.port = server.settings().times();
		this.progressAt = this.deadlines.now();
	}

	private static long nanos(Duration duration) {
		return duration.isZero() ? Deadlines.NEVER : duration.toNanos();
	}

	/**
	 * Takes the client's word on how long it waits. By a timer of its own: clients that
	 * count themselves would always be sooner than a sweep, and seem to have gone.
	 */
	void limit(long nanos) {
		this.clientDue = System.nanoTime() + nanos;
		this.clientTimer = this.server.after(nanos, this::onClientDue);
	}

	/**
	 * That a client waits for so short a time only is not the backend's fault.
	 */
	private void onClientDue() {
		boolean awaitsBackend = this.phase == Phase.WAITING && !this.exchange.request().isAwaited();
		this.exchange.giveUp(GatewayError.TIMEOUT,
				(awaitsBackend && due() <= this.deadlines.now()) ? Outcome.TIMEOUT : Outcome.CANCELLED);
	}

	/**
	 * Whether the client waits no longer. The backend knows that as well, and may break
	 * off a moment before the gateway does.
	 */
	boolean isOverdue() {
		return this.clientTimer != NO_TIMER && System.nanoTime() - this.clientDue >= 0;
	}

	/**
	 * It must wait until an instance can take it.
	 */
	void queue() {
		enter(Phase.QUEUED);
	}

	/**
	 * A try begins.
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
	 * A byte came or went.
	 */
	void progress() {
		this.progressAt = this.deadlines.now();
	}

	/**
	 * A byte of the request came: the backend's time to answer begins at the last one.
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
	 * The answer has begun.
	 */
	void startAnswer() {
		enter(Phase.STREAMING);
	}

	/**
	 * The client does not take the answer as fast as it comes.
	 */
	void block() {
		this.untaken = this.exchange.answer().untaken();
		enter(Phase.BLOCKED);
	}

	/**
	 * The client has taken what there was of the answer.
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
	 * Stops to count.
	 */
	void stop() {
		this.deadlines.cancel(this);
		if (this.clientTimer != NO_TIMER) {
			this.server.cancel(this.clientTimer);
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
		return (this.exchange.request().isAwaited() ? this.times.body() : this.times.request()).toNanos();
	}

	@Override
	void onDue(long now) {
		if (this.phase == Phase.BLOCKED && this.untaken != this.exchange.answer().untaken()) {
			block();
		}
		else if (due() > now) {
			this.deadlines.set(this, due());
		}
		else {
			expire(now);
		}
	}

	// A client that is slow, and an answer that is long, are not the backend's fault.
	private void expire(long now) {
		boolean awaitsClient = this.phase == Phase.BLOCKED || this.exchange.request().isAwaited();
		if (this.totalDue <= now) {
			boolean awaitsBackend = this.phase == Phase.WAITING && !awaitsClient;
			this.exchange.giveUp(GatewayError.TIMEOUT, awaitsBackend ? Outcome.TIMEOUT : Outcome.CANCELLED);
		}
		else if (this.phase == Phase.QUEUED) {
			this.exchange.giveUp(GatewayError.OVERLOADED, Outcome.CANCELLED);
		}
		else if (this.phase == Phase.BLOCKED) {
			this.exchange.giveUp(GatewayError.CLIENT_STALLED, Outcome.CANCELLED);
		}
		else if (this.phase == Phase.STREAMING || this.progressAt + waitNanos() <= now) {
			this.exchange.giveUp(awaitsClient ? GatewayError.REQUEST_TIMEOUT : GatewayError.TIMEOUT,
					awaitsClient ? Outcome.CANCELLED : Outcome.TIMEOUT);
		}
		else {
			this.exchange.tries().onTimeout();
		}
	}

	private enum Phase {

		QUEUED, WAITING, STREAMING, BLOCKED

	}

}
