package dev.holdfast.jwt;

/**
 * What was found of a token. Details say what is wrong and what was expected, and repeat
 * nothing of a token that may be a secret.
 */
public sealed interface JwtVerdict {

	/**
	 * The token counts.
	 *
	 * @param subject whom it was issued to
	 */
	record Accepted(String subject) implements JwtVerdict {
	}

	/**
	 * The token does not count.
	 *
	 * @param detail why
	 */
	record Invalid(String detail) implements JwtVerdict {
	}

	/**
	 * The token is right, but permits something else.
	 *
	 * @param detail what it lacks
	 * @param scope the scope that it would have to have
	 */
	record InsufficientScope(String detail, String scope) implements JwtVerdict {
	}

	/**
	 * Nobody can tell, since the issuer's keys have never been there.
	 *
	 * @param cause why they are not
	 */
	record KeysUnavailable(String cause) implements JwtVerdict {
	}

}
