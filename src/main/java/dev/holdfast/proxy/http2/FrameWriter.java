package dev.holdfast.proxy.http2;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import io.netty.buffer.ByteBuf;

/**
 * Writes frames (RFC 9113, section 6).
 */
final class FrameWriter {

	/** The smallest payload that is not copied, bytes. */
	private static final int LARGE = 4 * 1024;

	private final FrameOutput output;

	private final HpackEncoder encoder = new HpackEncoder();

	/**
	 * The stream of which the last frame is some of a body, so that its end can still be
	 * added to it; 0 for none.
	 */
	private int endable;

	/** Where that frame's flags stand. */
	private int endableFlags;

	/**
	 * Prepare to write.
	 * @param output where frames go
	 */
	FrameWriter(FrameOutput output) {
		this.output = output;
	}

	/**
	 * Return where frames go.
	 */
	FrameOutput output() {
		return this.output;
	}

	HpackEncoder encoder() {
		return this.encoder;
	}

	private ByteBuf begin(int length, int type, int flags, int stream) {
		this.endable = 0;
		ByteBuf out = this.output.buffer();
		out.ensureWritable(FrameType.HEADER_LENGTH + Math.min(length, LARGE));
		out.writeLong((long) length << 40 | (long) type << 32 | (long) flags << 24 | stream >>> 8);
		out.writeByte(stream);
		return out;
	}

	/**
	 * Write the client's preface.
	 */
	void preface() {
		if (!this.output.isStopped()) {
			Preface.write(this.output.buffer());
		}
	}

	/**
	 * Write settings.
	 * @param settings names and values in turn
	 */
	void settings(int... settings) {
		if (!this.output.isStopped()) {
			ByteBuf out = begin(settings.length / 2 * 6, FrameType.SETTINGS, 0, 0);
			for (int i = 0; i < settings.length; i += 2) {
				out.writeShort(settings[i]).writeInt(settings[i + 1]);
			}
		}
	}

	void settingsAcknowledgement() {
		if (!this.output.isStopped()) {
			begin(0, FrameType.SETTINGS, FrameType.ACK, 0);
		}
	}

	void pong(long content) {
		if (!this.output.isStopped()) {
			begin(8, FrameType.PING, FrameType.ACK, 0).writeLong(content);
		}
	}

	void goAway(int lastStream, long code) {
		if (!this.output.isStopped()) {
			begin(8, FrameType.GOAWAY, 0, 0).writeInt(lastStream).writeInt((int) code);
		}
	}

	void reset(int stream, long code) {
		if (!this.output.isStopped()) {
			begin(4, FrameType.RST_STREAM, 0, stream).writeInt((int) code);
		}
	}

	void windowUpdate(int stream, int bytes) {
		if (!this.output.isStopped()) {
			begin(4, FrameType.WINDOW_UPDATE, 0, stream).writeInt(bytes);
		}
	}

	void head(int stream, RequestHead head, boolean secure, boolean end) {
		if (!this.output.isStopped()) {
			ByteBuf out = begin(0, FrameType.HEADERS, 0, stream);
			int start = out.writerIndex();
			this.encoder.write(head, secure, out);
			endBlock(out, start, stream, end);
		}
	}

	void head(int stream, ResponseHead head, boolean end) {
		if (!this.output.isStopped()) {
			ByteBuf out = begin(0, FrameType.HEADERS, 0, stream);
			int start = out.writerIndex();
			this.encoder.write(head, out);
			endBlock(out, start, stream, end);
		}
	}

	void trailers(int stream, HeaderFields trailers) {
		if (!this.output.isStopped()) {
			ByteBuf out = begin(0, FrameType.HEADERS, 0, stream);
			int start = out.writerIndex();
			this.encoder.write(trailers, out);
			endBlock(out, start, stream, true);
		}
	}

	private void endBlock(ByteBuf out, int start, int stream, boolean end) {
		int length = out.writerIndex() - start;
		int header = start - FrameType.HEADER_LENGTH;
		int flags = end ? FrameType.END_STREAM : 0;
		if (length <= FrameType.MAX_LENGTH) {
			out.setMedium(header, length);
			out.setByte(header + 4, flags | FrameType.END_HEADERS);
			return;
		}
		out.setMedium(header, FrameType.MAX_LENGTH);
		out.setByte(header + 4, flags);
		byte[] rest = new byte[length - FrameType.MAX_LENGTH];
		out.getBytes(start + FrameType.MAX_LENGTH, rest);
		out.writerIndex(start + FrameType.MAX_LENGTH);
		for (int at = 0; at < rest.length; at += FrameType.MAX_LENGTH) {
			int next = Math.min(FrameType.MAX_LENGTH, rest.length - at);
			boolean last = at + next == rest.length;
			begin(next, FrameType.CONTINUATION, last ? FrameType.END_HEADERS : 0, stream).writeBytes(rest, at, next);
		}
	}

	/**
	 * Write some of a body.
	 * @param stream the stream
	 * @param data where it stands; what is written has been read then
	 * @param length how much of it, at most {@link FrameType#MAX_LENGTH}
	 * @param end whether the stream ends with it
	 */
	void data(int stream, ByteBuf data, int length, boolean end) {
		if (this.output.isStopped()) {
			data.skipBytes(length);
			return;
		}
		this.output.count(length);
		ByteBuf out = begin(length, FrameType.DATA, end ? FrameType.END_STREAM : 0, stream);
		if (!end) {
			this.endable = stream;
			this.endableFlags = out.writerIndex() - FrameType.HEADER_LENGTH + 4;
		}
		if (length < LARGE) {
			out.writeBytes(data, length);
		}
		else {
			this.output.follow(data.readRetainedSlice(length));
		}
	}

	/**
	 * Write the end of a body, if possible into the frame that was written last.
	 */
	void end(int stream) {
		ByteBuf out = this.output.last();
		if (out != null && this.endable == stream) {
			this.endable = 0;
			out.setByte(this.endableFlags, FrameType.END_STREAM);
		}
		else if (!this.output.isStopped()) {
			begin(0, FrameType.DATA, FrameType.END_STREAM, stream);
		}
	}

}
