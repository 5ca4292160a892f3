package dev.holdfast.proxy.exchange;

import java.util.ArrayList;
import java.util.List;

import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.upstream.Demand;
import dev.holdfast.upstream.HashOn;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamInstance;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one request on one instance of its service after another, from the
 * circuit breaker's leave to the outcome that the service is told. Where they are full,
 * the request waits for a place.
 */
final class RequestAttempts implements RequestAttempt.Listener, WaitingRequests.Waiter {

	private static final int MOST_ATTEMPTS = 3;

	private final ExchangeResources resources;

	private final Upstream upstream;

	private final ClientRequest request;

	private final ExchangeTimeouts timeouts;

	private final RequestLog log;

	private final ResponseReceiver receiver;

	private final Listener listener;

	private final Demand demand;

	private List<UpstreamInstance> tried = List.of();

	private @Nullable RequestAttempt attempt;

	/** The instance to ask for a better response than the one that is discarded. */
	private @Nullable UpstreamInstance better;

	private boolean waiting;

	/** Whether the service knows how the request has ended. */
	private boolean told;

	/**
	 * Prepare to try.
	 * @param resources what exchanges share
	 * @param upstream the service, whose circuit breaker has let the request through
	 * @param request the request
	 * @param timeouts how long it may take
	 * @param log hears of the attempts
	 * @param receiver takes the response
	 * @param listener takes the result
	 */
	RequestAttempts(ExchangeResources resources, Upstream upstream, ClientRequest request, ExchangeTimeouts timeouts,
			RequestLog log, ResponseReceiver receiver, Listener listener) {
		this.resources = resources;
		this.upstream = upstream;
		this.request = request;
		this.timeouts = timeouts;
		this.log = log;
		this.receiver = receiver;
		this.listener = listener;
		HashOn hashOn = upstream.hashOn();
		this.demand = (hashOn != null) ? RequestKey.demand(hashOn, request) : Demand.NONE;
	}

	/**
	 * Make the first attempt, as soon as there is an instance that can take it.
	 */
	void begin() {
		boolean behind = this.resources.waiting().isLine(this.upstream);
		UpstreamInstance instance = behind ? null : this.upstream.choose(this.tried, this.demand);
		if (instance != null || !(behind || this.upstream.takesRequests(this.demand.subset()))) {
			attempt(instance);
		}
		else if (this.resources.waiting().add(this.upstream, this)) {
			this.waiting = true;
			this.timeouts.queue();
		}
		else {
			fail(GatewayError.OVERLOADED, Outcome.CANCELLED);
		}
	}

	@Override
	public Demand demand() {
		return this.demand;
	}

	@Override
	public void onTurn(@Nullable UpstreamInstance instance) {
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
		this.log.startTry(instance);
		this.timeouts.startTry();
		this.attempt = new RequestAttempt(this.resources, this.request, this.upstream.name(), instance, this.log,
				this.timeouts, this.receiver, this);
		this.attempt.start();
	}

	/**
	 * Choose whether to ask another instance for a better response than the one that has
	 * begun.
	 */
	@Override
	public boolean isWanted(ResponseHead head) {
		boolean possible = this.tried.size() < MOST_ATTEMPTS && isRepeatable() && !this.timeouts.isOverdue();
		this.better = possible ? this.upstream.chooseBetter(this.tried, this.demand) : null;
		return this.better == null;
	}

	private boolean isRepeatable() {
		return this.request.repeatable() && this.request.isReplayable();
	}

