package dev.holdfast.route.document;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import dev.holdfast.route.Cors;
import dev.holdfast.route.DirectResponse;
import dev.holdfast.route.FieldChanges;
import dev.holdfast.route.Mirror;
import dev.holdfast.route.OriginPattern;
import dev.holdfast.route.PathMatch;
import dev.holdfast.route.PathRewrite;
import dev.holdfast.route.RequestMatch;
import dev.holdfast.route.RouteActions;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is done to requests and responses, as Gateway API writes it.
 */
final class GatewayFilters {

	private static final int MOST_FILTERS = 16;

	private static final int MOST = 64;

	private static final int LONGEST_AGE = 24 * 24 * 60 * 60;

	private static final List<String> UNSUPPORTED = List.of("extensionRef", "externalAuth");

	private static final List<String> UNSUPPORTED_TYPES = List.of("ExtensionRef", "ExternalAuth");

	/** The key that says more of a filter, by its type. */
	private static final Map<String, String> GRPC_TYPES = Map.of("RequestHeaderModifier", "requestHeaderModifier",
			"ResponseHeaderModifier", "responseHeaderModifier", "RequestMirror", "requestMirror");

	private static final Map<String, String> HTTP_TYPES = Map.of("RequestHeaderModifier", "requestHeaderModifier",
			"ResponseHeaderModifier", "responseHeaderModifier", "RequestMirror", "requestMirror", "RequestRedirect",
			"requestRedirect", "URLRewrite", "urlRewrite", "CORS", "cors");

	private final Map<String, String> types;

	private final List<RequestMatch> matches;

	private final ActionsDraft actions = new ActionsDraft();

	private GatewayFilters(Map<String, String> types, List<RequestMatch> matches) {
		this.types = types;
		this.matches = matches;
	}

	/**
	 * Return what the filters of a rule do.
	 * @param matches what the rule's requests have
	 */
	static RouteActions read(YamlMapping rule, RouteForm form, List<RequestMatch> matches) {
		if (!rule.has("filters")) {
			return RouteActions.DEFAULTS;
		}
		GatewayFilters filters = new GatewayFilters((form == RouteForm.GRPC_ROUTE) ? GRPC_TYPES : HTTP_TYPES, matches);
		Set<String> seen = new HashSet<>();
		for (YamlValue filter : rule.list("filters", MOST_FILTERS)) {
			filters.filter(filter, seen);
		}
		if (seen.containsAll(List.of("RequestRedirect", "URLRewrite"))) {
			rule.wrong("filters", "both RequestRedirect and URLRewrite", "only one of them");
		}
		return rule.whole().problems().isEmpty() ? filters.actions.build(rule) : RouteActions.DEFAULTS;
	}

	private void filter(YamlValue value, Set<String> seen) {
		List<String> known = new ArrayList<>(List.of("type"));
		this.types.values().stream().sorted().forEach(known::add);
		YamlMapping filter = value.mapping(known, UNSUPPORTED);
		YamlValue named = filter.required("type", String.join(", ", this.types.keySet().stream().sorted().toList()));
		String type = (named != null) ? named.text() : null;
		if (named == null || type == null) {
			return;
		}
		String key = this.types.get(type);
		if (key == null) {
			named.wrong("\"%s\"%s".formatted(type, UNSUPPORTED_TYPES.contains(type) ? " is not supported" : ""),
					String.join(", ", this.types.keySet().stream().sorted().toList()));
			return;
		}
		for (String other : filter.present(this.types.values())) {
			if (!other.equals(key)) {
				filter.wrong(other, "of another type than \"%s\"".formatted(type), key);
			}
		}
		if (!seen.add(type) && !type.equals("RequestMirror")) {
			named.wrong("a second filter of the type \"%s\"".formatted(type), "one");
			return;
		}
		YamlValue detail = filter.required(key, "what the filter does");
		if (detail != null) {
			apply(key, detail);
		}
	}

	private void apply(String key, YamlValue detail) {
		switch (key) {
			case "requestHeaderModifier" ->
				this.actions.requestFields = ShortActions.fields(detail, GatewayFilters::named);
			case "responseHeaderModifier" ->
				this.actions.responseFields = ShortActions.fields(detail, GatewayFilters::named);
			case "requestMirror" -> mirror(detail);
			case "requestRedirect" -> redirect(detail);
			case "urlRewrite" -> rewrite(detail);
			default -> cors(detail);
		}
	}

	private static List<FieldChanges.Field> named(YamlMapping changes, String key) {
		List<FieldChanges.Field> fields = new ArrayList<>();
		for (YamlValue each : changes.list(key, MOST)) {
			YamlMapping field = each.mapping(List.of("name", "value"));
			YamlValue named = field.required("name", "a name");
			YamlValue given = field.required("value", "a value");
			String name = (named != null) ? named.text() : null;
			FieldChanges.Field read = (name != null && given != null)
					? given.named(name).text((text) -> new FieldChanges.Field(name, text)) : null;
			if (read != null) {
				fields.add(read);
			}
		}
		return fields;
	}

