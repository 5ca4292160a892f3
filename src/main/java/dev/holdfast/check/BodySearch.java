package dev.holdfast.check;

import io.netty.buffer.ByteBuf;

/**
 * Looks for bytes in a body that comes in pieces, and keeps none of it (Knuth, Morris and
 * Pratt).
 */
final class BodySearch {

	private final byte[] wanted;

	/** For each place how much of what has matched up to it can begin a match anew. */
	private final int[] borders;

	private int matched;

	BodySearch(byte[] wanted) {
		this.wanted = wanted;
		this.borders = borders(wanted);
	}

	private static int[] borders(byte[] wanted) {
		int[] borders = new int[wanted.length];
		int border = 0;
		for (int i = 1; i < wanted.length; i++) {
			while (border > 0 && wanted[i] != wanted[border]) {
				border = borders[border - 1];
			}
			border += (wanted[i] == wanted[border]) ? 1 : 0;
			borders[i] = border;
		}
		return borders;
	}

	/**
	 * Look at the next piece.
	 * @param data the piece
	 * @param length how much of it counts, bytes
	 */
	void look(ByteBuf data, int length) {
		int end = data.readerIndex() + length;
		for (int i = data.readerIndex(); i < end && !hasFound(); i++) {
			take(data.getByte(i));
		}
	}

	private void take(byte next) {
		while (this.matched > 0 && this.wanted[this.matched] != next) {
			this.matched = this.borders[this.matched - 1];
		}
		this.matched += (this.wanted[this.matched] == next) ? 1 : 0;
	}

	/**
	 * Whether they have come, or none were wanted.
	 */
	boolean hasFound() {
		return this.matched == this.wanted.length;
	}

}
