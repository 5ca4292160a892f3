package dev.holdfast.route.document;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
 * Reads what requests must have, as the short form writes it.
 */
final class ShortMatches {

	/** The keys by which a match is written. */
	static final List<String> KEYS = List.of("path", "path-regex", "methods", "headers", "header-regex",
			"header-present", "query", "query-regex", "query-present", "cookies", "cookie-regex", "cookie-present");

	private static final int MOST_MATCHES = 64;

	private static final int MOST_FIELDS = 16;

	private static final int MOST_METHODS = 16;

	private ShortMatches() {
	}

	/**
	 * Return the matches of an entry, which stand in it or below {@code matches}.
	 */
	static List<RequestMatch> all(YamlMapping entry) {
		YamlValue matches = entry.get("matches");
		if (matches == null) {
			return one(entry);
		}
		for (String key : entry.present(KEYS)) {
			entry.wrong(key, "both here and in \"matches\"", "only one of them");
		}
		List<RequestMatch> all = new ArrayList<>();
		List<YamlValue> each = matches.list(MOST_MATCHES);
		if (each.isEmpty() && matches.problems().isEmpty()) {
			matches.wrong("an empty list", "one match or more");
		}
		for (YamlValue match : each) {
			all.addAll(one(match.mapping(KEYS)));
		}
		return all;
	}

	/** None where something is wrong with it. */
	private static List<RequestMatch> one(YamlMapping match) {
		PathMatch path = path(match);
		Set<String> methods = methods(match);
		List<FieldMatch> headers = fields(match, "headers", "header-regex", "header-present", FieldMatch::header);
		List<FieldMatch> parameters = fields(match, "query", "query-regex", "query-present",
				FieldMatch::queryParameter);
		List<FieldMatch> cookies = fields(match, "cookies", "cookie-regex", "cookie-present", FieldMatch::cookie);
		try {
			return List.of(new RequestMatch(path, methods, headers, parameters, cookies));
		}
		catch (IllegalArgumentException ex) {
			match.refused(ex);
			return List.of();
		}
	}

	private static PathMatch path(YamlMapping match) {
		if (match.has("path") && match.has("path-regex")) {
			match.wrong("path-regex", "both \"path\" and \"path-regex\"", "only one of them");
		}
		PathMatch regex = match.get("path-regex",
				(value) -> value.text((text) -> new PathMatch.Regular(Regex.of(text))), PathMatch.ANY);
		return match.get("path", (value) -> value.text(PathMatch::of), regex);
	}

	private static Set<String> methods(YamlMapping match) {
		Set<String> methods = new HashSet<>();
		for (YamlValue value : match.list("methods", MOST_METHODS)) {
			String method = value.text(Methods::checked);
			if (method != null && !methods.add(method)) {
				value.unexpected("each method once");
			}
		}
		return methods;
	}

	private static List<FieldMatch> fields(YamlMapping match, String exact, String regex, String present,
			BiFunction<String, ValueMatch, FieldMatch> condition) {
		List<FieldMatch> fields = new ArrayList<>();
		byName(match, exact, (name, text) -> condition.apply(name, new ValueMatch.Exact(text)), fields);
		byName(match, regex, (name, text) -> condition.apply(name, new ValueMatch.Regular(Regex.of(text))), fields);
		for (YamlValue value : match.list(present, MOST_FIELDS)) {
			add(value.text((name) -> condition.apply(name, new ValueMatch.Present())), fields);
		}
		return fields;
	}

	private static void byName(YamlMapping match, String key, BiFunction<String, String, FieldMatch> condition,
			List<FieldMatch> fields) {
		YamlValue value = match.get(key);
		if (value == null) {
			return;
		}
		Map<String, YamlValue> values = YamlMapping.any(value).values();
		if (values.size() > MOST_FIELDS) {
			value.wrong("%d names".formatted(values.size()), "at most %d".formatted(MOST_FIELDS));
			return;
		}
		values.forEach((name, text) -> {
			Function<String, FieldMatch> reader = (read) -> condition.apply(name, read);
			add(text.text(reader), fields);
		});
	}

	private static void add(@Nullable FieldMatch field, List<FieldMatch> fields) {
		if (field != null) {
			fields.add(field);
		}
	}

}
