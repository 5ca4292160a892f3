package dev.holdfast.proxy;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Turns away what the gateway and a backend could understand differently. What is framed
 * in two ways does not get this far: the decoder takes it for malformed.
 */
final class RequestGuard {

	private RequestGuard() {
	}

	/**
	 * Looks at all of a request's head but its target, which {@link RequestTarget}
	 * judges.
	 * @return why the request is turned away, {@code null} when it is not
	 */
	static @Nullable Rejection check(HttpServerRequest request, RequestHead head, TrafficLimits limits) {
		HttpMethod method = request.method();
		if (method.equals(HttpMethod.CONNECT) || method.equals(HttpMethod.TRACE)) {
			return Rejection.METHOD;
		}
		// RFC 9112, section 3.2; only HTTP/1.0 knows requests without Host.
		if (head.hosts() > 1 || (head.hosts() == 0 && request.version() != HttpVersion.HTTP_1_0)) {
			return Rejection.HOST;
		}
		if (head.fields() > limits.maxHeaderCount()) {
			return Rejection.TOO_MANY_HEADERS;
		}
		// The decoder has measured an HTTP/1.1 request line; HTTP/2 has none.
		return (request.uri().length() > limits.maxRequestLineSize()) ? Rejection.TARGET_TOO_LONG : null;
	}

	/**
	 * Why a request is turned away.
	 */
	enum Rejection {

		METHOD("method", GatewayError.METHOD_NOT_ALLOWED),

		HOST("host", GatewayError.BAD_REQUEST),

		TARGET("target", GatewayError.BAD_REQUEST),

		ENCODED_SLASH("encoded-slash", GatewayError.BAD_REQUEST),

		TARGET_TOO_LONG("target-too-long", GatewayError.URI_TOO_LONG),

		HEADERS_TOO_LARGE("headers-too-large", GatewayError.HEADERS_TOO_LARGE),

		TOO_MANY_HEADERS("too-many-headers", GatewayError.TOO_MANY_HEADERS),

		REQUEST_LINE("request-line", GatewayError.BAD_REQUEST),

		/** Of a backend: clients never hear of it by this name. */
		STATUS_LINE("status-line", GatewayError.BAD_ANSWER),

		VERSION("version", GatewayError.VERSION_NOT_SUPPORTED),

		FIELD("field", GatewayError.BAD_REQUEST),

		FRAMING("framing", GatewayError.BAD_REQUEST),

		CODING("coding", GatewayError.CODING_NOT_SUPPORTED),

		CHUNK("chunk", GatewayError.BAD_REQUEST);

		private final String reason;

		private final GatewayError error;

		Rejection(String reason, GatewayError error) {
			this.reason = reason;
			this.error = error;
		}

		/**
		 * The reason in a word that fits a label.
		 */
		String reason() {
			return this.reason;
		}

		GatewayError error() {
			return this.error;
		}

	}

}
