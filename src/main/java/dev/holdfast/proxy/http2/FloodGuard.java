package dev.holdfast.proxy.http2;

import java.util.function.LongSupplier;

/**
 * Counts the streams that end early because of the peer.
 */
final class FloodGuard {

	private final LongSupplier time;

	private final RateLimit peerResets;

	private final RateLimit provokedResets;

	/**
	 * Begin to count.
	 * @param time the time, nanoseconds
	 * @param maxResets how many resets of either kind half a minute may have
	 */
	FloodGuard(LongSupplier time, int maxResets) {
		this.time = time;
		this.peerResets = new RateLimit(maxResets);
		this.provokedResets = new RateLimit(maxResets);
	}

	/**
	 * Count a stream that the peer has reset.
	 */
	void onPeerReset() throws Http2ViolationException {
		if (!this.peerResets.allows(this.time.getAsLong())) {
			throw new Http2ViolationException(Flood.RESETS);
		}
	}

	/**
	 * Count a stream that the peer has made this side reset.
	 */
	void onProvokedReset() throws Http2ViolationException {
		if (!this.provokedResets.allows(this.time.getAsLong())) {
			throw new Http2ViolationException(Flood.PROVOKED_RESETS);
		}
	}

}
