package dev.holdfast.proxy.client;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;

/**
 * What a client sends first if it knows without being told that HTTP/2 is spoken here
 * (RFC 9113, section 3.3). An {@code Upgrade} to it is not taken: by that, requests can
 * be smuggled through proxies in front.
 */
final class Http2Preface {

	private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private Http2Preface() {
	}

	/**
	 * Compare a connection's first bytes with it.
	 */
	static Comparison compare(ByteBuf first) {
		int length = Math.min(first.readableBytes(), PREFACE.length);
		for (int i = 0; i < length; i++) {
			if (first.getByte(first.readerIndex() + i) != PREFACE[i]) {
				return Comparison.DIFFERENT;
			}
		}
		return (length == PREFACE.length) ? Comparison.SAME : Comparison.CUT;
	}

	enum Comparison {

		/** HTTP/2. */
		SAME,

		/** Not HTTP/2. */
		DIFFERENT,

		/** Not known yet. */
		CUT

	}

}