	@Override
	public void onResult(AttemptResult result) {
		this.resources.waiting().serveSoon(this.upstream);
		switch (result) {
			case AttemptResult.Responded(Outcome outcome, var trailers) -> {
				end(outcome);
				this.listener.onResult(new RequestResult.Responded(trailers));
			}
			case AttemptResult.Discarded discarded -> {
				this.log.retry(this.upstream.name());
				attempt(this.better);
			}
			case AttemptResult.ConnectFailed(var reason) -> {
				this.log.failToConnect(this.upstream.name(), reason.reason());
				// Behind a handshake that the instance refused late some of the body was
				// sent.
				retry(this.request.isReplayable(), GatewayError.CONNECT_FAILED, Outcome.CONNECT_FAILURE, false);
			}
			case AttemptResult.Refused refused ->
				retry(this.request.isReplayable(), GatewayError.BACKEND_RESET, Outcome.BROKEN, true);
			case AttemptResult.Broken(var error, boolean reused) -> onBroken(error, Outcome.BROKEN, reused);
			case AttemptResult.BrokenOff(var error) -> {
				if (this.timeouts.isOverdue()) {
					fail(GatewayError.TIMEOUT, Outcome.CANCELLED);
				}
				else {
					fail(error, Outcome.BROKEN);
				}
			}
			case AttemptResult.Unsupported(var error) -> fail(error, Outcome.CANCELLED);
		}
	}

	private void onBroken(GatewayError error, Outcome outcome, boolean reused) {
		if (this.timeouts.isOverdue()) {
			fail(GatewayError.TIMEOUT, Outcome.CANCELLED);
		}
		else {
			retry(isRepeatable(), error, outcome, reused);
		}
	}

	/**
	 * The time of the current attempt is over, but not the request's.
	 */
	void onTryOverdue() {
		cancelAttempt(Outcome.TIMEOUT);
		onBroken(GatewayError.TIMEOUT, Outcome.TIMEOUT, false);
	}

	/**
	 * Try again while attempts are left and there is an instance worth it.
	 * @param possible whether the request can be sent again
	 * @param sameInstance whether the last instance is worth it, for want of another: one
	 * that closed an idle connection at the wrong moment is
	 */
	private void retry(boolean possible, GatewayError error, Outcome outcome, boolean sameInstance) {
		UpstreamInstance instance = null;
		if (possible) {
			this.request.recall();
			instance = (this.tried.size() < MOST_ATTEMPTS) ? choose(sameInstance) : null;
		}
		if (instance == null) {
			fail(error, outcome);
			return;
		}
		this.log.retry(this.upstream.name());
		attempt(instance);
	}

	private @Nullable UpstreamInstance choose(boolean sameInstance) {
		return sameInstance ? this.upstream.choose(this.tried, this.demand)
				: this.upstream.chooseUntried(this.tried, this.demand);
	}

	private void fail(GatewayError error, Outcome outcome) {
		end(outcome);
		this.listener.onResult(new RequestResult.Failed(error));
	}

	/**
	 * Take the request for a success, though its end may be hours away: the circuit
	 * breaker must not wait for it.
	 */
	void succeed() {
		if (this.attempt != null) {
			this.attempt.succeed();
		}
		end(Outcome.SUCCESS);
	}

	/**
	 * Hear that the tunnel that the response opened has closed.
	 * @param outcome how
	 */
	void endTunnel(Outcome outcome) {
		if (this.attempt != null) {
			this.attempt.endTunnel(outcome);
		}
		this.resources.waiting().serveSoon(this.upstream);
	}

	/**
	 * Give up, whatever is waited for. The listener hears nothing more.
	 * @param outcome what that says of the service
	 */
	void cancel(Outcome outcome) {
		cancelAttempt(outcome);
		end(outcome);
	}

	private void cancelAttempt(Outcome outcome) {
		if (this.attempt != null) {
			this.attempt.cancel(outcome);
			this.resources.waiting().serveSoon(this.upstream);
		}
	}

	private void end(Outcome outcome) {
		if (this.told) {
			return;
		}
		this.told = true;
		if (this.waiting) {
			this.waiting = false;
			this.resources.waiting().remove(this.upstream, this);
		}
		this.upstream.end(outcome, this.log.elapsedNanos());
	}

	/**
	 * Takes what all attempts came to.
	 */
	interface Listener {

		/**
		 * There will be no other attempt, and the last one has ended by itself.
		 * @param result what they came to
		 */
		void onResult(RequestResult result);

	}

}
