package dev.holdfast.proxy;

import dev.holdfast.proxy.RequestGuard.Rejection;
import dev.holdfast.route.RouteMatch;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.Outcome;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * What is told of an exchange: its steps as they are taken, and the whole of it when it
 * has ended.
 */
final class ExchangeAccount implements ExchangeRecord {

	private final ExchangeListener listener;

	private final HttpServerRequest request;

	private final long startedAt = System.nanoTime();

	private @Nullable RouteMatch match;

	private @Nullable GatewayError error;

	private int tries;

	private long upstreamNanos;

	private long durationNanos;

	ExchangeAccount(ExchangeListener listener, HttpServerRequest request) {
		this.listener = listener;
		this.request = request;
	}

	void start() {
		this.listener.onStart();
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

	/**
	 * Names what ends the exchange.
	 */
	void fail(@Nullable GatewayError error) {
		this.error = error;
	}

	void end() {
		this.durationNanos = elapsedNanos();
		this.listener.onEnd(this);
	}

	/**
	 * For how long the exchange has gone on.
	 */
	long elapsedNanos() {
		return System.nanoTime() - this.startedAt;
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
		return this.request.method().name();
	}

	@Override
	public int status() {
		return (this.error == GatewayError.CLIENT_GONE || this.error == GatewayError.CLIENT_STALLED)
				? this.error.status() : this.request.response().getStatusCode();
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
