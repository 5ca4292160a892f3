package dev.holdfast.route;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.holdfast.service.CanonicalPath;
import dev.holdfast.service.Redaction;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * An explicit rule that sends requests to a service. A request matches when every part
 * that the rule names matches.
 *
 * @param id its unique name, a label of meters: 1 to 128 of {@code A-Za-z0-9._-}, and not
 * {@code by-path}
 * @param host an exact host name or {@code *.suffix}, empty for any; without port. A
 * suffix stands for one label or more before it
 * @param path an exact path, or a prefix of whole segments followed by {@code /**}. The
 * prefix itself matches as well: {@code /users/**} is also for {@code /users}
 * @param methods the methods it is for, empty for any
 * @param headers header names and the exact values they must have
 * @param service where its requests go, {@code null} if the gateway answers them itself
 * @param stripPrefix a prefix of whole segments taken off the path, empty for none
 * @param preserveHost whether the backend sees the client's Host rather than its own
 * address
 * @param policy how its requests are treated
 */
public record Route(String id, String host, String path, Set<String> methods, Map<String, String> headers,
		@Nullable ServiceName service, String stripPrefix, boolean preserveHost, RoutePolicy policy) {

	static final String PREFIX = "/**";

	private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

	private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*|\\[[0-9a-f:.]+\\]");

	private static final Pattern PATH = Pattern.compile("/|(/([A-Za-z0-9._~!$&'()+,=:@-]|%[0-9A-F]{2})+)+/?");

	private static final Pattern METHOD = Pattern.compile("[A-Z][A-Z0-9_-]*");

	private static final Pattern HEADER_NAME = Pattern.compile("[a-z0-9!#$%&'*+.^_`|~-]+");

	private static final Pattern HEADER_VALUE = Pattern.compile("[!-~]([ -~]*[!-~])?");

	/**
	 * Copies the collections, brings host and header names to lower case, and checks all
	 * parts.
	 * @throws IllegalArgumentException if a part could never match, or would match other
	 * requests than it seems to
	 */
	public Route {
		host = host.toLowerCase(Locale.ROOT);
		methods = Set.copyOf(methods);
		headers = lowerCaseNames(headers);
		if (!ID.matcher(id).matches() || id.equals(RouteTable.BY_PATH)) {
			throw invalid("id", id, "1 to 128 of A-Z a-z 0-9 . _ - and not \"" + RouteTable.BY_PATH + "\"");
		}
		if (!host.isEmpty() && !HOST.matcher(host).matches()) {
			throw invalid("host", host, "a host name without port, *.suffix, or nothing");
		}
		if (!path.equals(PREFIX) && (!isCanonical(withoutWildcard(path)) || path.endsWith("/" + PREFIX))) {
			throw invalid("path", path,
					"a canonical path such as /users or /users/**, without query, empty or dot segment, or other *");
		}
		for (String method : methods) {
			if (!METHOD.matcher(method).matches()) {
				throw invalid("method", method, "an HTTP method in upper case");
			}
		}
		headers.forEach(Route::checkHeader);
		if (!isPrefix(stripPrefix, withoutWildcard(path))) {
			throw invalid("strip-prefix", stripPrefix, "whole segments at the beginning of the path " + path);
		}
		policy.actions().check(service != null, stripPrefix, preserveHost);
	}

	private static boolean isCanonical(String path) {
		return PATH.matcher(path).matches() && path.equals(CanonicalPath.of(path));
	}

	private static Map<String, String> lowerCaseNames(Map<String, String> headers) {
		Map<String, String> result = LinkedHashMap.newLinkedHashMap(headers.size());
		headers.forEach((name, value) -> {
			if (result.put(name.toLowerCase(Locale.ROOT), value) != null) {
				throw invalid("header", name, "each name once, whatever its case");
			}
		});
		return Map.copyOf(result);
	}

	private static void checkHeader(String name, String value) {
		if (!HEADER_NAME.matcher(name).matches()) {
			throw invalid("header", name, "an HTTP field name");
		}
		if (!HEADER_VALUE.matcher(value).matches()) {
			throw invalid("header value", value, "printable ASCII without white space at its ends");
		}
	}

	private static boolean isPrefix(String prefix, String path) {
		return prefix.isEmpty() || (!prefix.endsWith("/") && path.startsWith(prefix)
				&& (path.length() == prefix.length() || path.charAt(prefix.length()) == '/'));
	}

	private static IllegalArgumentException invalid(String part, String value, String expected) {
		return new IllegalArgumentException("%s: \"%s\" (expected: %s)".formatted(part, value, expected));
	}

	private static String withoutWildcard(String path) {
		return path.endsWith(PREFIX) ? path.substring(0, path.length() - PREFIX.length()) : path;
	}

	/**
	 * Orders routes for the same host and path: of two that match, the one with more
	 * conditions is meant.
	 */
	int conditions() {
		return (this.methods.isEmpty() ? 0 : 1) + this.headers.size();
	}

	/**
	 * Of two routes that a request matches, the one that is taken first; those declared
	 * earlier come before those that are equal in this.
	 */
	static final Comparator<Route> PRECEDENCE = Comparator.comparingInt(Route::hostRank)
		.thenComparingInt((route) -> route.isForHostsBelow() ? -route.host.length() : 0)
		.thenComparingInt((route) -> -withoutWildcard(route.path).length())
		.thenComparingInt((route) -> route.path.endsWith(PREFIX) ? 1 : 0)
		.thenComparingInt((route) -> -route.conditions());

	private int hostRank() {
		return this.host.isEmpty() ? 2 : isForHostsBelow() ? 1 : 0;
	}

	private boolean isForHostsBelow() {
		return this.host.startsWith("*");
	}

	/**
	 * Says what keeps a request from matching. Of a header that may be secret it is
	 * enough that the request has it, so that nobody finds its value by asking.
	 * @return the first part that does not fit, empty when all do
	 */
	String mismatch(String method, String requestHost, String requestPath,
			Function<String, @Nullable String> requestHeaders) {
		if (!acceptsHost(requestHost)) {
			return "host: %s (expected: %s)".formatted(requestHost.isEmpty() ? "none" : requestHost, this.host);
		}
		if (!acceptsPath(requestPath)) {
			return "path: %s (expected: %s)".formatted(requestPath, this.path);
		}
		if (!this.methods.isEmpty() && !this.methods.contains(method)) {
			return "method: %s (expected: %s)".formatted(method, String.join(", ", new TreeSet<>(this.methods)));
		}
		// Without the values, which may be secret.
		for (Map.Entry<String, String> header : new TreeMap<>(this.headers).entrySet()) {
			String value = requestHeaders.apply(header.getKey());
			boolean fits = isUntold(header.getKey()) ? value != null : header.getValue().equals(value);
			if (!fits) {
				return "header %s: %s".formatted(header.getKey(), (value == null) ? "none" : "another value");
			}
		}
		return "";
	}

	/**
	 * The headers whose values nobody is told.
	 */
	SortedSet<String> untold() {
		return this.headers.keySet().stream().filter(Route::isUntold).collect(Collectors.toCollection(TreeSet::new));
	}

	private static boolean isUntold(String header) {
		return Redaction.isSecret(header);
	}

	private boolean acceptsHost(String requestHost) {
		return this.host.isEmpty() || (isForHostsBelow()
				? requestHost.length() >= this.host.length() && requestHost.endsWith(this.host.substring(1))
				: this.host.equals(requestHost));
	}

	private boolean acceptsPath(String requestPath) {
		if (!this.path.endsWith(PREFIX)) {
			return this.path.equals(requestPath);
		}
		String prefix = withoutWildcard(this.path);
		return requestPath.equals(prefix) || requestPath.startsWith(prefix + "/");
	}

	boolean accepts(String method, Function<String, @Nullable String> requestHeaders) {
		if (!this.methods.isEmpty() && !this.methods.contains(method)) {
			return false;
		}
		for (Map.Entry<String, String> header : this.headers.entrySet()) {
			if (!header.getValue().equals(requestHeaders.apply(header.getKey()))) {
				return false;
			}
		}
		return true;
	}

	RouteMatch match(String requestPath) {
		String rest = requestPath.substring(this.stripPrefix.length());
		PathRewrite rewrite = this.policy.actions().path();
		String stripped = this.stripPrefix.isEmpty() ? rewrite.strippedOff(rest) : this.stripPrefix;
		return new RouteMatch(this.id, this.service, rewrite.apply(rest), stripped, this.preserveHost, this.policy);
	}

}
