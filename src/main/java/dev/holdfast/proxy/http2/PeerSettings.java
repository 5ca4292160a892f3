package dev.holdfast.proxy.http2;

/**
 * What the peer has said of itself.
 */
final class PeerSettings {

	private static final int LARGEST_FRAME = (1 << 24) - 1;

	private final boolean server;

	private boolean received;

	private long maxStreams = Integer.MAX_VALUE;

	private long initialWindow = FlowControl.INITIAL;

	private long headerTableSize = HpackDecoder.TABLE_SIZE;

	/**
	 * Begin with what holds before anything is said.
	 * @param server whether the peer is a client
	 */
	PeerSettings(boolean server) {
		this.server = server;
	}

	/**
	 * Take a setting.
	 * @param name its identifier
	 * @param value its value
	 * @throws Http2ViolationException if it cannot be that
	 */
	void set(int name, long value) throws Http2ViolationException {
		switch (name) {
			case SettingName.HEADER_TABLE_SIZE -> this.headerTableSize = value;
			// Only a client can be pushed to, and it is not for a server to say so.
			case SettingName.ENABLE_PUSH -> require(value <= (this.server ? 1 : 0), name, value);
			case SettingName.MAX_CONCURRENT_STREAMS -> this.maxStreams = value;
			case SettingName.INITIAL_WINDOW_SIZE -> {
				if (value > Integer.MAX_VALUE) {
					throw new Http2ViolationException(ErrorCode.FLOW_CONTROL_ERROR, "initial window: " + value);
				}
				this.initialWindow = value;
			}
			case SettingName.MAX_FRAME_SIZE ->
				require(value >= FrameType.MAX_LENGTH && value <= LARGEST_FRAME, name, value);
			case SettingName.ENABLE_CONNECT_PROTOCOL -> require(value <= 1, name, value);
			default -> {
				// RFC 9113, section 6.5.2: unknown ones are passed over.
			}
		}
	}

	private static void require(boolean condition, int name, long value) throws Http2ViolationException {
		if (!condition) {
			throw new Http2ViolationException(ErrorCode.PROTOCOL_ERROR, "setting %d: %d".formatted(name, value));
		}
	}

	/**
	 * Note that all of a frame have been taken.
	 * @return whether they were the first
	 */
	boolean complete() {
		boolean first = !this.received;
		this.received = true;
		return first;
	}

	boolean isReceived() {
		return this.received;
	}

	/**
	 * Return how many streams the peer takes at a time.
	 */
	long maxStreams() {
		return this.maxStreams;
	}

	int initialWindow() {
		return (int) this.initialWindow;
	}

	long headerTableSize() {
		return this.headerTableSize;
	}

}
