package dev.holdfast.proxy.exchange;

import io.netty.buffer.ByteBuf;

/**
 * Where the messages of a gRPC response end: each has a prefix of five octets, and the
 * last four are its length.
 */
final class GrpcMessages {

	private static final int PREFIX = 5;

	private int prefix;

	private long rest;

	private long whole;

	private long seen;

	/**
	 * Take the next piece of the response, without reading it off the buffer.
	 * @param piece the piece
	 * @return how much of it there is up to the end of the last message that ends in it,
	 * -1 if none does
	 */
	int take(ByteBuf piece) {
		int end = -1;
		int i = 0;
		int start = piece.readerIndex();
		int length = piece.readableBytes();
		while (i < length) {
			if (this.prefix < PREFIX) {
				// The first octet says whether the message is compressed.
				this.rest = (this.prefix == 0) ? 0 : (this.rest << Byte.SIZE) + piece.getUnsignedByte(start + i);
				this.prefix++;
				i++;
			}
			else {
				int step = (int) Math.min(this.rest, length - i);
				this.rest -= step;
				i += step;
			}
			if (this.prefix == PREFIX && this.rest == 0) {
				this.prefix = 0;
				this.whole++;
				end = i;
			}
		}
		return end;
	}

	/**
	 * Whether the last message is whole.
	 */
	boolean isBetween() {
		return this.prefix == 0;
	}

	/**
	 * Whether more than one message is meant to come: a call with one response ends right
	 * behind it. To be asked from time to time.
	 */
	boolean isStream() {
		boolean silent = this.whole == this.seen && isBetween();
		this.seen = this.whole;
		return this.whole > 1 || (this.whole == 1 && silent);
	}

}
