package dev.holdfast.route.document;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

import dev.holdfast.route.Cors;
import dev.holdfast.route.DirectResponse;
import dev.holdfast.route.FieldChanges;
import dev.holdfast.route.Mirror;
import dev.holdfast.route.OriginPattern;
import dev.holdfast.route.PathMatch;
import dev.holdfast.route.PathRewrite;
import dev.holdfast.route.RequestMatch;
import dev.holdfast.route.RetryPolicy;
import dev.holdfast.route.RouteActions;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is done to requests and responses, as the short form writes it.
 */
final class ShortActions {

	/** The keys by which actions are written. */
	static final List<String> KEYS = List.of("add-prefix", "replace-prefix", "replace-path", "rewrite-host",
			"request-headers", "response-headers", "redirect", "respond", "cors", "mirrors", "retry");

	private static final List<String> PATH_KEYS = List.of("add-prefix", "replace-prefix", "replace-path");

	private static final int MOST = 64;

	private static final int MOST_MIRRORS = 8;

	private ShortActions() {
	}

	/**
	 * Return what an entry does.
	 * @param matches what its requests have
	 */
	static RouteActions read(YamlMapping entry, List<RequestMatch> matches) {
		if (entry.present(KEYS).isEmpty()) {
			return RouteActions.DEFAULTS;
		}
		ActionsDraft actions = new ActionsDraft();
		actions.requestFields = entry.get("request-headers", (value) -> fields(value, ShortActions::named),
				FieldChanges.NONE);
		actions.responseFields = entry.get("response-headers", (value) -> fields(value, ShortActions::named),
				FieldChanges.NONE);
		actions.path = path(entry, matches);
		actions.host = entry.get("rewrite-host", YamlValue::text, "");
		actions.response = response(entry);
		actions.cors = entry.get("cors", ShortActions::cors, Cors.NONE);
		for (YamlValue mirror : entry.list("mirrors", MOST_MIRRORS)) {
			mirror(mirror, actions.mirrors);
		}
		return entry.whole().problems().isEmpty() ? actions.build(entry) : RouteActions.DEFAULTS;
	}

	/**
	 * Return when requests are tried again.
	 */
	static RetryPolicy retry(YamlMapping entry, RetryPolicy usual) {
		YamlValue value = entry.get("retry");
		if (value == null) {
			return usual;
		}
		YamlMapping retry = value.mapping(List.of("attempts", "statuses", "backoff"));
		Set<Integer> statuses = retry.has("statuses") ? new HashSet<>() : usual.statuses();
		for (YamlValue status : retry.list("statuses", MOST)) {
			Integer code = status.number(400, 599);
			if (code != null) {
				statuses.add(code);
			}
		}
		int attempts = retry.get("attempts", (number) -> number.number(0, RetryPolicy.MOST_ATTEMPTS), usual.attempts());
		Duration backoff = retry.get("backoff", (text) -> text.scalar(Quantities.DURATION, Quantities::duration),
				usual.backoff());
		try {
			return new RetryPolicy(attempts, statuses, backoff);
		}
		catch (IllegalArgumentException ex) {
			retry.refused(ex);
			return usual;
		}
	}

	/**
	 * Reads what is changed of header fields.
	 * @param value has {@code set}, {@code add} and {@code remove}
	 * @param named reads the fields below one of the first two, which each form writes in
	 * its own way
	 */
	static FieldChanges fields(YamlValue value, BiFunction<YamlMapping, String, List<FieldChanges.Field>> named) {
		YamlMapping changes = value.mapping(List.of("set", "add", "remove"));
		List<FieldChanges.Field> set = named.apply(changes, "set");
		List<FieldChanges.Field> add = named.apply(changes, "add");
		try {
			return new FieldChanges(set, add, changes.texts("remove", MOST));
		}
		catch (IllegalArgumentException ex) {
			changes.refused(ex);
			return FieldChanges.NONE;
		}
	}

	private static List<FieldChanges.Field> named(YamlMapping changes, String key) {
		List<FieldChanges.Field> fields = new ArrayList<>();
		YamlValue value = changes.get(key);
		if (value != null) {
			YamlMapping.any(value).values().forEach((name, given) -> {
				FieldChanges.Field read = given.text((text) -> new FieldChanges.Field(name, text));
				if (read != null) {
					fields.add(read);
				}
			});
		}
		return fields;
	}

