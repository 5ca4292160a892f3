package dev.holdfast.configuration;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.holdfast.route.Cors;
import dev.holdfast.route.DirectResponse;
import dev.holdfast.route.FieldChanges;
import dev.holdfast.route.Mirror;
import dev.holdfast.route.OriginPattern;
import dev.holdfast.route.PathRewrite;
import dev.holdfast.route.RetryPolicy;
import dev.holdfast.route.RouteActions;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * Reads what an explicit route does to requests and responses.
 */
final class ExplicitActions {

	private static final String WILDCARD = "/**";

	private static final Pattern SHARE = Pattern.compile("(100|[0-9]{1,2}(\\.[0-9]{1,4})?)%");

	private ExplicitActions() {
	}

	/**
	 * Read the actions of a route.
	 * @throws IllegalArgumentException if a part of them cannot be used
	 */
	static RouteActions of(HoldfastProperties.ExplicitRoute route) {
		return new RouteActions(changes(route.requestHeaders()), changes(route.responseHeaders()), path(route),
				route.rewriteHost(), response(route), cors(route.cors()),
				route.mirrors().stream().map(ExplicitActions::mirror).toList());
	}

	/**
	 * Read the retries of a route.
	 * @throws IllegalArgumentException if a part of them cannot be used
	 */
	static RetryPolicy retry(HoldfastProperties.@Nullable RouteRetry retry, RetryPolicy defaults) {
		if (retry == null) {
			return defaults;
		}
		Integer attempts = retry.attempts();
		Set<Integer> statuses = retry.statuses();
		return new RetryPolicy((attempts != null) ? attempts : defaults.attempts(),
				(statuses != null) ? statuses : defaults.statuses(),
				(retry.backoff() != null) ? retry.backoff() : defaults.backoff());
	}

	private static FieldChanges changes(HoldfastProperties.Headers headers) {
		return new FieldChanges(fields(headers.set()), fields(headers.add()), headers.remove());
	}

	private static List<FieldChanges.Field> fields(Map<String, String> values) {
		return values.entrySet()
			.stream()
			.map((field) -> new FieldChanges.Field(field.getKey(), field.getValue()))
			.toList();
	}

	private static PathRewrite path(HoldfastProperties.ExplicitRoute route) {
		String replacement = route.replacePrefix();
		long given = Stream.of(!route.addPrefix().isEmpty(), replacement != null, !route.replacePath().isEmpty())
			.filter(Boolean::booleanValue)
			.count();
		if (given > 1) {
			throw new IllegalArgumentException(
					"path: rewritten in %d ways (expected: one of add-prefix, replace-prefix and replace-path)"
						.formatted(given));
		}
		if (!route.addPrefix().isEmpty()) {
			return new PathRewrite.AddPrefix(route.addPrefix());
		}
		if (replacement != null) {
			return new PathRewrite.ReplacePrefix(prefix(route.path()), replacement);
		}
		return route.replacePath().isEmpty() ? PathRewrite.NONE : new PathRewrite.ReplaceFull(route.replacePath());
	}

	private static String prefix(String path) {
		return path.endsWith(WILDCARD) ? path.substring(0, path.length() - WILDCARD.length()) : path;
	}

	private static DirectResponse response(HoldfastProperties.ExplicitRoute route) {
		HoldfastProperties.Redirect redirect = route.redirect();
		HoldfastProperties.Respond respond = route.respond();
		if (redirect != null && respond != null) {
			throw new IllegalArgumentException("redirect: besides an answer (expected: one of redirect and respond)");
		}
		if (redirect != null) {
			return new DirectResponse.Redirect(redirect.status(), redirect.scheme(), redirect.host(), redirect.port());
		}
		return (respond != null) ? new DirectResponse.Fixed(respond.status(), respond.contentType(), respond.body())
				: DirectResponse.NONE;
	}

	private static Cors cors(HoldfastProperties.@Nullable RouteCors cors) {
		return (cors == null) ? Cors.NONE : new Cors(cors.allowOrigins().stream().map(OriginPattern::parse).toList(),
				cors.allowCredentials(), cors.allowMethods(), cors.allowHeaders(), cors.exposeHeaders(), cors.maxAge());
	}

	private static Mirror mirror(HoldfastProperties.RouteMirror mirror) {
		String share = mirror.share();
		if (!SHARE.matcher(share).matches()) {
			throw new IllegalArgumentException(
					"share of the mirror: \"%s\" (expected: a percentage such as 10%% or 0.5%%)".formatted(share));
		}
		return new Mirror(new ServiceName(mirror.service()),
				Double.parseDouble(share.substring(0, share.length() - 1)) / 100);
	}

}
