package dev.holdfast.route;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Which pages of other origins may read what a route answers: the CORS protocol of the
 * Fetch standard, with the words and rules of Gateway API's {@code HTTPCORSFilter}.
 *
 * @param allowOrigins the origins, empty for no CORS by the gateway
 * @param allowCredentials whether they may send cookies and credentials
 * @param allowMethods the methods that they may use besides GET, HEAD and POST; {@code *}
 * alone for any
 * @param allowHeaders the request fields that they may send; {@code *} alone for any
 * @param exposeHeaders the response fields that they may read besides the usual ones;
 * {@code *} alone for any
 * @param maxAge for how long browsers may remember that
 */
public record Cors(List<OriginPattern> allowOrigins, boolean allowCredentials, List<String> allowMethods,
		List<String> allowHeaders, List<String> exposeHeaders, Duration maxAge) {

	/** For how long browsers remember where nothing else is said. */
	public static final Duration USUAL_MAX_AGE = Duration.ofSeconds(5);

	/** The gateway has no part in it. */
	public static final Cors NONE = new Cors(List.of(), false, List.of(), List.of(), List.of(), USUAL_MAX_AGE);

	private static final String ANY = "*";

	private static final int MOST = 64;

	/** What {@link OriginPattern} has checked. */
	private static final Pattern ORIGIN = Pattern.compile(".+");

	private static final Pattern METHOD = Pattern.compile("\\*|[A-Z][A-Z0-9_-]*");

	private static final Pattern NAME = Pattern.compile("[a-z0-9!#$%&'*+.^_`|~-]+");

	/**
	 * Copies the lists, brings names of fields to lower case, and checks all parts.
	 * @throws IllegalArgumentException if one of them cannot be used
	 */
	public Cors {
		allowOrigins = List.copyOf(allowOrigins);
		allowMethods = List.copyOf(allowMethods);
		allowHeaders = lowerCase(allowHeaders);
		exposeHeaders = lowerCase(exposeHeaders);
		check("allowed origins", allowOrigins.stream().map(OriginPattern::toString).toList(), ORIGIN);
		check("allowed methods", allowMethods, METHOD);
		check("allowed headers", allowHeaders, NAME);
		check("exposed headers", exposeHeaders, NAME);
		if (exposeHeaders.contains(ANY) && allowCredentials) {
			throw RoutePart.invalid("exposed headers", ANY, "names: with credentials, browsers do not take * for all");
		}
		if (maxAge.toSeconds() < 1 || maxAge.compareTo(TimeLimits.LONGEST) > 0) {
			throw new IllegalArgumentException("max-age of CORS: %s (expected: 1s to 24d)".formatted(maxAge));
		}
		if (allowOrigins.isEmpty() && (allowCredentials || !allowMethods.isEmpty() || !allowHeaders.isEmpty()
				|| !exposeHeaders.isEmpty())) {
			throw RoutePart.invalid("allowed origins", "",
					"at least one, for what else is said of CORS to have an effect");
		}
	}

	private static List<String> lowerCase(List<String> names) {
		return names.stream().map((name) -> name.toLowerCase(Locale.ROOT)).toList();
	}

	private static void check(String part, List<String> values, Pattern pattern) {
		if (values.size() > MOST) {
			throw new IllegalArgumentException("%s: %d (expected: at most %d)".formatted(part, values.size(), MOST));
		}
		if (values.contains(ANY) && values.size() > 1) {
			throw RoutePart.invalid(part, String.join(", ", values), "* alone, or none");
		}
		for (String value : values) {
			if (!pattern.matcher(value).matches()) {
				throw RoutePart.invalid(part, value, "names, or * for any");
			}
		}
	}

	/**
	 * Whether the gateway has no part in it.
	 * @return whether no origin is allowed
	 */
	public boolean isNone() {
		return this.allowOrigins.isEmpty();
	}

	/**
	 * Whether an origin may read answers.
	 * @param origin the value of an Origin field
	 * @return whether one of the patterns is for it
	 */
	public boolean allows(String origin) {
		OriginPattern asked = OriginPattern.parseOrNull(origin);
		for (OriginPattern pattern : this.allowOrigins) {
			if (pattern.matches(asked)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether all origins are told the same, so that caches need not tell them apart.
	 * @return whether any origin may read answers, without credentials
	 */
	public boolean isSameForAll() {
		return !this.allowCredentials && this.allowOrigins.size() == 1 && this.allowOrigins.getFirst().isAny();
	}

}
