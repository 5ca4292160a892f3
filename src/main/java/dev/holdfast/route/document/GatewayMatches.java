package dev.holdfast.route.document;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

import dev.holdfast.route.FieldMatch;
import dev.holdfast.route.PathMatch;
import dev.holdfast.route.Regex;
import dev.holdfast.route.RequestMatch;
import dev.holdfast.route.ValueMatch;
import org.jspecify.annotations.Nullable;

/**
 * Reads what requests must have, as Gateway API writes it.
 */
final class GatewayMatches {

	/** Calls of gRPC are requests with this method. */
	private static final Set<String> GRPC_METHOD = Set.of("POST");

	static final RequestMatch ANY_GRPC = new RequestMatch(PathMatch.ANY, GRPC_METHOD, List.of(), List.of(), List.of());

	private static final String EXACT = "Exact";

	private static final String PREFIX = "PathPrefix";

	private static final String REGEX = "RegularExpression";

	private static final int MOST_FIELDS = 16;

	private static final List<String> FIELD_KEYS = List.of("type", "name", "value");

	private GatewayMatches() {
	}

	/**
	 * Return a match of an {@code HTTPRoute}, {@code null} when something is wrong with
	 * it.
	 */
	static @Nullable RequestMatch http(YamlValue value) {
		YamlMapping match = value.mapping(List.of("path", "headers", "queryParams", "method"));
		PathMatch path = match.get("path", GatewayMatches::path, PathMatch.ANY);
		Set<String> methods = match.get("method", (method) -> method.text((text) -> Set.of(Methods.checked(text))),
				Set.of());
		List<FieldMatch> headers = fields(match, "headers", FieldMatch::header);
		List<FieldMatch> parameters = fields(match, "queryParams", FieldMatch::queryParameter);
		return match(match, path, methods, headers, parameters);
	}

	/**
	 * Return a match of a {@code GRPCRoute}, {@code null} when something is wrong with
	 * it.
	 */
	static @Nullable RequestMatch grpc(YamlValue value) {
		YamlMapping match = value.mapping(List.of("method", "headers"));
		PathMatch path = match.get("method", GatewayMatches::call, PathMatch.ANY);
		return match(match, path, GRPC_METHOD, fields(match, "headers", FieldMatch::header), List.of());
	}

	private static @Nullable RequestMatch match(YamlMapping match, PathMatch path, Set<String> methods,
			List<FieldMatch> headers, List<FieldMatch> parameters) {
		try {
			return new RequestMatch(path, methods, headers, parameters, List.of());
		}
		catch (IllegalArgumentException ex) {
			match.refused(ex);
			return null;
		}
	}

	private static @Nullable PathMatch path(YamlValue value) {
		YamlMapping path = value.mapping(List.of("type", "value"));
		String type = type(path, PREFIX, List.of(EXACT, PREFIX, REGEX));
		Function<String, PathMatch> reader = switch (type) {
			case EXACT -> PathMatch.Exact::new;
			case REGEX -> (text) -> new PathMatch.Regular(Regex.of(text));
			default -> GatewayMatches::prefix;
		};
		YamlValue text = path.get("value");
		return (text != null) ? text.text(reader) : reader.apply("/");
	}

	/** A slash at its end counts for nothing. */
	private static PathMatch prefix(String text) {
		int end = text.length();
		while (end > 0 && text.charAt(end - 1) == '/') {
			end--;
		}
		if (!text.startsWith("/")) {
			throw new IllegalArgumentException("\"%s\" (expected: a path that begins with /)".formatted(text));
		}
		return new PathMatch.Prefix(text.substring(0, end));
	}

	/** A call of gRPC has the path /service/method. */
	private static @Nullable PathMatch call(YamlValue value) {
		YamlMapping method = value.mapping(List.of("type", "service", "method"));
		boolean regex = type(method, EXACT, List.of(EXACT, REGEX)).equals(REGEX);
		String service = method.get("service", YamlValue::text, "");
		String name = method.get("method", YamlValue::text, "");
		if (service.isEmpty() && name.isEmpty()) {
			method.wrong("it names neither", "\"service\", \"method\" or both");
			return null;
		}
		try {
			return regex ? anyCall(service, name) : oneCall(service, name);
		}
		catch (IllegalArgumentException ex) {
			method.refused(ex);
			return null;
		}
	}

	private static PathMatch oneCall(String service, String method) {
		if (service.indexOf('/') >= 0 || method.indexOf('/') >= 0) {
			throw new IllegalArgumentException(
					"\"%s\" (expected: names without slash)".formatted(service.isEmpty() ? method : service));
		}
		if (method.isEmpty()) {
			return new PathMatch.Prefix("/" + service);
		}
		return service.isEmpty() ? new PathMatch.Template("/{service}/" + method)
				: new PathMatch.Exact("/" + service + "/" + method);
	}

	private static PathMatch anyCall(String service, String method) {
		// Each by itself, so that neither closes the other's parentheses.
		List<String> parts = new ArrayList<>();
		for (String part : List.of(service, method)) {
			parts.add(part.isEmpty() ? "[^/]+" : "(?:%s)".formatted(Regex.of(part)));
		}
		return new PathMatch.Regular(Regex.of("/" + String.join("/", parts)));
	}

	private static List<FieldMatch> fields(YamlMapping match, String key,
			BiFunction<String, ValueMatch, FieldMatch> condition) {
		List<FieldMatch> fields = new ArrayList<>();
		for (YamlValue value : match.list(key, MOST_FIELDS)) {
			YamlMapping field = value.mapping(FIELD_KEYS);
			boolean regex = type(field, EXACT, List.of(EXACT, REGEX)).equals(REGEX);
			YamlValue named = field.required("name", "a name");
			YamlValue wanted = field.required("value", "a value");
			String name = (named != null) ? named.text((text) -> condition.apply(text, new ValueMatch.Present()).name())
					: null;
			FieldMatch read = (name != null
					&& wanted != null)
							? wanted.named(name)
								.text((text) -> condition.apply(name,
										regex ? new ValueMatch.Regular(Regex.of(text)) : new ValueMatch.Exact(text)))
							: null;
			if (read != null) {
				fields.add(read);
			}
		}
		return fields;
	}

	private static String type(YamlMapping of, String usual, List<String> types) {
		YamlValue value = of.get("type");
		String type = (value != null) ? value.text() : usual;
		if (value != null && type != null && !types.contains(type)) {
			value.unexpected(String.join(", ", types));
		}
		return (type != null) ? type : usual;
	}

}
