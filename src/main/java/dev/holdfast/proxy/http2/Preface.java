package dev.holdfast.proxy.http2;

import io.netty.buffer.ByteBuf;

/**
 * What a client's connection begins with (RFC 9113, section 3.4).
 */
final class Preface {

	private static final byte[] BYTES = HpackStaticTable.bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

	static final int LENGTH = BYTES.length;

	private Preface() {
	}

	/**
	 * Read of it what has come.
	 * @param in the bytes
	 * @param read how much of it had come before
	 * @return how much of it has come
	 * @throws Http2ViolationException if it is something else
	 */
	static int read(ByteBuf in, int read) throws Http2ViolationException {
		int at = read;
		while (at < LENGTH && in.isReadable()) {
			if (in.readByte() != BYTES[at]) {
				throw new Http2ViolationException(ErrorCode.PROTOCOL_ERROR, "preface: not HTTP/2's");
			}
			at++;
		}
		return at;
	}

	static void write(ByteBuf out) {
		out.writeBytes(BYTES);
	}

}
