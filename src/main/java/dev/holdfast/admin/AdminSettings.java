package dev.holdfast.admin;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * How the admin port is guarded.
 *
 * @param token what a write must present as its bearer token; {@code null} or blank makes
 * the port read-only
 * @param allowedHosts the names under which the port may be asked for, besides IP
 * addresses and localhost; in lower case and without a dot at the end
 */
public record AdminSettings(@Nullable String token, Set<String> allowedHosts) {

	/** Without underscore, with which Tomcat answers 400. */
	private static final Pattern HOST_NAME = Pattern.compile("(?!.*(\\.\\.|\\.-|-\\.))[A-Za-z0-9][A-Za-z0-9.-]{0,252}");

	/**
	 * Takes a blank token for none, so that an empty environment variable does not open
	 * the port to everybody, and leaves out the line end that a file may have behind it.
	 */
	public AdminSettings {
		token = (token != null && !token.isBlank()) ? token.strip() : null;
		allowedHosts = allowedHosts.stream().map(AdminSettings::normalized).collect(Collectors.toUnmodifiableSet());
	}

	/**
	 * Tells whether a text can be the name of a host, without a scheme, a port or a
	 * wildcard.
	 * @param text the text
	 * @return whether it is a name that a Host field could have
	 */
	public static boolean isHostName(String text) {
		return HOST_NAME.matcher(text).matches();
	}

	/**
	 * Gives a name as names are compared: in lower case, without the dot of the root.
	 */
	static String normalized(String name) {
		String lower = name.toLowerCase(Locale.ROOT);
		return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
	}

	@Override
	public String toString() {
		return "AdminSettings[token=%s, allowedHosts=%s]".formatted((this.token != null) ? "***" : "none",
				this.allowedHosts);
	}

}