	private static PathRewrite path(YamlMapping entry, List<RequestMatch> matches) {
		List<String> keys = entry.present(PATH_KEYS);
		if (keys.size() > 1) {
			entry.wrong(keys.get(1), "both \"%s\" and \"%s\"".formatted(keys.get(0), keys.get(1)), "only one of them");
		}
		PathRewrite rewrite = entry.get("add-prefix", (value) -> value.text(PathRewrite.AddPrefix::new),
				PathRewrite.NONE);
		rewrite = entry.get("replace-path", (value) -> value.text(PathRewrite.ReplaceFull::new), rewrite);
		return entry.get("replace-prefix", (value) -> replacePrefix(value, matches), rewrite);
	}

	private static @Nullable PathRewrite replacePrefix(YamlValue value, List<RequestMatch> matches) {
		PathMatch path = (matches.size() == 1) ? matches.getFirst().path() : null;
		String prefix = (path instanceof PathMatch.Prefix below) ? below.path()
				: (path instanceof PathMatch.Exact exact) ? exact.path() : null;
		if (prefix != null) {
			return value.text((text) -> new PathRewrite.ReplacePrefix(prefix, text));
		}
		if (value.problems().isEmpty()) {
			value.wrong("the route has not one path with a prefix", "one match, with a path such as /users/**");
		}
		return null;
	}

	private static DirectResponse response(YamlMapping entry) {
		if (entry.has("redirect") && entry.has("respond")) {
			entry.wrong("respond", "both \"redirect\" and \"respond\"", "only one of them");
		}
		DirectResponse redirect = entry.get("redirect", ShortActions::redirect, DirectResponse.NONE);
		return entry.get("respond", ShortActions::answer, redirect);
	}

	private static @Nullable DirectResponse redirect(YamlValue value) {
		YamlMapping redirect = value.mapping(List.of("status", "scheme", "host", "port"));
		int status = redirect.get("status", (number) -> number.number(301, 308), 302);
		String scheme = redirect.get("scheme", YamlValue::text, "");
		String host = redirect.get("host", YamlValue::text, "");
		int port = redirect.get("port", (number) -> number.number(1, 65_535), 0);
		try {
			return new DirectResponse.Redirect(status, scheme, host, port);
		}
		catch (IllegalArgumentException ex) {
			redirect.refused(ex);
			return null;
		}
	}

	private static @Nullable DirectResponse answer(YamlValue value) {
		YamlMapping answer = value.mapping(List.of("status", "content-type", "body"));
		int status = answer.get("status", (number) -> number.number(200, 599), 200);
		String type = answer.get("content-type", YamlValue::text, "");
		String body = answer.get("body", YamlValue::text, "");
		try {
			return new DirectResponse.Fixed(status, type, body);
		}
		catch (IllegalArgumentException ex) {
			answer.refused(ex);
			return null;
		}
	}

	private static @Nullable Cors cors(YamlValue value) {
		YamlMapping cors = value.mapping(List.of("allow-origins", "allow-credentials", "allow-methods", "allow-headers",
				"expose-headers", "max-age"));
		List<OriginPattern> origins = new ArrayList<>();
		for (YamlValue origin : cors.list("allow-origins", MOST)) {
			OriginPattern pattern = origin.text(OriginPattern::parse);
			if (pattern != null) {
				origins.add(pattern);
			}
		}
		boolean credentials = cors.get("allow-credentials", YamlValue::flag, false);
		Duration maxAge = cors.get("max-age", (text) -> text.scalar(Quantities.DURATION, Quantities::duration),
				Cors.USUAL_MAX_AGE);
		try {
			return new Cors(origins, credentials, cors.texts("allow-methods", MOST), cors.texts("allow-headers", MOST),
					cors.texts("expose-headers", MOST), maxAge);
		}
		catch (IllegalArgumentException ex) {
			cors.refused(ex);
			return null;
		}
	}

	private static void mirror(YamlValue value, List<Mirror> mirrors) {
		YamlMapping mirror = value.mapping(List.of("service", "share"));
		YamlValue service = mirror.required("service", "the name of a service");
		ServiceName name = (service != null) ? service.text(ServiceName::new) : null;
		double share = mirror.get("share", (percentage) -> percentage.text(Quantities::share), 1.0);
		if (name != null) {
			mirrors.add(new Mirror(name, share));
		}
	}

}
