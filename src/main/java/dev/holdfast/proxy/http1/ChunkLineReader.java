package dev.holdfast.proxy.http1;

import dev.holdfast.proxy.Rejection;
import io.netty.buffer.ByteBuf;

/**
 * Reads the lines before the chunks of a body as they arrive, within bounds.
 */
final class ChunkLineReader {

	private static final int MAX_LINE = 4 * 1024;

	/** Of all chunks of a body: more has no purpose but to keep the gateway busy. */
	private static final int MAX_EXTENSIONS = 16 * 1024;

	/** How much of an unfinished line is known not to have its end. */
	private int scanned;

	private int extensions;

	/**
	 * Begin with the first line of a body.
	 */
	void begin() {
		this.extensions = 0;
	}

	/**
	 * Read a line, if all of it has arrived.
	 * @param in what the connection brought
	 * @return the chunk's size, negative when the line has not arrived
	 * @throws MalformedMessageException if it is malformed, or too long
	 */
	long read(ByteBuf in) throws MalformedMessageException {
		long size = (this.scanned == 0) ? readUsualLine(in) : -1;
		return (size >= 0) ? size : readLine(in);
	}

	/**
	 * Read a line if there is nothing but a size.
	 * @return the size, negative when the line must be looked at more closely, or is not
	 * there
	 */
	private long readUsualLine(ByteBuf in) {
		int start = in.readerIndex();
		int end = Math.min(in.writerIndex() - 1, start + ChunkSize.MOST_DIGITS + 1);
		long size = 0;
		for (int i = start; i < end; i++) {
			byte c = in.getByte(i);
			int digit = ChunkSize.hexDigit(c);
			if (digit < 0) {
				if (i == start || c != '\r' || in.getByte(i + 1) != '\n') {
					return -1;
				}
				in.readerIndex(i + 2);
				return size;
			}
			size = (size << 4) | digit;
		}
		return -1;
	}

	private long readLine(ByteBuf in) throws MalformedMessageException {
		int start = in.readerIndex();
		int end = in.indexOf(start + this.scanned, in.writerIndex(), (byte) '\n');
		int length = ((end >= 0) ? end : in.writerIndex()) - start - 1;
		if (length > MAX_LINE) {
			throw new MalformedMessageException(Rejection.CHUNK);
		}
		if (end < 0) {
			this.scanned = in.readableBytes();
			return -1;
		}
		if (length < 0 || in.getByte(end - 1) != '\r') {
			throw new MalformedMessageException(Rejection.CHUNK);
		}
		this.scanned = 0;
		byte[] line = new byte[length];
		in.readBytes(line).skipBytes(2);
		long size = ChunkSize.parse(line);
		this.extensions += extensions(line);
		if (this.extensions > MAX_EXTENSIONS) {
			throw new MalformedMessageException(Rejection.CHUNK);
		}
		return size;
	}

	private static int extensions(byte[] line) {
		int start = 0;
		while (start < line.length && line[start] != ';') {
			start++;
		}
		return line.length - start;
	}

}
