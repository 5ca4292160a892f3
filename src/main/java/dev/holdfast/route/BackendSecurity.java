package dev.holdfast.route;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How connections to a route's instances are secured, where an instance speaks TLS.
 *
 * @param bundle the name of the SSL bundle, empty for the JVM's trust store and no
 * certificate of the gateway's own
 * @param serverName the DNS name that is asked for and that the instance's certificate
 * must be for, empty for the host that the instance is registered with
 */
public record BackendSecurity(String bundle, String serverName) {

	/** What the JVM trusts, and each instance by its own host. */
	public static final BackendSecurity DEFAULTS = new BackendSecurity("", "");

	private static final Pattern NAME = Pattern.compile("[a-z0-9_-]++(\\.[a-z0-9_-]++)*+");

	/**
	 * Brings the name to lower case and checks it.
	 * @throws IllegalArgumentException if it is no name
	 */
	public BackendSecurity {
		serverName = serverName.toLowerCase(Locale.ROOT);
		if (!serverName.isEmpty() && !NAME.matcher(serverName).matches()) {
			throw new IllegalArgumentException(
					"server-name: \"%s\" (expected: a DNS name such as orders.internal)".formatted(serverName));
		}
	}

}
