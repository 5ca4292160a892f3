package dev.holdfast.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import dev.holdfast.jwt.JwtVerdict;
import dev.holdfast.jwt.JwtVerifier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * Lets a write through when it presents the token, or one that the configured issuer has
 * issued for it. Neither is in a cookie and no browser adds it to a request, so a page
 * that was not given it cannot write.
 */
final class WriteGuard {

	private static final String SCHEME = "bearer ";

	private final @Nullable String token;

	private final @Nullable JwtVerifier jwts;

	WriteGuard(@Nullable String token, @Nullable JwtVerifier jwts) {
		this.token = token;
		this.jwts = jwts;
	}

	/**
	 * Checks who writes.
	 * @param authorization the request's Authorization field
	 * @return whom the token was issued to, empty for the one that all operators have
	 * @throws ProblemException if the write is refused
	 */
	Optional<String> check(@Nullable String authorization) {
		if (this.token == null && this.jwts == null) {
			throw new ProblemException(HttpStatus.FORBIDDEN, "admin-token-not-set",
					"The admin port is read-only because holdfast.admin.token is not set");
		}
		if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
			throw ProblemException.unauthorized("Authorization: none (expected: Bearer %s)".formatted(expected()));
		}
		String presented = authorization.substring(SCHEME.length()).strip();
		if (this.token != null && isSame(this.token, presented)) {
			return Optional.empty();
		}
		if (this.jwts == null) {
			throw ProblemException.invalidToken("unauthorized", "The bearer token is not holdfast.admin.token");
		}
		return Optional.of(subject(this.jwts, presented));
	}

	private String expected() {
		String own = (this.token != null) ? "<holdfast.admin.token>" : "";
		String issued = (this.jwts != null) ? "<token of %s>".formatted(this.jwts.issuer()) : "";
		return own + (own.isEmpty() || issued.isEmpty() ? "" : " or ") + issued;
	}

	private static boolean isSame(String token, String presented) {
		return MessageDigest.isEqual(token.getBytes(StandardCharsets.UTF_8),
				presented.getBytes(StandardCharsets.UTF_8));
	}

	private static String subject(JwtVerifier jwts, String presented) {
		return switch (jwts.verify(presented)) {
			case JwtVerdict.Accepted accepted -> accepted.subject();
			case JwtVerdict.Invalid invalid -> throw ProblemException.invalidToken("invalid-token", invalid.detail());
			case JwtVerdict.InsufficientScope missing ->
				throw ProblemException.insufficientScope(missing.detail(), missing.scope());
			case JwtVerdict.KeysUnavailable unavailable -> throw unavailable(unavailable);
		};
	}

	private static ProblemException unavailable(JwtVerdict.KeysUnavailable keys) {
		ProblemException problem = new ProblemException(HttpStatus.SERVICE_UNAVAILABLE, "issuer-unreachable",
				"The issuer's keys could not be fetched, so its tokens cannot be checked",
				Map.of("cause", keys.cause()));
		problem.getHeaders().set(HttpHeaders.RETRY_AFTER, "10");
		return problem;
	}

}
