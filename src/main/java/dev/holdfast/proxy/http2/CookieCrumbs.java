package dev.holdfast.proxy.http2;

import java.util.Arrays;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HeaderKind;

/**
 * Joins the pieces in which a client may send its cookies (RFC 9113, section 8.2.3).
 */
final class CookieCrumbs {

	private static final byte[] COOKIE = HpackStaticTable.bytes("cookie");

	private static final byte[] NOTHING = {};

	/** What is kept between two heads, bytes. */
	private static final int KEPT = 4096;

	private byte[] joined = NOTHING;

	private int length;

	void clear() {
		this.length = 0;
	}

	void add(byte[] bytes, int start, int end) {
		int needed = this.length + end - start + 2;
		if (needed > this.joined.length) {
			this.joined = Arrays.copyOf(this.joined, Math.max(needed, this.joined.length * 2));
		}
		if (this.length > 0) {
			this.joined[this.length++] = ';';
			this.joined[this.length++] = ' ';
		}
		System.arraycopy(bytes, start, this.joined, this.length, end - start);
		this.length += end - start;
	}

	/**
	 * Add the pieces to a head as one field, if there are any.
	 */
	void addTo(HeaderFields fields) {
		if (this.length > 0) {
			addTo(fields, this.joined, 0, this.length);
			if (this.joined.length > KEPT) {
				this.joined = NOTHING;
			}
		}
	}

	/**
	 * Add a piece as a field of its own.
	 */
	static void addTo(HeaderFields fields, byte[] bytes, int start, int end) {
		fields.add(HeaderKind.ORDINARY, COOKIE, 0, COOKIE.length, bytes, start, end);
	}

}
