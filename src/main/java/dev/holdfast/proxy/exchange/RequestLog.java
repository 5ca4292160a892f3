package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.ExchangeRecord;
import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.route.RouteMatch;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a request: its steps as they are taken, and the whole of it when it has
 * ended.
 */
final class RequestLog implements ExchangeRecord {

	private final ExchangeListener listener;

	private final TrafficLoop loop;

	private final String method;

	private final long startedAt;

	private @Nullable RouteMatch match;

	private @Nullable GatewayError error;

	private int status = 200;

	private int tries;

	private long upstreamNanos;

	private long durationNanos;

	/**
	 * Begin: a request's head has arrived.
	 * @param listener hears of it
	 * @param loop tells the time
	 * @param method the request's method
	 */
	RequestLog(ExchangeListener listener, TrafficLoop loop, String method) {
		this.listener = listener;
		this.loop = loop;
		this.method = method;
		this.startedAt = loop.nanoTime();
		listener.onStart();
	}

	void reject(Rejection rejection) {
		this.listener.onRejected(rejection.reason());
	}

	void route(RouteMatch match) {
		this.match = match;
	}

	void startTry() {
		this.tries++;
	}

	void endTry(ServiceName service, Outcome outcome, long nanos) {
		this.upstreamNanos += nanos;
		this.listener.onTry(service, outcome, nanos);
	}

	void retry(ServiceName service) {
		this.listener.onRetry(service);
	}

	void failToConnect(ServiceName service, String reason) {
		this.listener.onConnectFailure(service, reason);
	}

	/**
	 * Name the status of the response that the client gets.
	 */
	void respond(int status) {
		this.status = status;
	}

	/**
	 * Name what ends the request.
	 */
	void fail(@Nullable GatewayError error) {
		this.error = error;
	}

	void end() {
		this.durationNanos = elapsedNanos();
		this.listener.onEnd(this);
	}

	/**
	 * Return for how long the request has gone on.
	 */
	long elapsedNanos() {
		return this.loop.nanoTime() - this.startedAt;
	}

	@Override
	public String route() {
		return (this.match != null) ? this.match.route() : "";
	}

	@Override
	public String service() {
		return (this.match != null) ? this.match.service().value() : "";
	}

	@Override
	public String method() {
		return this.method;
	}

	@Override
	public int status() {
		return (this.error == GatewayError.CLIENT_GONE || this.error == GatewayError.CLIENT_STALLED)
				? this.error.status() : this.status;
	}

	@Override
	public String errorCode() {
		return (this.error != null) ? this.error.code() : "";
	}

	@Override
	public long durationNanos() {
		return this.durationNanos;
	}

	@Override
	public long upstreamNanos() {
		return this.upstreamNanos;
	}

	@Override
	public int tries() {
		return this.tries;
	}

}
