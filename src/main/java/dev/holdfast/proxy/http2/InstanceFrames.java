package dev.holdfast.proxy.http2;

/**
 * The frames of an instance, to which this side opens streams.
 */
final class InstanceFrames extends ReceivedFrames {

	private static final int LAST_STREAM = 1 << 30;

	private int nextStream = 1;

	private boolean leaving;

	InstanceFrames(StreamLinks links, PeerSettings settings, HeadReader heads, FloodGuard guard,
			Http2Connection.Listener listener) {
		super(links, settings, heads, guard, listener);
	}

	/**
	 * Return the identifier of the next stream that is opened.
	 */
	int nextStream() {
		int id = this.nextStream;
		this.nextStream += 2;
		return id;
	}

	/**
	 * Whether the instance can be expected to take another stream, as far as its GOAWAY
	 * and the identifiers are concerned.
	 */
	boolean takesStreams() {
		return !this.leaving && this.nextStream < LAST_STREAM;
	}

	@Override
	boolean isIdle(int stream) {
		return stream >= this.nextStream || (stream & 1) == 0;
	}

	@Override
	boolean isLate(int stream) {
		return false;
	}

	@Override
	void onHeadersOfOther(int id, byte[] block, int length, boolean end) throws Http2ViolationException {
		heads().skip(block, length);
		if (isIdle(id)) {
			throw new Http2ViolationException(ErrorCode.PROTOCOL_ERROR, "HEADERS: of a stream that is not open");
		}
	}

	/**
	 * It may have been on its way: there is no telling how many streams were given up
	 * since.
	 */
	@Override
	void onDataOfClosed(int id) {
	}

	@Override
	public void onGoAway(int last) {
		boolean first = !this.leaving;
		this.leaving = true;
		if (first) {
			listener().onGoAway();
		}
		for (StreamState stream : links().table().all()) {
			if (stream.id() > last) {
				stream.onRefused();
			}
		}
	}

}
