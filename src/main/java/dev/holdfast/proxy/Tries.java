package dev.holdfast.proxy;

import java.util.ArrayList;
import java.util.List;

import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamInstance;
import org.jspecify.annotations.Nullable;

/**
 * The tries of one request on one instance of its service after another, from the circuit
 * breaker's leave to the outcome that the service is told. Where they are full, the
 * request waits for a place.
 */
final class Tries {

	private static final int MOST_TRIES = 3;

	private final Exchange exchange;

	private final EventLoopServer server;

	private final Upstream upstream;

	private final ExchangeClock clock;

	private final ExchangeAccount account;

	private List<UpstreamInstance> tried = List.of();

	private @Nullable Attempt attempt;

	private boolean waiting;

	private boolean ended;

	/**
	 * Prepares to try.
	 * @param upstream the service, whose circuit breaker has let the request through
	 */
	Tries(Exchange exchange, EventLoopServer server, Upstream upstream, ExchangeClock clock, ExchangeAccount account) {
		this.exchange = exchange;
		this.server = server;
		this.upstream = upstream;
		this.clock = clock;
		this.account = account;
	}

	void begin() {
		boolean behind = this.server.waiting().isLine(this.upstream);
		UpstreamInstance instance = behind ? null : this.upstream.choose(this.tried);
		if (instance != null || !(behind || this.upstream.takesRequests())) {
			attempt(instance);
		}
		else if (this.server.waiting().add(this.upstream, this)) {
			this.waiting = true;
			this.clock.queue();
		}
		else {
			fail(GatewayError.OVERLOADED, Outcome.CANCELLED);
		}
	}

	/**
	 * The request has waited for an instance, and has got one.
	 * @param instance the instance, {@code null} when there is none any more
	 */
	void onTurn(@Nullable UpstreamInstance instance) {
		this.waiting = false;
		attempt(instance);
	}

	private void attempt(@Nullable UpstreamInstance instance) {
		if (instance == null) {
			fail(GatewayError.NO_INSTANCE, Outcome.CANCELLED);
			return;
		}
		if (this.tried.isEmpty()) {
			this.tried = List.of(instance);
		}
		else {
			this.tried = new ArrayList<>(this.tried);
			this.tried.add(instance);
		}
		this.account.startTry();
		this.clock.startTry();
		this.attempt = new Attempt(this.exchange, this, this.server.backends(), this.server.deadlines(), instance);
		this.attempt.start();
	}

	void onConnectFailed(String reason) {
		this.server.listener().onConnectFailure(this.upstream.name(), reason);
		// Behind a handshake that the instance refused late some of the body was sent.
		if (this.exchange.request().isReplayable()) {
			retry(GatewayError.CONNECT_FAILED, Outcome.CONNECT_FAILURE, false);
		}
		else {
			fail(GatewayError.CONNECT_FAILED, Outcome.CONNECT_FAILURE);
		}
	}

	/**
	 * A try broke before its answer began.
	 * @param reused whether its connection had carried a request before
	 */
	void onBroken(GatewayError error, Outcome outcome, boolean reused) {
		if (this.clock.isOverdue()) {
			fail(GatewayError.TIMEOUT, Outcome.CANCELLED);
		}
		else if (this.exchange.request().isRepeatable() && this.exchange.request().isReplayable()) {
			retry(error, outcome, reused);
		}
		else {
			fail(error, outcome);
		}
	}

	/**
	 * A try came to nothing, and it is certain that the instance did nothing for it (RFC
	 * 9113, section 8.7).
	 */
	void onRefused(GatewayError error, Outcome outcome) {
		if (this.exchange.request().isReplayable()) {
			retry(error, outcome, true);
		}
		else {
			fail(error, outcome);
		}
	}

	/**
	 * Chooses an instance to ask for a better answer than the one that has begun. It must
	 * be used.
	 * @return the instance, {@code null} when the client gets the answer
	 */
	@Nullable UpstreamInstance chooseBetter() {
		ClientRequest request = this.exchange.request();
		boolean possible = this.tried.size() < MOST_TRIES && request.isRepeatable() && request.isReplayable()
				&& !this.clock.isOverdue();
		return possible ? this.upstream.chooseBetter(this.tried) : null;
	}

	/**
	 * A try ended with an answer that the client does not get. The request's body has
	 * been recalled.
	 * @param better the instance to ask instead
	 */
	void onAnswerDiscarded(UpstreamInstance better) {
		this.server.listener().onRetry(this.upstream.name());
		attempt(better);
	}

	/**
	 * The time of the current try is over, but not the request's.
	 */
	void onTimeout() {
		if (this.attempt != null) {
			this.attempt.cancel(Outcome.TIMEOUT);
		}
		onBroken(GatewayError.TIMEOUT, Outcome.TIMEOUT, false);
	}

	/**
	 * Tries again while tries are left and there is an instance worth it.
	 * @param sameInstance whether the last instance is, for want of another: one that
	 * closed an idle connection at the wrong moment is
	 */
	private void retry(GatewayError error, Outcome outcome, boolean sameInstance) {
		this.exchange.request().recall();
		UpstreamInstance instance = (this.tried.size() < MOST_TRIES) ? choose(sameInstance) : null;
		if (instance == null) {
			fail(error, outcome);
			return;
		}
		this.server.listener().onRetry(this.upstream.name());
		attempt(instance);
	}

	private @Nullable UpstreamInstance choose(boolean sameInstance) {
		return sameInstance ? this.upstream.choose(this.tried) : this.upstream.chooseUntried(this.tried);
	}

	private void fail(GatewayError error, Outcome outcome) {
		end(outcome);
		this.exchange.onFailed(error);
	}

	void onTryEnded(Outcome outcome, long nanos) {
		this.account.endTry(this.upstream.name(), outcome, nanos);
		this.server.waiting().serve(this.upstream);
	}

	/**
	 * Ends an answer of many messages behind the one that is on its way.
	 */
	void stopStream() {
		if (this.attempt != null) {
			this.attempt.stopStream();
		}
	}

	/**
	 * Gives up, whatever is waited for.
	 * @param outcome what that says of the backend
	 */
	void cancel(Outcome outcome) {
		if (this.attempt != null) {
			this.attempt.cancel(outcome);
		}
		end(outcome);
	}

	/**
	 * Tells the service how the request has ended. Does nothing when it has been told.
	 */
	void end(Outcome outcome) {
		if (!this.ended) {
			this.ended = true;
			if (this.waiting) {
				this.waiting = false;
				this.server.waiting().remove(this.upstream, this);
			}
			this.upstream.end(outcome, this.account.elapsedNanos());
		}
	}

}
