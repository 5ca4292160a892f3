package dev.holdfast.proxy.http2;

import dev.holdfast.proxy.header.RequestHead;

/**
 * The frames of a client, which begins streams.
 */
final class ClientFrames extends ReceivedFrames {

	/** How much of responses a client may leave unread and still begin streams, bytes. */
	private static final long MOST_UNREAD_BYTES = 1024 * 1024;

	private final int maxStreams;

	private int lastStream;

	private int lastServed = Integer.MAX_VALUE;

	ClientFrames(StreamLinks links, PeerSettings settings, HeadReader heads, FloodGuard guard,
			Http2Connection.Listener listener, int maxStreams) {
		super(links, settings, heads, guard, listener);
		this.maxStreams = maxStreams;
	}

	/**
	 * Return the last stream that the client has begun.
	 */
	int lastStream() {
		return this.lastStream;
	}

	/**
	 * Look at no stream behind the last one.
	 */
	void serveNoMore() {
		this.lastServed = Math.min(this.lastServed, this.lastStream);
	}

	@Override
	boolean isIdle(int stream) {
		return stream > this.lastStream || (stream & 1) == 0;
	}

	@Override
	boolean isLate(int stream) {
		return stream > this.lastServed && (stream & 1) != 0;
	}

	@Override
	void onHeadersOfOther(int id, byte[] block, int length, boolean end) throws Http2ViolationException {
		if ((id & 1) == 0) {
			throw new Http2ViolationException(ErrorCode.PROTOCOL_ERROR, "HEADERS: not a client's stream");
		}
		if (isLate(id)) {
			heads().skip(block, length);
		}
		else if (id <= this.lastStream) {
			heads().skip(block, length);
			checkClosed(id);
		}
		else {
			this.lastStream = id;
			begin(id, block, length, end);
		}
	}

	/**
	 * Lets pass what may have been on its way when the stream was reset.
	 */
	private void checkClosed(int id) throws Http2ViolationException {
		ClosedStreams closed = links().table().closed();
		if (!closed.wasReset(id)) {
			boolean ended = closed.hasEnded(id);
			throw new Http2ViolationException(ended ? ErrorCode.STREAM_CLOSED : ErrorCode.PROTOCOL_ERROR,
					"HEADERS: of a stream that has ended");
		}
	}

	private void begin(int id, byte[] block, int length, boolean end) throws Http2ViolationException {
		StreamTable table = links().table();
		if (table.size() >= this.maxStreams || links().writer().output().pending() > MOST_UNREAD_BYTES) {
			heads().skip(block, length);
			refuse(id, end, ErrorCode.REFUSED_STREAM);
			return;
		}
		RequestHead head = table.head();
		if (!heads().read(block, length, head, end)) {
			table.retire(head);
			refuse(id, end, ErrorCode.PROTOCOL_ERROR);
			return;
		}
		StreamState stream = StreamState.received(id, links(), head, end);
		table.add(stream);
		listener().onRequest(stream, head, heads().rejection());
		stream.startBody();
	}

	private void refuse(int id, boolean end, long code) throws Http2ViolationException {
		if (end) {
			links().table().closed().addEnded(id);
		}
		else {
			links().table().closed().addReset(id);
		}
		onStreamError(id, code);
	}

	@Override
	void onDataOfClosed(int id) throws Http2ViolationException {
		onStreamError(id, ErrorCode.STREAM_CLOSED);
	}

	@Override
	public void onGoAway(int last) {
		listener().onGoAway();
	}

}
