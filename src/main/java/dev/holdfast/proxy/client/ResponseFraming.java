package dev.holdfast.proxy.client;

import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;

/**
 * How an HTTP/1.1 client learns where a response ends (RFC 9112, section 6.3).
 */
enum ResponseFraming {

	/** Not known before the head is written. */
	NOT_WRITTEN,

	/** The response ends with its head. */
	NO_BODY,

	/** By Content-Length. */
	LENGTH,

	/** By a last chunk. */
	CHUNKS,

	/** By the end of the connection. */
	CONNECTION;

	/**
	 * Return the framing of a response.
	 * @param request what it responds to
	 * @param response its head
	 */
	static ResponseFraming of(RequestHead request, ResponseHead response) {
		if (!response.hasBody()) {
			return NO_BODY;
		}
		if (response.contentLength() >= 0) {
			return LENGTH;
		}
		return (request.version() == HttpVersion.HTTP_1_0) ? CONNECTION : CHUNKS;
	}

	/**
	 * Whether trailers can be sent.
	 * @param request what the response responds to
	 * @param contentLength the length that its head will announce, if it is not written
	 * yet; -1 for none
	 */
	boolean takesTrailers(RequestHead request, long contentLength) {
		return switch (this) {
			case NOT_WRITTEN ->
				contentLength < 0 && request.version() != HttpVersion.HTTP_1_0 && !request.method().equals("HEAD");
			case CHUNKS -> true;
			case NO_BODY, LENGTH, CONNECTION -> false;
		};
	}

}
