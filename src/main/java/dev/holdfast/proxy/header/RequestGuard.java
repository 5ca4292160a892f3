package dev.holdfast.proxy.header;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.TrafficLimits;
import org.jspecify.annotations.Nullable;

/**
 * Turns away what the gateway and an instance could understand differently. What is
 * framed in two ways does not get this far: the parser takes it for malformed.
 */
public final class RequestGuard {

	private RequestGuard() {
	}

	/**
	 * Look at all of a request's head but its target, which {@link RequestTarget} judges.
	 * @param head the head
	 * @param limits how much of it there may be
	 * @return why the request is turned away, {@code null} when it is not
	 */
	public static @Nullable Rejection check(RequestHead head, TrafficLimits limits) {
		// An extended CONNECT (RFC 8441) asks for a protocol, and not for another server.
		if ((head.method().equals("CONNECT") && head.protocol() == null) || head.method().equals("TRACE")) {
			return Rejection.METHOD;
		}
		int hosts = (head.authority() != null) ? 1 : head.fields().count(HeaderKind.HOST);
		// RFC 9112, section 3.2; only HTTP/1.0 knows requests without Host.
		if (hosts > 1 || (hosts == 0 && head.version() != HttpVersion.HTTP_1_0)) {
			return Rejection.HOST;
		}
		if (head.fields().size() > limits.maxHeaderCount()) {
			return Rejection.TOO_MANY_HEADERS;
		}
		// The parser has measured an HTTP/1.1 request line; HTTP/2 has none.
		return (head.target().length() > limits.maxRequestLineSize()) ? Rejection.TARGET_TOO_LONG : null;
	}

}
