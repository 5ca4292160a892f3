package dev.holdfast.proxy.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import dev.holdfast.proxy.ConnectFailure;
import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.route.RetryPolicy;
import dev.holdfast.service.Subset;
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

	/** How long to wait at least before a second retry of which nothing is said. */
	private static final long USUAL_BACKOFF_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

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

	/** Whether the current attempt takes part of the service's retry budget. */
	private boolean budgeted;

	/** Until the next attempt, {@code null} when nothing is waited for. */
	private TrafficLoop.@Nullable Timer backoff;

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
		Subset subset = request.match().subset();
		this.demand = (hashOn != null) ? RequestKey.demand(hashOn, request).within(subset) : Demand.of(subset);
	}

	/**
	 * Make the first attempt, as soon as there is an instance that can take it.
	 */
	void begin() {
		boolean behind = this.resources.waiting().isLine(this.upstream, this.demand.subset());
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
		releaseBudget();
		boolean possible = policy().isRetried(head.status()) && isAttemptLeft() && isRepeatable()
				&& !this.timeouts.isOverdue();
		this.better = (possible && acquireBudget()) ? this.upstream.chooseBetter(this.tried, this.demand) : null;
		if (this.better == null) {
			releaseBudget();
		}
		return this.better == null;
	}

	private RetryPolicy policy() {
		return this.request.match().policy().retry();
	}

	private boolean isAttemptLeft() {
		return this.tried.size() <= policy().attempts();
	}

	/**
	 * Whether the request was lost with its instance. All that an instance had break off
	 * at once when it goes, which may be more than a fifth; the others are well, and get
	 * what they would have got without it. Where they are not, or it happens twice, the
	 * budget decides.
	 */
	private boolean isLost(Outcome outcome) {
		return outcome == Outcome.BROKEN && this.tried.size() == 1 && !this.upstream.isPanicking();
	}

	private boolean acquireBudget() {
		this.budgeted = this.upstream.tryRetry();
		if (!this.budgeted) {
			this.log.refuseRetry(this.upstream.name());
		}
		return this.budgeted;
	}

	private void releaseBudget() {
		if (this.budgeted) {
			this.budgeted = false;
			this.upstream.endRetry();
		}
	}

	/**
	 * A response goes to the client: what follows may take hours.
	 */
	void startResponse() {
		releaseBudget();
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
				afterBackoff(this::attemptBetter);
			}
			case AttemptResult.ConnectFailed(var reason) -> {
				this.log.failToConnect(this.upstream.name(), reason.reason());
				// Behind a handshake that the instance refused late some of the body was
				// sent.
				retryAtOnce(this.request.isReplayable(), GatewayError.CONNECT_FAILED, Outcome.CONNECT_FAILURE, false);
			}
			case AttemptResult.Refused refused ->
				retryAtOnce(this.request.isReplayable(), GatewayError.BACKEND_RESET, Outcome.BROKEN, true);
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
		if (this.attempt != null && this.attempt.isConnecting()) {
			cancelAttempt(Outcome.CONNECT_FAILURE);
			this.log.failToConnect(this.upstream.name(), ConnectFailure.TIMEOUT.reason());
			retryAtOnce(this.request.isReplayable(), GatewayError.TIMEOUT, Outcome.CONNECT_FAILURE, false);
			return;
		}
		cancelAttempt(Outcome.TIMEOUT);
		onBroken(GatewayError.TIMEOUT, Outcome.TIMEOUT, false);
	}

	/**
	 * Try again what an instance may have worked on, while attempts and the service's
	 * budget are left, there is an instance worth it, and after some time.
	 * @param possible whether the request can be sent again
	 * @param sameInstance whether the last instance is worth it, for want of another: one
	 * that closed an idle connection at the wrong moment is
	 */
	private void retry(boolean possible, GatewayError error, Outcome outcome, boolean sameInstance) {
		releaseBudget();
		boolean another = sameInstance || this.tried.size() < this.upstream.instances().size();
		if (possible && another && isAttemptLeft() && (isLost(outcome) || acquireBudget())) {
			this.request.recall();
			afterBackoff(() -> attemptAgain(error, outcome, sameInstance));
		}
		else {
			recallIf(possible);
			fail(error, outcome);
		}
	}

	/**
	 * Try again what no instance has seen, while attempts are left and there is an
	 * instance worth it. That costs the service nothing, whose instances are many.
	 */
	private void retryAtOnce(boolean possible, GatewayError error, Outcome outcome, boolean sameInstance) {
		recallIf(possible);
		if (possible && isAttemptLeft()) {
			attemptAgain(error, outcome, sameInstance);
		}
		else {
			fail(error, outcome);
		}
	}

	private void recallIf(boolean possible) {
		if (possible) {
			this.request.recall();
		}
	}

	private void attemptAgain(GatewayError error, Outcome outcome, boolean sameInstance) {
		UpstreamInstance instance = choose(sameInstance);
		if (instance == null) {
			fail(error, outcome);
			return;
		}
		this.log.retry(this.upstream.name());
		attempt(instance);
	}

	/**
	 * Go on after the time that policy wants between two attempts: twice as long before
	 * the second retry, and at random up to once more, so that requests which failed
	 * together do not come back together.
	 */
	private void afterBackoff(Runnable attempt) {
		int retries = this.tried.size();
		long nanos = policy().backoff().toNanos() << (retries - 1);
		if (nanos == 0 && retries > 1) {
			nanos = USUAL_BACKOFF_NANOS;
		}
		if (nanos == 0) {
			attempt.run();
			return;
		}
		this.timeouts.awaitTry();
		this.backoff = this.resources.loop().after(nanos + ThreadLocalRandom.current().nextLong(nanos), () -> {
			this.backoff = null;
			attempt.run();
		});
	}

	/**
	 * What was the better instance before the wait may be no better now.
	 */
	private void attemptBetter() {
		UpstreamInstance now = this.upstream.chooseBetter(this.tried, this.demand);
		attempt((now != null) ? now : this.better);
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
		if (this.backoff != null) {
			this.backoff.cancel();
		}
		releaseBudget();
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
