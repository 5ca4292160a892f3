package dev.holdfast.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * Lets a write through when it presents the token. That is in no cookie and no browser
 * adds it to a request, so a page that was not given it cannot write.
 */
final class WriteGuard {

	private static final String SCHEME = "bearer ";

	private final @Nullable String token;

	WriteGuard(@Nullable String token) {
		this.token = token;
	}

	/**
	 * Checks who writes.
	 * @param authorization the request's Authorization field
	 * @throws ProblemException if the write is refused
	 */
	void check(@Nullable String authorization) {
		if (this.token == null) {
			throw new ProblemException(HttpStatus.FORBIDDEN, "admin-token-not-set",
					"The admin port is read-only because holdfast.admin.token is not set");
		}
		if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
			throw ProblemException.unauthorized("Authorization: none (expected: Bearer <holdfast.admin.token>)");
		}
		byte[] presented = authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8);
		if (!MessageDigest.isEqual(this.token.getBytes(StandardCharsets.UTF_8), presented)) {
			throw ProblemException.unauthorized("The bearer token is not holdfast.admin.token");
		}
	}

}
