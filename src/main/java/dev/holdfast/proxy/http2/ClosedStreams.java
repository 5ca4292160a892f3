package dev.holdfast.proxy.http2;

/**
 * Remembers the last streams that have ended: what still comes for one that this side has
 * reset was on its way, and anything for one that the peer has ended breaks the rules
 * (RFC 9113, section 5.1).
 */
final class ClosedStreams {

	private static final int MOST_ENDED = 16;

	private static final int MOST_RESET = 256;

	private static final int[] NONE = {};

	private int[] ended = NONE;

	private int endedCount;

	private int[] reset = NONE;

	private int resetCount;

	/**
	 * Remember a stream that the peer has ended or reset.
	 */
	void addEnded(int stream) {
		if (this.ended.length == 0) {
			this.ended = new int[MOST_ENDED];
		}
		this.ended[this.endedCount++ & (MOST_ENDED - 1)] = stream;
	}

	/**
	 * Remember a stream that this side has reset and the peer had not ended.
	 */
	void addReset(int stream) {
		if (this.reset.length == 0) {
			this.reset = new int[MOST_RESET];
		}
		this.reset[this.resetCount++ & (MOST_RESET - 1)] = stream;
	}

	boolean hasEnded(int stream) {
		return contains(this.ended, stream);
	}

	boolean wasReset(int stream) {
		return contains(this.reset, stream);
	}

	private static boolean contains(int[] streams, int stream) {
		for (int candidate : streams) {
			if (candidate == stream) {
				return true;
			}
		}
		return false;
	}

}
