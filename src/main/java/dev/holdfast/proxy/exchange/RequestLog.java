package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.ExchangeRecord;
import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.client.ClientStream;
import dev.holdfast.proxy.header.ClientPeer;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.RequestHost;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.route.RouteMatch;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.UpstreamInstance;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a request: its steps as they are taken, and the whole of it when it has
 * ended.
 */
final class RequestLog implements ExchangeRecord {

	private final ExchangeListener listener;

	private final TrafficLoop loop;

	private final ClientPeer peer;

	private final HttpVersion version;

	private final String method;

	private final String target;

	private final long startedAt;

	private @Nullable RequestHost host;

	private String id = "";

	private @Nullable RouteMatch match;

	private @Nullable UpstreamInstance instance;

	private @Nullable GatewayError error;

	private int status = 200;

	private int tries;

	private long requestBytes;

	private long responseBytes;

	private long upstreamNanos;

	private long durationNanos;

	/**
	 * Begin: a request's head has arrived.
	 * @param listener hears of it
	 * @param loop tells the time
	 * @param client brings the request, whose head may be gone when the request ends
	 */
	RequestLog(ExchangeListener listener, TrafficLoop loop, ClientStream client) {
		RequestHead head = client.head();
		this.listener = listener;
		this.loop = loop;
		this.peer = client.peer();
		this.version = head.version();
		this.method = head.method();
		this.target = head.target();
		this.startedAt = loop.nanoTime();
		listener.onStart();
	}

	void reject(Rejection rejection) {
		this.listener.onRejected(rejection.reason());
	}

	/**
	 * Name the host that the request is for.
	 */
	void address(RequestHost host) {
		this.host = host;
	}

	/**
	 * Name the id by which the request is known.
	 */
	void identify(String id) {
		this.id = id;
	}

	void route(RouteMatch match) {
		this.match = match;
	}

	void startTry(UpstreamInstance instance) {
		this.tries++;
		this.instance = instance;
	}

	/**
	 * Tell what of the bodies has come and gone since it was last told.
	 * @param request how much came from the client, bytes
	 * @param response how much was sent to it, bytes
	 */
	void transfer(long request, long response) {
		this.requestBytes += request;
		this.responseBytes += response;
	}

	void endTry(ServiceName service, Outcome outcome, long nanos) {
		this.upstreamNanos += nanos;
		this.listener.onTry(service, outcome, nanos);
	}

	void retry(ServiceName service) {
		this.listener.onRetry(service);
	}

	void refuseRetry(ServiceName service) {
		this.listener.onRetryRefused(service);
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
		ServiceName service = (this.match != null) ? this.match.service() : null;
		return (service != null) ? service.value() : "";
	}

	@Override
	public String method() {
		return this.method;
	}

	@Override
	public String target() {
		return this.target;
	}

	@Override
	public String protocol() {
		return switch (this.version) {
			case HTTP_1_0 -> "HTTP/1.0";
			case HTTP_1_1 -> "HTTP/1.1";
			case HTTP_2 -> "HTTP/2.0";
		};
	}

	@Override
	public String host() {
		return (this.host != null) ? this.host.name() : "";
	}

	@Override
	public String clientAddress() {
		return this.peer.address();
	}

	@Override
	public String requestId() {
		return this.id;
	}

	@Override
	public @Nullable UpstreamInstance instance() {
		return this.instance;
	}

	@Override
	public long requestBytes() {
		return this.requestBytes;
	}

	@Override
	public long responseBytes() {
		return this.responseBytes;
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
