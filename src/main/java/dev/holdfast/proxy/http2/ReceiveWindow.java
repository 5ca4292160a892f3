package dev.holdfast.proxy.http2;

/**
 * What a peer may send (RFC 9113, section 5.2). Given back when half of it has been
 * taken, so that a frame about it goes with many of a body.
 */
final class ReceiveWindow {

	private final int size;

	private int left;

	private int taken;

	/**
	 * Open a window.
	 * @param size what it lets come, bytes
	 */
	ReceiveWindow(int size) {
		this.size = size;
		this.left = size;
	}

	/**
	 * Count what came.
	 * @param bytes how much
	 * @return whether it was allowed
	 */
	boolean receive(int bytes) {
		this.left -= bytes;
		return this.left >= 0;
	}

	/**
	 * Count what came and has been taken.
	 * @param bytes how much
	 * @param tell whether the peer can be told
	 * @return how much the peer is to be given back now, 0 for nothing yet
	 */
	int take(int bytes, boolean tell) {
		this.taken += bytes;
		if (!tell || this.taken == 0 || this.taken < this.size / 2) {
			return 0;
		}
		int back = this.taken;
		this.taken = 0;
		this.left += back;
		return back;
	}

}
