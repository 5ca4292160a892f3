package dev.holdfast.proxy;

import java.util.Map;
import java.util.function.Consumer;

import dev.holdfast.proxy.RequestGuard.Rejection;
import dev.holdfast.route.RouteMatch;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTable;
import dev.holdfast.service.Endpoint;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * The request that a client sent, from its head to its trailers.
 */
final class ClientRequest {

	private final HttpServerRequest request;

	private final ClientConnection connection;

	private final RequestHead head;

	private final int number;

	private final @Nullable RequestTarget target;

	private String host = "";

	private @Nullable RequestBody body;

	ClientRequest(HttpServerRequest request, ClientConnection connection, @Nullable RequestTarget target) {
		this.request = request;
		this.target = target;
		this.connection = connection;
		this.head = new RequestHead(request, connection);
		this.number = connection.requestNumber();
	}

	boolean hasBody() {
		return this.head.hasBody();
	}

	/**
	 * Sets who hears of it when the body turns out to be malformed.
	 */
	void rejectionHandler(Consumer<Rejection> handler) {
		ReceivedRequest received = ReceivedRequest.of(this.request);
		if (received != null) {
			received.rejectionHandler(handler);
		}
	}

	/**
	 * Judges the head.
	 * @return why the request is turned away, {@code null} when it is not
	 */
	@Nullable Rejection check(TrafficLimits limits) {
		Rejection rejection = RequestGuard.check(this.request, this.head, limits);
		return (rejection != null || isForGateway()) ? rejection : checkTarget();
	}

	private @Nullable Rejection checkTarget() {
		if (this.target == null) {
			return Rejection.TARGET;
		}
		// RFC 9112, section 3.2.2: an absolute-form target wins over Host.
		this.host = this.target.authority().isEmpty() ? this.head.host() : this.target.authority();
		boolean valid = this.connection.useHost(this.host) && (!this.host.isEmpty() || this.head.hosts() == 0);
		return valid ? null : Rejection.HOST;
	}

	/**
	 * Whether it asks what the gateway itself can do.
	 */
	boolean isForGateway() {
		return this.request.method().equals(HttpMethod.OPTIONS) && this.request.uri().equals("*");
	}

	/**
	 * Whether the body is larger than its route allows, as far as the head tells.
	 */
	boolean isTooLarge(RoutePolicy policy) {
		return policy.maxBodySize() > 0 && this.head.contentLength() > policy.maxBodySize();
	}

	/**
	 * Takes hold of the body, if there is one.
	 */
	void openBody(Exchange exchange, RoutePolicy policy) {
		if (this.head.hasBody()) {
			this.body = new RequestBody(exchange, this.request, this.head, this.connection.bodyOf(this.request),
					policy.maxBodySize());
		}
	}

	/**
	 * Whether the path is not to pass as it is spelled.
	 */
	boolean isMisspelt(RoutePolicy policy) {
		return policy.paths().rejects(target().path());
	}

	/**
	 * Finds the way to go.
	 * @return the way, {@code null} when no route matches
	 */
	@Nullable RouteMatch match(RouteTable routes) {
		return routes.match(this.request.method().name(), this.connection.host(), target().path(),
				this.request::getHeader);
	}

	private RequestTarget target() {
		if (this.target == null) {
			throw new IllegalStateException("target: of a request that is turned away");
		}
		return this.target;
	}

	/**
	 * Writes the head that an instance gets.
	 */
	void writeHead(BackendRequest backend, RouteMatch match, Endpoint endpoint, String id) {
		backend.setMethod(this.request.method());
		backend.setURI(endpoint.path() + match.path() + target().query());
		// Another stream of the same connection may have named another host since.
		this.connection.useHost(this.host);
		RequestHeaders.write(this.request, this.connection, match, id, endpoint.authority(), backend);
		this.head.announceNoContent(backend);
	}

	/**
	 * Sends the body, or what of it has come, behind the head.
	 */
	void sendBody(BackendRequest backend) {
		if (this.body == null) {
			backend.end();
		}
		else {
			this.body.sendTo(backend, this.body.expectsContinue());
		}
	}

	/**
	 * Takes the body back from the backend of a try that has failed.
	 */
	void recall() {
		if (this.body != null) {
			this.body.detach();
		}
	}

	/**
	 * Keeps nothing for another try: there will be none.
	 */
	void forget() {
		if (this.body != null) {
			this.body.forget();
		}
	}

	/**
	 * Whether a backend has been sent the whole of it.
	 */
	boolean isSent() {
		return this.body == null || this.body.isEnded();
	}

	/**
	 * Whether another backend can be sent the whole of it.
	 */
	boolean isReplayable() {
		return this.body == null || this.body.isRepeatable();
	}

	/**
	 * Whether doing it twice comes to the same as doing it once.
	 */
	boolean isRepeatable() {
		return this.head.isRepeatable();
	}

	/**
	 * Whether it is the client that everything waits for.
	 */
	boolean isAwaited() {
		return this.body != null && this.body.isAwaited();
	}

	/**
	 * Whether the client waits for a backend's leave before it sends the body.
	 */
	boolean expectsContinue() {
		return this.body != null && this.body.expectsContinue();
	}

	/**
	 * The trailers, when it has arrived whole.
	 */
	Iterable<? extends Map.Entry<? extends CharSequence, ? extends CharSequence>> trailers() {
		return this.connection.trailers(this.request, this.number);
	}

	/**
	 * The protocols that the client offers to switch to, {@code null} when there are
	 * none.
	 */
	@Nullable ProtocolOffer protocolOffer() {
		return (this.request.version() == HttpVersion.HTTP_1_1) ? this.head.protocolOffer() : null;
	}

	/**
	 * Whether the client understands interim answers.
	 */
	boolean takesHints() {
		return this.request.version() != HttpVersion.HTTP_1_0;
	}

	/**
	 * The body, {@code null} when there is none or nothing has taken hold of it.
	 */
	@Nullable RequestBody body() {
		return this.body;
	}

	/**
	 * The id by which it is known to the client, the backend and the logs.
	 * @param ids makes one if the client chose none
	 */
	String id(RequestIds ids) {
		return this.head.requestId(ids);
	}

}
