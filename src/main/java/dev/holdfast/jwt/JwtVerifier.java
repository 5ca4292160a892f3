package dev.holdfast.jwt;

import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a token counts: whether the issuer signed it, for the gateway, for now,
 * and for what is to be done (RFC 7519, RFC 8725, RFC 9068).
 */
public final class JwtVerifier implements AutoCloseable {

	/**
	 * Those with a private key: who can only check a token must not be able to make one.
	 */
	private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.RS384,
			JWSAlgorithm.RS512, JWSAlgorithm.PS256, JWSAlgorithm.PS384, JWSAlgorithm.PS512, JWSAlgorithm.ES256,
			JWSAlgorithm.ES384, JWSAlgorithm.ES512);

	/** Other tokens of the same issuer, such as one for a logout, have other types. */
	private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");

	/** RFC 7518, section 3.3. */
	private static final int MIN_RSA_BITS = 2048;

	private static final int MAX_LENGTH = 8192;

	private static final Duration PATIENCE = Duration.ofSeconds(3);

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private final JwtSettings settings;

	private final IssuerKeys keys;

	private final Clock clock;

	private final Runnable close;

	private JwtVerifier(JwtSettings settings, HttpKeyFetch source, Clock clock, LongSupplier nanoTime,
			Duration patience) {
		this(settings,
				new IssuerKeys(settings.issuer(), source,
						(fetch) -> Thread.ofVirtual().name("issuer-keys").start(fetch), nanoTime, patience),
				clock, source::close);
	}

	JwtVerifier(JwtSettings settings, IssuerKeys keys, Clock clock, Runnable close) {
		this.settings = settings;
		this.keys = keys;
		this.clock = clock;
		this.close = close;
	}

	/**
	 * Return a verifier that fetches the issuer's keys over HTTP.
	 * @param settings which tokens count
	 * @param clock the time that tokens are for
	 * @param nanoTime the time, which never goes back
	 */
	public static JwtVerifier of(JwtSettings settings, Clock clock, LongSupplier nanoTime) {
		return of(settings, clock, nanoTime, PATIENCE);
	}

	/**
	 * The same, with a patience of its own.
	 * @param settings which tokens count
	 * @param clock the time that tokens are for
	 * @param nanoTime the time, which never goes back
	 * @param patience how long a token waits for the issuer's keys
	 */
	public static JwtVerifier of(JwtSettings settings, Clock clock, LongSupplier nanoTime, Duration patience) {
		return new JwtVerifier(settings, new HttpKeyFetch(settings.issuer(), settings.jwkSet(), TIMEOUT), clock,
				nanoTime, patience);
	}

	/**
	 * Begins to fetch the issuer's keys, so that the first token need not wait for them.
	 */
	public void prefetch() {
		this.keys.prefetch();
	}

	/**
	 * Return who issues the tokens.
	 * @return its name
	 */
	public String issuer() {
		return this.settings.issuer();
	}

	/**
	 * Tell whether a token counts.
	 * @param token the token as it was presented
	 * @return the subject, or what is wrong
	 */
	public JwtVerdict verify(String token) {
		if (token.length() > MAX_LENGTH) {
			return invalid("token", "longer than %d characters".formatted(MAX_LENGTH), "a shorter one");
		}
		SignedJWT jwt;
		JWTClaimsSet claims;
		try {
			jwt = SignedJWT.parse(token);
			claims = jwt.getJWTClaimsSet();
		}
		catch (ParseException ex) {
			// Its message repeats parts of the token.
			return new JwtVerdict.Invalid("The bearer token is no JWT with a signature");
		}
		JwtVerdict refused = refusedByHeader(jwt.getHeader());
		return (refused != null) ? refused : verify(jwt, claims);
	}

	private @Nullable JwtVerdict refusedByHeader(JWSHeader header) {
		if (!ALGORITHMS.contains(header.getAlgorithm())) {
			return invalid("alg", "one that does not count", "one of "
					+ ALGORITHMS.stream().map(JWSAlgorithm::getName).sorted().collect(Collectors.joining(", ")));
		}
		if (header.getType() != null && !TYPES.contains(header.getType().getType().toLowerCase(Locale.ROOT))) {
			return invalid("typ", "another kind of token", "at+jwt, JWT or none");
		}
		if (header.getCriticalParams() != null) {
			return invalid("crit", "parameters that are not understood", "none");
		}
		return null;
	}

	private JwtVerdict verify(SignedJWT jwt, JWTClaimsSet claims) {
		List<JWK> candidates = this.keys.find(jwt.getHeader());
		if (candidates == null) {
			return new JwtVerdict.KeysUnavailable(this.keys.failure());
		}
		if (candidates.isEmpty()) {
			return invalid("kid", "a key that the issuer does not have", "one of its JWK set");
		}
		if (candidates.stream().noneMatch((key) -> isSignedBy(key, jwt))) {
			return invalid("signature", "none of the issuer's key", "one that its JWK set confirms");
		}
		JwtVerdict refused = refusedByIssue(claims);
		refused = (refused != null) ? refused : refusedByTime(claims);
		return (refused != null) ? refused : permitted(claims);
	}

	private static boolean isSignedBy(JWK key, SignedJWT jwt) {
		if (!(key instanceof AsymmetricJWK pair)
				|| (key.getKeyType().getValue().equals("RSA") && bits(key) < MIN_RSA_BITS)) {
			return false;
		}
		try {
			JWSVerifier verifier = new DefaultJWSVerifierFactory().createJWSVerifier(jwt.getHeader(),
					pair.toPublicKey());
			return jwt.verify(verifier);
		}
		catch (JOSEException ex) {
			// The key is for another algorithm.
			return false;
		}
	}

	private static int bits(JWK key) {
		try {
			return key.size();
		}
		catch (ArithmeticException ex) {
			return Integer.MAX_VALUE;
		}
	}

	private @Nullable JwtVerdict refusedByIssue(JWTClaimsSet claims) {
		if (!this.settings.issuer().equals(claims.getIssuer())) {
			return invalid("iss", "another issuer", this.settings.issuer());
		}
		if (!claims.getAudience().contains(this.settings.audience())) {
			return invalid("aud", "another audience", this.settings.audience());
		}
		String subject = claims.getSubject();
		return (subject == null || subject.isBlank()) ? invalid("sub", "none", "whom the token was issued to") : null;
	}

	private @Nullable JwtVerdict refusedByTime(JWTClaimsSet claims) {
		Instant now = this.clock.instant();
		Duration skew = this.settings.clockSkew();
		if (claims.getExpirationTime() == null) {
			return invalid("exp", "none", "when the token ends");
		}
		Instant end = claims.getExpirationTime().toInstant();
		if (!now.isBefore(end.plus(skew))) {
			return invalid("exp", end.toString(), "later than " + now.truncatedTo(ChronoUnit.SECONDS));
		}
		if (claims.getNotBeforeTime() != null && now.isBefore(claims.getNotBeforeTime().toInstant().minus(skew))) {
			return invalid("nbf", claims.getNotBeforeTime().toInstant().toString(),
					"not later than " + now.truncatedTo(ChronoUnit.SECONDS));
		}
		return null;
	}

	private JwtVerdict permitted(JWTClaimsSet claims) {
		Set<String> scopes = new TreeSet<>();
		addScopes(claims.getClaim("scope"), scopes);
		addScopes(claims.getClaim("scp"), scopes);
		return scopes.contains(this.settings.scope()) ? new JwtVerdict.Accepted(claims.getSubject())
				: new JwtVerdict.InsufficientScope(
						"scope: without %1$s (expected: %1$s among others)".formatted(this.settings.scope()),
						this.settings.scope());
	}

	/**
	 * A text with spaces (RFC 8693, section 4.2), or a list, as some issuers write it.
	 */
	private static void addScopes(@Nullable Object claim, Set<String> scopes) {
		if (claim instanceof String text) {
			scopes.addAll(Arrays.asList(text.split(" ", -1)));
		}
		else if (claim instanceof Collection<?> list) {
			list.forEach((scope) -> scopes.add(String.valueOf(scope)));
		}
	}

	private static JwtVerdict invalid(String what, String found, String expected) {
		return new JwtVerdict.Invalid("%s: %s (expected: %s)".formatted(what, found, expected));
	}

	@Override
	public void close() {
		this.close.run();
	}

}
