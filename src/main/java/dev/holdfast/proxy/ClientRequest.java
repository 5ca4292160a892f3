package dev.holdfast.proxy;

import java.util.Map;
import java.util.function.Consumer;

import dev.holdfast.proxy.RequestGuard.Rejection;
import dev.holdfast.route.RouteMatch;
import dev.holdfast.route.RouteTable;
import dev.holdfast.service.Endpoint;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * The request that a client sent, from its head to its trailers; its body is a
 * {@link RequestBody}.
 */
final class ClientRequest {

	private final HttpServerRequest request;

	private final ClientConnection connection;

	private final RequestHead head;

	private final int number;

	private @Nullable RequestTarget target;

	private String host = "";

	ClientRequest(HttpServerRequest request, ClientConnection connection) {
		this.request = request;
		this.connection = connection;
		this.head = new RequestHead(request, connection);
		this.number = connection.requestNumber();
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
		RequestTarget parsed = RequestTarget.parse(this.request.uri());
		if (parsed == null) {
			return Rejection.TARGET;
		}
		this.target = parsed;
		// RFC 9112, section 3.2.2: an absolute-form target wins over Host.
		this.host = parsed.authority().isEmpty() ? this.head.host() : parsed.authority();
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
	 * Finds the way to go.
	 * @return the way, {@code null} when no route matches
	 */
	@Nullable RouteMatch match(RouteTable routes) {
		return routes.match(this.request.method().name(), this.connection.host(), target().path(),
				this.request::getHeader);
	}

	private RequestTarget target() {
		if (this.target == null) {
			throw new IllegalStateException("target: before the request was checked");
		}
		return this.target;
	}

	/**
	 * Writes the head that an instance gets.
	 */
	void writeHead(BackendRequest backend, RouteMatch match, Endpoint endpoint, String id) {
		backend.setMethod(this.request.method());
		backend.setURI(match.path() + target().query());
		// Another stream of the same connection may have named another host since.
		this.connection.useHost(this.host);
		RequestHeaders.write(this.request, this.connection, match, id, endpoint.authority(), backend);
	}

	/**
	 * Takes hold of the body, if there is one.
	 * @param mostSize how large it may be, bytes; 0 for any size
	 */
	@Nullable RequestBody body(Exchange exchange, long mostSize) {
		return this.head.hasBody() ? new RequestBody(exchange, this.request, this.head, mostSize) : null;
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

	RequestHead head() {
		return this.head;
	}

}
