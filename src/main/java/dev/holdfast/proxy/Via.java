package dev.holdfast.proxy;

import io.vertx.core.http.HttpVersion;

/**
 * The gateway's own element of the Via field (RFC 9110, section 7.6.3).
 */
final class Via {

	private Via() {
	}

	/**
	 * Gives the element of a message.
	 * @param received the version in which it was received
	 */
	static String of(HttpVersion received) {
		return switch (received) {
			case HTTP_1_0 -> "1.0 holdfast";
			case HTTP_1_1 -> "1.1 holdfast";
			case HTTP_2 -> "2.0 holdfast";
			case HTTP_3 -> "3.0 holdfast";
		};
	}

}
