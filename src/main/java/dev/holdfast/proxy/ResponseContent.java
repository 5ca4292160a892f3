package dev.holdfast.proxy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/**
 * What a response may have behind its head (RFC 9110, section 6.4.1).
 */
final class ResponseContent {

	private static final int NO_CONTENT = 204;

	private static final int NOT_MODIFIED = 304;

	private static final Buffer NOTHING = Buffer.buffer();

	private ResponseContent() {
	}

	/**
	 * Whether there may be content.
	 * @param toHead whether the request's method is HEAD
	 * @param status the response's status, 200 or above
	 */
	static boolean isAllowed(boolean toHead, int status) {
		return !toHead && status != NO_CONTENT && status != NOT_MODIFIED;
	}

	/**
	 * Announces the content of a response of the gateway's own.
	 * @return what of it is sent: nothing to HEAD, which is told the length that GET
	 * would get
	 */
	static Buffer announce(Buffer content, HttpServerRequest request) {
		if (!request.method().equals(HttpMethod.HEAD)) {
			return content;
		}
		request.response().putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(content.length()));
		return NOTHING;
	}

}
