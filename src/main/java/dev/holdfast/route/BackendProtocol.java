package dev.holdfast.route;

/**
 * The version of HTTP that a route's backends are spoken to in.
 */
public enum BackendProtocol {

	/** What the instance's registration and the request's own protocol suggest. */
	AUTO,

	/** HTTP/1.1. */
	HTTP1,

	/** HTTP/2: by ALPN over TLS, by prior knowledge in clear text. */
	H2

}
