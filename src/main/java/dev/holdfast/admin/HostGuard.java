package dev.holdfast.admin;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.service.PrintableText;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * Refuses what a foreign page sends by a browser, reads too.
 * <p>
 * A page whose own name is made to point here (DNS rebinding) may read what is answered
 * under that name, and the browser shows it in {@code Host}. So only those names pass
 * that no foreigner can own: IP addresses, localhost, and what the operators have named.
 * A page under another origin is known by {@code Origin}. {@code X-Forwarded-Host} is
 * what a client may invent, and does not count.
 */
final class HostGuard {

	private static final String KEY = "holdfast.admin.allowed-hosts";

	private static final Pattern PORT = Pattern.compile(":[0-9]*$");

	private static final Pattern PAGE = Pattern.compile("(https?)://([^/?#@]+)", Pattern.CASE_INSENSITIVE);

	/**
	 * In four numbers: a browser writes every other notation of an address like this, and
	 * takes no name for a name whose last label is a number.
	 */
	private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

	private static final Pattern IPV6 = Pattern.compile("\\[[0-9A-Fa-f:.]+]");

	private final Set<String> allowed;

	HostGuard(Set<String> allowed) {
		this.allowed = allowed;
	}

	/**
	 * Checks under which name and by whose page a request is sent.
	 * @param host its Host field, without which nobody can tell
	 * @param origin its Origin field, which tools other than browsers do not send
	 * @throws ProblemException if it is refused
	 */
	void check(@Nullable String host, @Nullable String origin) {
		if (host == null || host.isBlank()) {
			throw new ProblemException(HttpStatus.BAD_REQUEST, "missing-host",
					"Host: none (expected: the name under which the admin port is reached)");
		}
		if (!isAllowed(PORT.matcher(host).replaceFirst(""))) {
			throw new ProblemException(HttpStatus.FORBIDDEN, "host-not-allowed",
					"Host: \"%s\" (expected: an IP address, localhost, or a name of %s)"
						.formatted(PrintableText.of(host), KEY),
					Map.of("key", KEY));
		}
		if (origin != null && !isSameOrigin(origin, host)) {
			throw new ProblemException(HttpStatus.FORBIDDEN, "cross-origin",
					"Origin: \"%s\" (expected: none, or the one of Host \"%s\")".formatted(PrintableText.of(origin),
							host));
		}
	}

	private boolean isAllowed(String host) {
		String name = AdminSettings.normalized(host);
		return name.equals("localhost") || this.allowed.contains(name) || IPV4.matcher(host).matches()
				|| IPV6.matcher(host).matches();
	}

	private static boolean isSameOrigin(String origin, String host) {
		Matcher page = PAGE.matcher(origin);
		return page.matches() && withPort(page.group(2), page.group(1)).equals(withPort(host, page.group(1)));
	}

	private static String withPort(String authority, String scheme) {
		String host = AdminSettings.normalized(PORT.matcher(authority).replaceFirst(""));
		Matcher port = PORT.matcher(authority);
		boolean told = port.find() && port.group().length() > 1;
		return host + (told ? port.group() : scheme.equalsIgnoreCase("https") ? ":443" : ":80");
	}

}
