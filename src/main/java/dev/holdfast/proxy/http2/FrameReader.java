package dev.holdfast.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what is read into frames, and sees that each is one for itself: its length, its
 * padding, its place (RFC 9113, sections 4 and 6). Heads are handed on whole.
 */
final class FrameReader {

	private final Frames frames;

	private final HeaderBlock block;

	private int prefaceRead;

	private boolean settingsRead;

	private boolean stopped;

	/** What came of a frame that is not whole yet. */
	private @Nullable ByteBuf part;

	/**
	 * Begin to read.
	 * @param server whether a client's preface comes first
	 * @param maxHeaderSize the largest head, bytes
	 * @param frames takes the frames
	 */
	FrameReader(boolean server, int maxHeaderSize, Frames frames) {
		this.prefaceRead = server ? 0 : Preface.LENGTH;
		this.block = new HeaderBlock(maxHeaderSize);
		this.frames = frames;
	}

	/**
	 * Take nothing more.
	 */
	void stop() {
		this.stopped = true;
		if (this.part != null) {
			this.part.release();
			this.part = null;
		}
	}

	/**
	 * Read what has come.
	 * @param in the bytes, which stay the caller's
	 * @param allocator makes buffers for frames that are cut off
	 * @throws Http2ViolationException if it breaks the rules
	 */
	void read(ByteBuf in, ByteBufAllocator allocator) throws Http2ViolationException {
		if (this.prefaceRead < Preface.LENGTH) {
			this.prefaceRead = Preface.read(in, this.prefaceRead);
		}
		while (!this.stopped && in.isReadable()) {
			ByteBuf part = this.part;
			if (part != null) {
				readPart(part, in);
			}
			else if (in.readableBytes() >= FrameType.HEADER_LENGTH && in.readableBytes() >= frameLength(in)) {
				readFrame(in);
			}
			else {
				boolean header = in.readableBytes() >= FrameType.HEADER_LENGTH;
				int length = header ? frameLength(in) : FrameType.HEADER_LENGTH;
				this.part = allocator.buffer(length, FrameType.HEADER_LENGTH + FrameType.MAX_LENGTH).writeBytes(in);
			}
		}
	}

	private void readPart(ByteBuf part, ByteBuf in) throws Http2ViolationException {
		int header = FrameType.HEADER_LENGTH - part.readableBytes();
		if (header > 0) {
			part.writeBytes(in, Math.min(header, in.readableBytes()));
		}
		if (part.readableBytes() < FrameType.HEADER_LENGTH) {
			return;
		}
		int missing = frameLength(part) - part.readableBytes();
		part.writeBytes(in, Math.min(missing, in.readableBytes()));
		if (part.readableBytes() < frameLength(part)) {
			return;
		}
		// Somebody may keep a slice of it.
		this.part = null;
		try {
			readFrame(part);
		}
		finally {
			part.release();
		}
	}

	/**
	 * Return the length of a frame with its header.
	 */
	private static int frameLength(ByteBuf in) throws Http2ViolationException {
		int length = in.getUnsignedMedium(in.readerIndex());
		if (length > FrameType.MAX_LENGTH) {
			throw new Http2ViolationException(ErrorCode.FRAME_SIZE_ERROR,
					"frame of %d bytes (expected: at most %d)".formatted(length, FrameType.MAX_LENGTH));
		}
		return FrameType.HEADER_LENGTH + length;
	}

	private void readFrame(ByteBuf in) throws Http2ViolationException {
		int at = in.readerIndex();
		int length = in.getUnsignedMedium(at);
		int type = in.getUnsignedByte(at + 3);
		int flags = in.getUnsignedByte(at + 4);
		int stream = in.getInt(at + 5) & Integer.MAX_VALUE;
		int payload = at + FrameType.HEADER_LENGTH;
		in.skipBytes(FrameType.HEADER_LENGTH + length);
		if (!this.settingsRead) {
			require(type == FrameType.SETTINGS && (flags & FrameType.ACK) == 0, "first frame: not SETTINGS");
			this.settingsRead = true;
		}
		require((type == FrameType.CONTINUATION) == (this.block.stream() != 0),
				"CONTINUATION: expected inside of a head and only there");
		switch (type) {
			case FrameType.DATA -> readData(in, payload, length, flags, stream);
			case FrameType.HEADERS -> readHeaders(in, payload, length, flags, stream);
			case FrameType.PRIORITY -> readPriority(in, payload, length, stream);
			case FrameType.RST_STREAM -> readReset(in, payload, length, stream);
			case FrameType.SETTINGS -> readSettings(in, payload, length, flags, stream);
			case FrameType.PUSH_PROMISE -> require(false, "PUSH_PROMISE: nothing may be pushed");
			case FrameType.PING -> readPing(in, payload, length, flags, stream);
			case FrameType.GOAWAY -> readGoAway(in, payload, length, stream);
			case FrameType.WINDOW_UPDATE -> readWindowUpdate(in, payload, length, stream);
			case FrameType.CONTINUATION -> readContinuation(in, payload, length, flags, stream);
			default -> {
				// RFC 9113, section 5.5: frames of unknown types are passed over.
			}
		}
	}

	private static void require(boolean condition, String message) throws Http2ViolationException {
		if (!condition) {
			throw new Http2ViolationException(ErrorCode.PROTOCOL_ERROR, message);
		}
	}

	private static void requireLength(boolean condition, String message) throws Http2ViolationException {
		if (!condition) {
			throw new Http2ViolationException(ErrorCode.FRAME_SIZE_ERROR, message);
		}
	}

