package dev.holdfast.proxy;

import io.vertx.core.http.Http2Settings;

/**
 * How much of HTTP/2 goes on at the same time on one connection.
 */
final class Http2Windows {

	/** What a stream may bring before the other side has taken any of it, bytes. */
	private static final int STREAM = 64 * 1024;

	/** What all streams of a connection to an instance may bring, bytes. */
	static final int TO_BACKENDS = 100 * STREAM;

	private Http2Windows() {
	}

	/**
	 * What all streams of a client's connection may bring, bytes: with less, one that
	 * nobody reads from would stop the others.
	 */
	static int ofClients(TrafficLimits limits) {
		return limits.maxStreams() * STREAM;
	}

	/**
	 * What clients are told.
	 */
	static Http2Settings toClients(TrafficLimits limits) {
		return new Http2Settings().setMaxConcurrentStreams(limits.maxStreams())
			.setInitialWindowSize(STREAM)
			.setMaxHeaderListSize(limits.maxHeaderSize());
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
