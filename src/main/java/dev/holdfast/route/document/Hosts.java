package dev.holdfast.route.document;

import java.util.Locale;

import dev.holdfast.route.Route;

/**
 * Checks the hosts of routes.
 */
final class Hosts {

	private Hosts() {
	}

	/**
	 * Return a host in lower case.
	 * @throws IllegalArgumentException if no request would name it
	 */
	static String checked(String host) {
		String lowerCase = host.toLowerCase(Locale.ROOT);
		Route.checkHost(lowerCase);
		return lowerCase;
	}

}