	private void readData(ByteBuf in, int payload, int length, int flags, int stream) throws Http2ViolationException {
		require(stream != 0, "DATA: no stream");
		int start = payload;
		int end = payload + length;
		if ((flags & FrameType.PADDED) != 0) {
			requireLength(length > 0, "DATA: no padding's length");
			start++;
			end -= in.getUnsignedByte(payload);
			require(end >= start, "DATA: more padding than payload");
		}
		this.frames.onData(stream, in, start, end - start, length, (flags & FrameType.END_STREAM) != 0);
	}

	private void readHeaders(ByteBuf in, int payload, int length, int flags, int stream)
			throws Http2ViolationException {
		require(stream != 0, "HEADERS: no stream");
		int start = payload;
		int end = payload + length;
		int padding = 0;
		if ((flags & FrameType.PADDED) != 0) {
			requireLength(length > 0, "HEADERS: no padding's length");
			padding = in.getUnsignedByte(payload);
			start++;
		}
		boolean onItself = false;
		if ((flags & FrameType.PRIORITIZED) != 0) {
			requireLength(end - start >= 5, "HEADERS: no priority");
			onItself = (in.getInt(start) & Integer.MAX_VALUE) == stream;
			start += 5;
		}
		end -= padding;
		require(end >= start, "HEADERS: more padding than payload");
		// A stream's error; whoever depends on itself gains nothing by a milder one.
		require(!onItself, "HEADERS: stream depends on itself");
		this.block.begin(stream, (flags & FrameType.END_STREAM) != 0);
		addToBlock(in, start, end - start, flags);
	}

	private void readContinuation(ByteBuf in, int payload, int length, int flags, int stream)
			throws Http2ViolationException {
		require(stream == this.block.stream(), "CONTINUATION: of another stream");
		if ((flags & FrameType.END_HEADERS) == 0) {
			this.block.countContinuation(length);
		}
		addToBlock(in, payload, length, flags);
	}

	private void addToBlock(ByteBuf in, int start, int length, int flags) throws Http2ViolationException {
		this.block.add(in, start, length);
		if ((flags & FrameType.END_HEADERS) != 0) {
			this.block.handOn(this.frames);
		}
	}

	private void readPriority(ByteBuf in, int payload, int length, int stream) throws Http2ViolationException {
		require(stream != 0, "PRIORITY: no stream");
		requireLength(length == 5, "PRIORITY: not of five bytes");
		if ((in.getInt(payload) & Integer.MAX_VALUE) == stream) {
			this.frames.onStreamError(stream, ErrorCode.PROTOCOL_ERROR);
		}
	}

	private void readReset(ByteBuf in, int payload, int length, int stream) throws Http2ViolationException {
		require(stream != 0, "RST_STREAM: no stream");
		requireLength(length == 4, "RST_STREAM: not of four bytes");
		this.frames.onReset(stream, in.getUnsignedInt(payload));
	}

	private void readSettings(ByteBuf in, int payload, int length, int flags, int stream)
			throws Http2ViolationException {
		require(stream == 0, "SETTINGS: of a stream");
		if ((flags & FrameType.ACK) != 0) {
			requireLength(length == 0, "SETTINGS: acknowledgement that is not empty");
			return;
		}
		requireLength(length % 6 == 0, "SETTINGS: not of six bytes each");
		for (int at = payload; at < payload + length; at += 6) {
			this.frames.onSetting(in.getUnsignedShort(at), in.getUnsignedInt(at + 2));
		}
		this.frames.onSettingsEnd();
	}

	private void readPing(ByteBuf in, int payload, int length, int flags, int stream) throws Http2ViolationException {
		require(stream == 0, "PING: of a stream");
		requireLength(length == 8, "PING: not of eight bytes");
		if ((flags & FrameType.ACK) == 0) {
			this.frames.onPing(in.getLong(payload));
		}
	}

	private void readGoAway(ByteBuf in, int payload, int length, int stream) throws Http2ViolationException {
		require(stream == 0, "GOAWAY: of a stream");
		requireLength(length >= 8, "GOAWAY: not of eight bytes or more");
		this.frames.onGoAway(in.getInt(payload) & Integer.MAX_VALUE);
	}

	private void readWindowUpdate(ByteBuf in, int payload, int length, int stream) throws Http2ViolationException {
		requireLength(length == 4, "WINDOW_UPDATE: not of four bytes");
		this.frames.onWindowUpdate(stream, in.getInt(payload) & Integer.MAX_VALUE);
	}

	/**
	 * Takes frames. Each method may find that the frame breaks the rules where it stands.
	 */
	interface Frames {

		/**
		 * Some of a body.
		 * @param in where it stands
		 * @param start its first byte
		 * @param length its length without padding
		 * @param size what it takes of the windows
		 * @param end whether the stream ends with it
		 */
		void onData(int stream, ByteBuf in, int start, int length, int size, boolean end)
				throws Http2ViolationException;

		/**
		 * A head or trailers.
		 * @param block the block, valid during this call
		 * @param length its length
		 * @param end whether the stream ends with it
		 */
		void onHeaders(int stream, byte[] block, int length, boolean end) throws Http2ViolationException;

		void onReset(int stream, long code) throws Http2ViolationException;

		void onSetting(int name, long value) throws Http2ViolationException;

		void onSettingsEnd() throws Http2ViolationException;

		void onPing(long content) throws Http2ViolationException;

		void onGoAway(int lastStream) throws Http2ViolationException;

		/**
		 * More may be sent.
		 * @param stream the stream, 0 for the connection
		 * @param bytes how much more, perhaps 0, which breaks the rules
		 */
		void onWindowUpdate(int stream, int bytes) throws Http2ViolationException;

		/**
		 * A frame breaks the rules for its stream alone.
		 */
		void onStreamError(int stream, long code) throws Http2ViolationException;

	}

}
