package dev.holdfast.upstream;

import java.util.Locale;

/**
 * What of a request is its key, for a balancer that sends requests with the same key to
 * the same instance.
 */
public sealed interface HashOn {

	/**
	 * Reads what is configured.
	 * @param text {@code client}, {@code path}, {@code header:<name>} or
	 * {@code cookie:<name>}
	 * @return what is the key
	 * @throws IllegalArgumentException if it is none of these
	 */
	static HashOn parse(String text) {
		int colon = text.indexOf(':');
		String kind = (colon < 0) ? text : text.substring(0, colon);
		String name = (colon < 0) ? "" : text.substring(colon + 1);
		return switch (kind.toLowerCase(Locale.ROOT)) {
			case "client" -> bare(new ClientAddress(), text, colon);
			case "path" -> bare(new Path(), text, colon);
			case "header" -> new Header(token(name, text));
			case "cookie" -> new Cookie(token(name, text));
			default -> throw unreadable(text);
		};
	}

	private static HashOn bare(HashOn key, String text, int colon) {
		if (colon >= 0) {
			throw unreadable(text);
		}
		return key;
	}

	private static String token(String name, String text) {
		if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
			throw unreadable(text);
		}
		return name;
	}

	private static IllegalArgumentException unreadable(String text) {
		return new IllegalArgumentException(
				"hash-on: \"%s\" (expected: client, path, header:<name> or cookie:<name>)".formatted(text));
	}

	/** The address of the client, behind trusted proxies the one that they tell. */
	record ClientAddress() implements HashOn {
	}

	/** The path, without the query. */
	record Path() implements HashOn {
	}

	/**
	 * The value of a header field.
	 *
	 * @param name its name
	 */
	record Header(String name) implements HashOn {
	}

	/**
	 * The value of a cookie.
	 *
	 * @param name its name
	 */
	record Cookie(String name) implements HashOn {
	}

}
