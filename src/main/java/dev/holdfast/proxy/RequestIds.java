package dev.holdfast.proxy;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Makes ids for requests that came without one. One for each event loop: unique by a
 * random prefix and a count, which costs a fraction of a random UUID.
 */
final class RequestIds {

	private static final int PREFIX_BYTES = 8;

	private final String prefix;

	private long count;

	RequestIds() {
		byte[] random = new byte[PREFIX_BYTES];
		new SecureRandom().nextBytes(random);
		this.prefix = HexFormat.of().formatHex(random) + "-";
	}

	String next() {
		return this.prefix + Long.toString(this.count++, Character.MAX_RADIX);
	}

}
