package dev.holdfast.proxy.backend;

/**
 * Why a request to an instance has come to no response, or to no whole one.
 */
public sealed interface BackendFailure {

	/**
	 * The connection broke.
	 *
	 * @param first whether this request is the first to hear of it: what the others on a
	 * shared connection hear says nothing new of the instance
	 * @param betweenRequests whether the instance may have closed an idle connection at
	 * the moment at which the request was sent on it, as it may (RFC 9112, section 9.5):
	 * one that had carried a request before, and no byte of a response had come
	 */
	record ConnectionBroken(boolean first, boolean betweenRequests) implements BackendFailure {
	}

	/**
	 * The instance broke off this request alone.
	 *
	 * @param code HTTP/2's error code
	 */
	record StreamReset(long code) implements BackendFailure {
	}

	/**
	 * The instance has done nothing for the request: it refused the stream (RFC 9113,
	 * section 8.7), or said that it never saw it (6.8).
	 */
	record Refused() implements BackendFailure {
	}

	/**
	 * The instance broke the rules of HTTP.
	 *
	 * @param first whether this request is the first to hear of it: not when it was their
	 * shared connection, and another one has
	 */
	record Malformed(boolean first) implements BackendFailure {
	}

	/**
	 * With TLS 1.3, an instance refuses the gateway's certificate only after the
	 * handshake has ended for the gateway, and reads nothing of the request.
	 *
	 * @param explanation words for operators
	 */
	record HandshakeRefused(String explanation) implements BackendFailure {
	}

}
