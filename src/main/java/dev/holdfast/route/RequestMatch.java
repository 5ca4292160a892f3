package dev.holdfast.route;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a request must have to take a route: all of it.
 *
 * @param path what its path must be
 * @param methods the methods that it may have, empty for any
 * @param headers what its header fields must be
 * @param queryParameters what the parameters of its query must be
 * @param cookies what its cookies must be
 */
public record RequestMatch(PathMatch path, Set<String> methods, List<FieldMatch> headers,
		List<FieldMatch> queryParameters, List<FieldMatch> cookies) {

	/** Any request. */
	public static final RequestMatch ANY = new RequestMatch(PathMatch.ANY, Set.of(), List.of(), List.of(), List.of());

	private static final Pattern METHOD = Pattern.compile("[A-Z][A-Z0-9_-]*");

	/**
	 * Copies the collections and checks that nothing is asked for twice.
	 * @throws IllegalArgumentException if no request could match
	 */
	public RequestMatch {
		methods = Set.copyOf(methods);
		headers = List.copyOf(headers);
		queryParameters = List.copyOf(queryParameters);
		cookies = List.copyOf(cookies);
		for (String method : methods) {
			if (!METHOD.matcher(method).matches()) {
				throw RoutePart.invalid("method", method, "an HTTP method in upper case");
			}
		}
		checkUnique("header", headers, ", whatever its case");
		checkUnique("query parameter", queryParameters, "");
		checkUnique("cookie", cookies, "");
	}

	private static void checkUnique(String part, List<FieldMatch> fields, String more) {
		Set<String> names = HashSet.newHashSet(fields.size());
		for (FieldMatch field : fields) {
			String name = more.isEmpty() ? field.name() : field.name().toLowerCase(Locale.ROOT);
			if (!names.add(name)) {
				throw RoutePart.invalid(part, name, "each name once" + more);
			}
		}
	}

	/**
	 * Whether all but the path is as it must be.
	 */
	boolean accepts(RequestAttributes request) {
		if (!this.methods.isEmpty() && !this.methods.contains(request.method())) {
			return false;
		}
		for (int i = 0; i < this.headers.size(); i++) {
			FieldMatch header = this.headers.get(i);
			if (!header.value().matches(request.header(header.name()))) {
				return false;
			}
		}
		for (int i = 0; i < this.queryParameters.size(); i++) {
			FieldMatch parameter = this.queryParameters.get(i);
			if (!parameter.value().matches(QueryParameters.first(request.query(), parameter.name()))) {
				return false;
			}
		}
		for (int i = 0; i < this.cookies.size(); i++) {
			FieldMatch cookie = this.cookies.get(i);
			if (!cookie.value().matches(Cookies.first(request.header("cookie"), cookie.name()))) {
				return false;
			}
		}
		return true;
	}

}
