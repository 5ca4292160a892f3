package dev.holdfast.proxy;

import io.vertx.core.buffer.Buffer;

/**
 * Where the messages of a gRPC answer end: each has a prefix of five octets, and the last
 * four are its length.
 */
final class GrpcMessages {

	private static final int PREFIX = 5;

	private int prefix;

	private long rest;

	private long whole;

	private long seen;

	/**
	 * Takes the next piece of the answer.
	 * @return how much of it there is up to the end of the last message that ends in it,
	 * -1 if none does
	 */
	int take(Buffer piece) {
		int end = -1;
		int i = 0;
		while (i < piece.length()) {
			if (this.prefix < PREFIX) {
				// The first octet says whether the message is compressed.
				this.rest = (this.prefix == 0) ? 0 : (this.rest << Byte.SIZE) + piece.getUnsignedByte(i);
				this.prefix++;
				i++;
			}
			else {
				int step = (int) Math.min(this.rest, piece.length() - i);
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
	 * Whether more than one message is meant to come: a call with one answer ends right
	 * behind it. To be asked from time to time.
	 */
	boolean isStream() {
		boolean silent = this.whole == this.seen && isBetween();
		this.seen = this.whole;
		return this.whole > 1 || (this.whole == 1 && silent);
	}

}
