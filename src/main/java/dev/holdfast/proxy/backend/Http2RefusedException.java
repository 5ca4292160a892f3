package dev.holdfast.proxy.backend;

import javax.net.ssl.SSLException;

/**
 * A handshake with an instance that did not come to the HTTP/2 that was asked for.
 */
final class Http2RefusedException extends SSLException {

	private static final long serialVersionUID = 1L;

	/**
	 * Tells what was expected and what came.
	 * @param answer what the instance did
	 */
	Http2RefusedException(String answer) {
		super("HTTP/2 was expected (h2 by ALPN), the instance " + answer);
	}

}
