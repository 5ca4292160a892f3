package dev.holdfast.proxy.http1;

import dev.holdfast.proxy.Rejection;

/**
 * A peer broke the grammar of HTTP/1.1 or a limit of the gateway. Without a stack trace:
 * peers decide how often it is thrown.
 */
final class MalformedMessageException extends Exception {

	private static final long serialVersionUID = 1L;

	private final Rejection rejection;

	MalformedMessageException(Rejection rejection) {
		super(rejection.reason(), null, false, false);
		this.rejection = rejection;
	}

	/**
	 * Return what is wrong with the message.
	 */
	Rejection rejection() {
		return this.rejection;
	}

}
