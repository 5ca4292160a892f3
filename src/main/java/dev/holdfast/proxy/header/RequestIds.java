package dev.holdfast.proxy.header;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Makes ids for requests that came without one. One for each event loop: unique by a
 * random prefix and a count, which costs a fraction of a random UUID.
 */
public final class RequestIds {

	private static final int PREFIX_BYTES = 8;

	/** Where the count begins, whose digits are 0 to 9 and a to z. */
	private static final int COUNT = PREFIX_BYTES * 2 + 1;

	private byte[] next;

	/**
	 * Choose a prefix.
	 */
	public RequestIds() {
		byte[] random = new byte[PREFIX_BYTES];
		new SecureRandom().nextBytes(random);
		this.next = (HexFormat.of().formatHex(random) + "-0").getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * Return an id that no other request has.
	 */
	public String next() {
		String id = new String(this.next, StandardCharsets.ISO_8859_1);
		count();
		return id;
	}

	private void count() {
		int digit = this.next.length - 1;
		while (digit >= COUNT && this.next[digit] == 'z') {
			this.next[digit] = '0';
			digit--;
		}
		if (digit < COUNT) {
			this.next = Arrays.copyOf(this.next, this.next.length + 1);
			this.next[this.next.length - 1] = '0';
			this.next[COUNT] = '1';
		}
		else {
			this.next[digit] = (byte) ((this.next[digit] == '9') ? 'a' : this.next[digit] + 1);
		}
	}

}
