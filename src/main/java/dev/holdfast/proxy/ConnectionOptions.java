package dev.holdfast.proxy;

import java.util.StringTokenizer;

import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/**
 * The Connection field (RFC 9110, section 7.6.1).
 */
final class ConnectionOptions {

	private ConnectionOptions() {
	}

	/**
	 * Whether a Connection field has an option.
	 * @param options the field's value
	 * @param option the option
	 */
	static boolean contains(String options, String option) {
		StringTokenizer names = new StringTokenizer(options, ", \t");
		while (names.hasMoreTokens()) {
			if (names.nextToken().equalsIgnoreCase(option)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Drops the fields that a Connection field names. Only what is ordinary can be named:
	 * framing, Host and the like are not the sender's to take away.
	 * @param options the Connection field's value, {@code null} when there is none
	 * @param headers the fields to drop from
	 */
	static void drop(@Nullable String options, MultiMap headers) {
		if (options == null || options.equalsIgnoreCase("keep-alive") || options.equalsIgnoreCase("close")) {
			return;
		}
		StringTokenizer names = new StringTokenizer(options, ", \t");
		while (names.hasMoreTokens()) {
			String name = names.nextToken();
			if (HeaderKind.of(name) == HeaderKind.ORDINARY) {
				headers.remove(name);
			}
		}
	}

}