	private void mirror(YamlValue value) {
		YamlMapping mirror = value.mapping(List.of("backendRef", "percent", "fraction"));
		YamlValue ref = mirror.required("backendRef", "the name of a service that is registered");
		ServiceName service = (ref != null)
				? GatewayForm.service(ref.mapping(List.of("group", "kind", "name", "namespace", "port"))) : null;
		if (mirror.has("percent") && mirror.has("fraction")) {
			mirror.wrong("fraction", "both \"percent\" and \"fraction\"", "only one of them");
		}
		double share = mirror.get("percent", (percent) -> percent.number(0, 100), 100) / 100.0;
		share = mirror.get("fraction", GatewayFilters::fraction, share);
		if (service != null) {
			this.actions.mirrors.add(new Mirror(service, share));
		}
	}

	private static @Nullable Double fraction(YamlValue value) {
		YamlMapping fraction = value.mapping(List.of("numerator", "denominator"));
		int denominator = fraction.get("denominator", (number) -> number.number(1, 999_999_999), 100);
		YamlValue given = fraction.required("numerator", "a whole number");
		Integer numerator = (given != null) ? given.number(0, denominator) : null;
		return (numerator != null) ? numerator / (double) denominator : null;
	}

	private void redirect(YamlValue value) {
		YamlMapping redirect = value.mapping(List.of("scheme", "hostname", "path", "port", "statusCode"));
		String scheme = redirect.get("scheme", YamlValue::text, "");
		String host = redirect.get("hostname", YamlValue::text, "");
		int port = redirect.get("port", (number) -> number.number(1, 65_535), 0);
		int status = redirect.get("statusCode", (number) -> number.number(301, 308), 302);
		this.actions.path = path(redirect);
		try {
			this.actions.response = new DirectResponse.Redirect(status, scheme, host, port);
		}
		catch (IllegalArgumentException ex) {
			redirect.refused(ex);
		}
	}

	private void rewrite(YamlValue value) {
		YamlMapping rewrite = value.mapping(List.of("hostname", "path"));
		this.actions.host = rewrite.get("hostname", (host) -> host.text(Hosts::checked), "");
		this.actions.path = path(rewrite);
	}

	private PathRewrite path(YamlMapping parent) {
		YamlValue value = parent.get("path");
		if (value == null) {
			return PathRewrite.NONE;
		}
		YamlMapping path = value.mapping(List.of("type", "replaceFullPath", "replacePrefixMatch"));
		YamlValue named = path.required("type", "ReplaceFullPath or ReplacePrefixMatch");
		String type = (named != null) ? named.text() : null;
		if (named == null || type == null) {
			return PathRewrite.NONE;
		}
		return switch (type) {
			case "ReplaceFullPath" ->
				replacement(path, "replaceFullPath", "replacePrefixMatch", PathRewrite.ReplaceFull::new);
			case "ReplacePrefixMatch" ->
				replacement(path, "replacePrefixMatch", "replaceFullPath", (text) -> replacePrefix(path, text));
			default -> {
				named.unexpected("ReplaceFullPath or ReplacePrefixMatch");
				yield PathRewrite.NONE;
			}
		};
	}

	private static PathRewrite replacement(YamlMapping path, String key, String other,
			Function<String, PathRewrite> reader) {
		if (path.has(other)) {
			path.wrong(other, "of another type", key);
		}
		YamlValue value = path.required(key, "a path");
		PathRewrite rewrite = (value != null) ? value.text(reader) : null;
		return (rewrite != null) ? rewrite : PathRewrite.NONE;
	}

	/** Which prefix is meant is plain only where there is one. */
	private PathRewrite replacePrefix(YamlMapping path, String replacement) {
		if (this.matches.size() == 1 && this.matches.getFirst().path() instanceof PathMatch.Prefix prefix) {
			return new PathRewrite.ReplacePrefix(prefix.path(), replacement);
		}
		path.wrong("type", "a rule with other than one match of a path by its prefix",
				"exactly one match, with the path type PathPrefix");
		return PathRewrite.NONE;
	}

	private void cors(YamlValue value) {
		YamlMapping cors = value.mapping(
				List.of("allowOrigins", "allowCredentials", "allowMethods", "allowHeaders", "exposeHeaders", "maxAge"));
		List<OriginPattern> origins = new ArrayList<>();
		for (YamlValue origin : cors.list("allowOrigins", MOST)) {
			OriginPattern pattern = origin.text(OriginPattern::parse);
			if (pattern != null) {
				origins.add(pattern);
			}
		}
		boolean credentials = cors.get("allowCredentials", YamlValue::flag, false);
		int maxAge = cors.get("maxAge", (number) -> number.number(1, LONGEST_AGE),
				(int) Cors.USUAL_MAX_AGE.toSeconds());
		try {
			this.actions.cors = new Cors(origins, credentials, cors.texts("allowMethods", MOST),
					cors.texts("allowHeaders", MOST), cors.texts("exposeHeaders", MOST), Duration.ofSeconds(maxAge));
		}
		catch (IllegalArgumentException ex) {
			cors.refused(ex);
		}
	}

}
