package dev.holdfast.admin;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import dev.holdfast.route.FieldMatch;
import dev.holdfast.route.PathMatch;
import dev.holdfast.route.RequestMatch;
import dev.holdfast.route.ValueMatch;
import dev.holdfast.service.Redaction;

/**
 * What a request must have to take a route, all of it.
 *
 * @param path what its path must be
 * @param pathType how the path is meant
 * @param methods the methods that it may have, empty for any
 * @param headers what its header fields must be
 * @param queryParameters what the parameters of its query must be
 * @param cookies what its cookies must be
 */
record MatchConditions(String path, PathType pathType, Set<String> methods, List<Condition> headers,
		List<Condition> queryParameters, List<Condition> cookies) {

	static MatchConditions of(RequestMatch match) {
		return new MatchConditions(match.path().text(), PathType.of(match.path()), new TreeSet<>(match.methods()),
				Condition.of(match.headers()), Condition.of(match.queryParameters()), Condition.of(match.cookies()));
	}

	/**
	 * How a path is meant.
	 */
	enum PathType {

		/** One path. */
		EXACT,

		/** A path and all below it. */
		PREFIX,

		/** A path with segments that are any. */
		TEMPLATE,

		/** A regular expression. */
		REGEX;

		private static PathType of(PathMatch path) {
			return switch (path) {
				case PathMatch.Exact exact -> EXACT;
				case PathMatch.Prefix prefix -> PREFIX;
				case PathMatch.Template template -> TEMPLATE;
				case PathMatch.Regular regular -> REGEX;
			};
		}

	}

	/**
	 * What a value must be.
	 *
	 * @param name of what
	 * @param type how it is compared
	 * @param value the value or the regular expression, hidden if it looks like a secret,
	 * empty when any will do
	 */
	record Condition(String name, ValueType type, String value) {

		private static List<Condition> of(List<FieldMatch> fields) {
			return fields.stream().map(Condition::of).toList();
		}

		private static Condition of(FieldMatch field) {
			return switch (field.value()) {
				case ValueMatch.Exact exact ->
					new Condition(field.name(), ValueType.EXACT, Redaction.value(field.name(), exact.value()));
				case ValueMatch.Regular regular -> new Condition(field.name(), ValueType.REGEX,
						Redaction.value(field.name(), regular.regex().toString()));
				case ValueMatch.Present present -> new Condition(field.name(), ValueType.PRESENT, "");
			};
		}

	}

	/**
	 * How a value is compared.
	 */
	enum ValueType {

		/** It is this one. */
		EXACT,

		/** A regular expression matches all of it. */
		REGEX,

		/** It is there. */
		PRESENT

	}

}
