package dev.holdfast.admin;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.route.Cors;
import dev.holdfast.route.DirectResponse;
import dev.holdfast.route.FieldChanges;
import dev.holdfast.route.Mirror;
import dev.holdfast.route.OriginPattern;
import dev.holdfast.route.PathRewrite;
import dev.holdfast.route.RouteActions;
import dev.holdfast.service.Redaction;
import org.jspecify.annotations.Nullable;

/**
 * What is done to a route's requests and responses on their way; what is not done is left
 * out.
 *
 * @param requestHeaders what is changed of the fields that an instance sees
 * @param responseHeaders what is changed of the fields that a client sees
 * @param path what becomes of the path, in words
 * @param rewriteHost the host that an instance is asked for
 * @param redirect where clients are sent in the place of a service
 * @param respond what is answered in the place of a service
 * @param cors which pages of other origins may read the answers
 * @param mirrors what else gets copies of the requests
 */
record ActionsView(@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Headers requestHeaders,
		@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Headers responseHeaders,
		@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String path,
		@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String rewriteHost,
		@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Redirect redirect,
		@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Respond respond,
		@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable CorsView cors,
		@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<MirrorView> mirrors) {

	static ActionsView of(RouteActions actions) {
		return new ActionsView(Headers.of(actions.requestFields()), Headers.of(actions.responseFields()),
				sentence(actions.path()), actions.host().isEmpty() ? null : actions.host(),
				(actions.response() instanceof DirectResponse.Redirect redirect) ? Redirect.of(redirect) : null,
				(actions.response() instanceof DirectResponse.Fixed fixed) ? Respond.of(fixed) : null,
				CorsView.of(actions.cors()),
				actions.mirrors().isEmpty() ? null : actions.mirrors().stream().map(MirrorView::of).toList());
	}

	private static @Nullable String sentence(PathRewrite rewrite) {
		return switch (rewrite) {
			case PathRewrite.Keep keep -> null;
			case PathRewrite.AddPrefix(var prefix) -> prefix + " is put before it";
			case PathRewrite.ReplacePrefix(var prefix, var replacement) ->
				"%s takes the place of %s".formatted(replacement.isEmpty() ? "nothing" : replacement, prefix);
			case PathRewrite.ReplaceFull(var path) -> path + " takes the place of all";
		};
	}

	/**
	 * What is changed of header fields.
	 *
	 * @param set fields that are there once; values that look like secrets are hidden
	 * @param add fields that are there besides others; values that look like secrets are
	 * hidden
	 * @param remove names of fields that are taken away
	 */
	record Headers(Map<String, String> set, List<String> add, List<String> remove) {

		static @Nullable Headers of(FieldChanges changes) {
			if (changes.isNone()) {
				return null;
			}
			Map<String, String> set = new TreeMap<>();
			changes.set().forEach((field) -> set.put(field.name(), value(field)));
			return new Headers(set, changes.add().stream().map((field) -> field.name() + ": " + value(field)).toList(),
					changes.remove());
		}

		private static String value(FieldChanges.Field field) {
			return Redaction.value(field.name(), field.value());
		}

	}

	/**
	 * Where clients are sent.
	 *
	 * @param status the status of the answer
	 * @param scheme the scheme, empty for the one that was used
	 * @param host the host, empty for the one that was asked
	 * @param port the port; 0 for the usual one of the scheme if that is given, else for
	 * the one that was asked
	 */
	record Redirect(int status, String scheme, String host, int port) {

		static Redirect of(DirectResponse.Redirect redirect) {
			return new Redirect(redirect.status(), redirect.scheme(), redirect.host(), redirect.port());
		}

	}

	/**
	 * What is answered to every request.
	 *
	 * @param status the status of the answer
	 * @param contentType the type of the body, empty when there is none
	 * @param body the body
	 */
	record Respond(int status, String contentType, String body) {

		static Respond of(DirectResponse.Fixed fixed) {
			return new Respond(fixed.status(), fixed.contentType(), fixed.body());
		}

	}

	/**
	 * Which pages of other origins may read answers.
	 *
	 * @param allowOrigins the origins
	 * @param allowCredentials whether they may send cookies and credentials
	 * @param allowMethods the methods that they may use besides GET, HEAD and POST
	 * @param allowHeaders the request fields that they may send
	 * @param exposeHeaders the response fields that they may read
	 * @param maxAgeSeconds for how long browsers may remember that
	 */
	record CorsView(List<String> allowOrigins, boolean allowCredentials, List<String> allowMethods,
			List<String> allowHeaders, List<String> exposeHeaders, long maxAgeSeconds) {

		static @Nullable CorsView of(Cors cors) {
			return cors.isNone() ? null
					: new CorsView(cors.allowOrigins().stream().map(OriginPattern::toString).toList(),
							cors.allowCredentials(), cors.allowMethods(), cors.allowHeaders(), cors.exposeHeaders(),
							cors.maxAge().toSeconds());
		}

	}

	/**
	 * A service that gets copies of requests.
	 *
	 * @param service the service
	 * @param share which part of the requests it gets copies of, 0 to 1
	 */
	record MirrorView(String service, double share) {

		static MirrorView of(Mirror mirror) {
			return new MirrorView(mirror.service().value(), mirror.share());
		}

	}

}
