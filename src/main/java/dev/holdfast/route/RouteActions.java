package dev.holdfast.route;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What is done to a route's requests and their responses on the way.
 *
 * @param requestFields what is changed of the fields that an instance sees
 * @param responseFields what is changed of the fields that a client sees
 * @param path what becomes of the path, behind the route's {@code stripPrefix}
 * @param host the host that an instance is asked for, perhaps with a port; empty for its
 * own or the client's
 * @param response what the gateway answers itself
 * @param cors which pages of other origins may read the responses
 * @param mirrors what else gets copies of the requests
 */
public record RouteActions(FieldChanges requestFields, FieldChanges responseFields, PathRewrite path, String host,
		DirectResponse response, Cors cors, List<Mirror> mirrors) {

	/** Nothing is done. */
	public static final RouteActions DEFAULTS = new RouteActions(FieldChanges.NONE, FieldChanges.NONE, PathRewrite.NONE,
			"", DirectResponse.NONE, Cors.NONE, List.of());

	private static final int MOST_MIRRORS = 8;

	private static final int LONGEST_HOST = RoutePart.LONGEST_HOST + ":65535".length();

	private static final Pattern HOST = Pattern
		.compile("([a-z0-9_-]++(\\.[a-z0-9_-]++)*+|\\[[0-9a-f:.]++\\])(:[1-9][0-9]{0,4})?");

	/**
	 * Copies the list, brings the host to lower case, and checks what goes together.
	 * @throws IllegalArgumentException if a part cannot be used, or would be without
	 * effect
	 */
	public RouteActions {
		host = host.toLowerCase(Locale.ROOT);
		mirrors = List.copyOf(mirrors);
		if (!host.isEmpty() && (host.length() > LONGEST_HOST || !HOST.matcher(host).matches())) {
			throw RoutePart.invalid("host to send", host, "a host name, perhaps with a port, or nothing");
		}
		if (mirrors.size() > MOST_MIRRORS) {
			throw new IllegalArgumentException(
					"mirrors: %d (expected: at most %d)".formatted(mirrors.size(), MOST_MIRRORS));
		}
		if (!(response instanceof DirectResponse.None) && !mirrors.isEmpty()) {
			throw RoutePart.invalid("mirror", mirrors.getFirst().service().value(),
					"none where the gateway answers itself");
		}
		if (!(response instanceof DirectResponse.None) && !(host.isEmpty() && requestFields.isNone())) {
			throw RoutePart.invalid("host to send", host,
					"neither another host nor other request fields where the gateway answers itself");
		}
	}

	/**
	 * Checks what goes together with a route's other parts.
	 * @param hasService whether the route names a service
	 * @param stripPrefix what it takes off the path
	 * @param preserveHost whether the backend sees the client's Host
	 * @throws IllegalArgumentException if one of them would be without effect
	 */
	void check(boolean hasService, String stripPrefix, boolean preserveHost) {
		if (hasService == isAnswered()) {
			throw new IllegalArgumentException(
					hasService ? "service: one (expected: none where the gateway answers itself)"
							: "service: none (expected: the name of one)");
		}
		if (!stripPrefix.isEmpty()
				&& (this.path instanceof PathRewrite.ReplacePrefix || this.path instanceof PathRewrite.ReplaceFull)) {
			throw RoutePart.invalid("strip-prefix", stripPrefix, "none where the path or its prefix is replaced");
		}
		if (preserveHost && !this.host.isEmpty()) {
			throw RoutePart.invalid("host to send", this.host, "none where the client's is preserved");
		}
		boolean kept = stripPrefix.isEmpty() && this.path instanceof PathRewrite.Keep;
		if (this.response instanceof DirectResponse.Redirect redirect && !redirect.leadsElsewhere() && kept) {
			throw RoutePart.invalid("redirect", "", "another scheme, host, port or path than the request's");
		}
		if (this.response instanceof DirectResponse.Fixed && !kept) {
			throw RoutePart.invalid("path", stripPrefix, "no change of it where every request is answered alike");
		}
	}

	/**
	 * Whether the gateway answers itself, so that there is no need of a service.
	 * @return whether it does
	 */
	public boolean isAnswered() {
		return !(this.response instanceof DirectResponse.None);
	}

	/**
	 * Whether something is done to responses.
	 * @return whether the fields that a client sees are others than the instance's
	 */
	public boolean changesResponses() {
		return !this.responseFields.isNone() || !this.cors.isNone();
	}

}
