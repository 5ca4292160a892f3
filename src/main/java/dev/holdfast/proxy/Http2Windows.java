package dev.holdfast.proxy;

import io.vertx.core.http.Http2Settings;

/**
 * How much of HTTP/2 goes on at the same time on one connection.
 */
final class Http2Windows {

	/** As many as the RFC asks servers to allow at least (RFC 9113, section 6.5.2). */
	static final int STREAMS = 100;

	/** What a stream may bring before the other side has taken any of it, bytes. */
	private static final int STREAM = 64 * 1024;

	/**
	 * As much as all streams together, bytes: with less, one that nobody reads from would
	 * stop the others.
	 */
	static final int CONNECTION = STREAMS * STREAM;

	private Http2Windows() {
	}

	/**
	 * What clients are told.
	 * @param maxHeaderSize the largest head of a request, bytes
	 */
	static Http2Settings toClients(int maxHeaderSize) {
		return new Http2Settings().setMaxConcurrentStreams(STREAMS)
			.setInitialWindowSize(STREAM)
			.setMaxHeaderListSize(maxHeaderSize);
	}

	/**
	 * What instances are told.
	 * @param maxHeaderSize the largest head of an answer, bytes
	 */
	static Http2Settings toBackends(int maxHeaderSize) {
		return new Http2Settings().setPushEnabled(false)
			.setInitialWindowSize(STREAM)
			.setMaxHeaderListSize(maxHeaderSize);
	}

}
