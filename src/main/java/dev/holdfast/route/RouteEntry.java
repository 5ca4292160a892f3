package dev.holdfast.route;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.holdfast.service.Redaction;
import org.jspecify.annotations.Nullable;

/**
 * One way to take a route: by one of its hosts and one of its matches.
 *
 * @param route the route
 * @param host the host, empty for any
 * @param match what a request must have
 */
record RouteEntry(Route route, String host, RequestMatch match) {

	/**
	 * Of two that a request matches, the one that is taken first; of those that are equal
	 * in this, the one that is listed first.
	 */
	static final Comparator<RouteEntry> PRECEDENCE = Comparator.comparingInt(RouteEntry::hostRank)
		.thenComparingInt((entry) -> entry.isForHostsBelow() ? -entry.host.length() : 0)
		.thenComparing(RouteEntry::comparePaths)
		.thenComparing(RouteEntry::compareConditions);

	static List<RouteEntry> of(Route route) {
		List<RouteEntry> entries = new ArrayList<>();
		for (RequestMatch match : route.matches()) {
			if (route.hosts().isEmpty()) {
				entries.add(new RouteEntry(route, "", match));
			}
			for (String host : route.hosts()) {
				entries.add(new RouteEntry(route, host, match));
			}
		}
		return entries;
	}

	private int hostRank() {
		return this.host.isEmpty() ? 2 : isForHostsBelow() ? 1 : 0;
	}

	boolean isForHostsBelow() {
		return this.host.startsWith("*");
	}

	boolean isByRegex() {
		return this.match.path() instanceof PathMatch.Regular;
	}

	private int comparePaths(RouteEntry other) {
		if (isByRegex() || other.isByRegex()) {
			return Boolean.compare(isByRegex(), other.isByRegex());
		}
		return PathSyntax.compare(this.match.path().text(), other.match.path().text());
	}

	/**
	 * For the same path, what asks for a method is meant before what does not, then what
	 * asks for more.
	 */
	int compareConditions(RouteEntry other) {
		RequestMatch one = this.match;
		RequestMatch two = other.match;
		int order = Boolean.compare(one.methods().isEmpty(), two.methods().isEmpty());
		order = (order != 0) ? order : two.headers().size() - one.headers().size();
		order = (order != 0) ? order : two.queryParameters().size() - one.queryParameters().size();
		return (order != 0) ? order : two.cookies().size() - one.cookies().size();
	}

	/**
	 * Says what keeps a request from matching. Of a value that may be secret it is enough
	 * that the request has it, so that nobody finds it by asking.
	 * @return the first part that does not fit, empty when all do
	 */
	String mismatch(RequestAttributes request, String requestHost, String requestPath) {
		if (!acceptsHost(requestHost)) {
			return "host: %s (expected: %s)".formatted(requestHost.isEmpty() ? "none" : requestHost, this.host);
		}
		if (!this.match.path().matches(requestPath)) {
			return "path: %s (expected: %s)".formatted(requestPath, this.match.path().text());
		}
		if (!this.match.methods().isEmpty() && !this.match.methods().contains(request.method())) {
			return "method: %s (expected: %s)".formatted(request.method(),
					String.join(", ", new TreeSet<>(this.match.methods())));
		}
		for (FieldMatch header : byName(this.match.headers())) {
			String value = request.header(header.name());
			if (!fits(header, value)) {
				return mismatch("header", header, value);
			}
		}
		for (FieldMatch parameter : byName(this.match.queryParameters())) {
			String value = QueryParameters.first(request.query(), parameter.name());
			if (!fits(parameter, value)) {
				return mismatch("query parameter", parameter, value);
			}
		}
		for (FieldMatch cookie : byName(this.match.cookies())) {
			String value = Cookies.first(request.header("cookie"), cookie.name());
			if (!fits(cookie, value)) {
				return mismatch("cookie", cookie, value);
			}
		}
		return "";
	}

	private static List<FieldMatch> byName(List<FieldMatch> fields) {
		return fields.stream().sorted(Comparator.comparing(FieldMatch::name)).toList();
	}

	private static boolean fits(FieldMatch field, @Nullable String value) {
		return isUntold(field) ? value != null : field.value().matches(value);
	}

	/** Without the values, which may be secret. */
	private static String mismatch(String kind, FieldMatch field, @Nullable String value) {
		return "%s %s: %s".formatted(kind, field.name(), (value == null) ? "none" : "another value");
	}

	/**
	 * What has values that nobody is told.
	 */
	SortedSet<String> untold() {
		return Stream.of(this.match.headers(), this.match.queryParameters(), this.match.cookies())
			.flatMap(List::stream)
			.filter(RouteEntry::isUntold)
			.map(FieldMatch::name)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static boolean isUntold(FieldMatch field) {
		return Redaction.isSecret(field.name()) && !(field.value() instanceof ValueMatch.Present);
	}

	private boolean acceptsHost(String requestHost) {
		return this.host.isEmpty() || (isForHostsBelow()
				? requestHost.length() >= this.host.length() && requestHost.endsWith(this.host.substring(1))
				: this.host.equals(requestHost));
	}

}
