package dev.holdfast.proxy.http2;

import java.util.Arrays;

import io.netty.buffer.ByteBuf;

/**
 * The field block of a head or of trailers, which may come in many frames (RFC 9113,
 * section 4.3).
 */
final class HeaderBlock {

	private static final byte[] EMPTY = {};

	private static final int LEAST = 256;

	/** How long a frame must be that goes on with a head, if there are many, bytes. */
	private static final int SMALL_CONTINUATION = 8 * 1024;

	private static final int MAX_SMALL_CONTINUATIONS = 16;

	/** What is kept for heads between two of them, bytes. */
	private static final int KEPT = 4 * 1024;

	private final int maxLength;

	private byte[] bytes = EMPTY;

	private int length;

	/** The stream whose head is not whole yet, 0 for none. */
	private int stream;

	private boolean end;

	private int smallContinuations;

	/**
	 * Prepare to gather.
	 * @param maxHeaderSize the largest head, bytes
	 */
	HeaderBlock(int maxHeaderSize) {
		// A head that is somewhat too large is answered, and so must be read.
		this.maxLength = 2 * Math.max(maxHeaderSize, FrameType.MAX_LENGTH);
	}

	/**
	 * Begin with the block of HEADERS.
	 * @param end whether the stream ends with it
	 */
	void begin(int stream, boolean end) {
		this.stream = stream;
		this.end = end;
		this.length = 0;
		this.smallContinuations = 0;
	}

	/**
	 * Return the stream whose block is not whole yet, 0 for none.
	 */
	int stream() {
		return this.stream;
	}

	/**
	 * Count a CONTINUATION that is not the last.
	 */
	void countContinuation(int length) throws Http2ViolationException {
		if (length < SMALL_CONTINUATION) {
			this.smallContinuations++;
			if (this.smallContinuations > MAX_SMALL_CONTINUATIONS) {
				throw new Http2ViolationException(Flood.CONTINUATIONS);
			}
		}
	}

	void add(ByteBuf in, int start, int length) throws Http2ViolationException {
		int end = this.length + length;
		if (end > this.maxLength) {
			throw new Http2ViolationException(ErrorCode.PROTOCOL_ERROR, "head: too large to be read");
		}
		if (end > this.bytes.length) {
			this.bytes = Arrays.copyOf(this.bytes, Math.max(end, Math.max(LEAST, this.bytes.length * 2)));
		}
		in.getBytes(start, this.bytes, this.length, length);
		this.length = end;
	}

	/**
	 * Hand on the block, which is whole.
	 */
	void handOn(FrameReader.Frames frames) throws Http2ViolationException {
		int stream = this.stream;
		this.stream = 0;
		frames.onHeaders(stream, this.bytes, this.length, this.end);
		if (this.bytes.length > KEPT) {
			this.bytes = EMPTY;
		}
	}

}
