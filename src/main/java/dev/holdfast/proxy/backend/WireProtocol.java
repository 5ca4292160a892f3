package dev.holdfast.proxy.backend;

import dev.holdfast.route.BackendProtocol;
import dev.holdfast.service.Scheme;

/**
 * Which HTTP a connection to an instance is made for.
 */
public enum WireProtocol {

	/** One request at a time. */
	HTTP1,

	/** Many requests at a time, in clear text by prior knowledge. */
	HTTP2,

	/** What the TLS handshake comes to. */
	NEGOTIATED;

	/**
	 * Chooses what is spoken to an instance.
	 * @param asked what the route asks for
	 * @param scheme what the instance registered
	 */
	public static WireProtocol of(BackendProtocol asked, Scheme scheme) {
		return switch (asked) {
			case HTTP1 -> HTTP1;
			case H2 -> HTTP2;
			case AUTO -> switch (scheme) {
				case HTTP -> HTTP1;
				case HTTPS -> NEGOTIATED;
				case GRPC, GRPCS -> HTTP2;
			};
		};
	}

}
