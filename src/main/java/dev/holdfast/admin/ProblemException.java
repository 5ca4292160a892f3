package dev.holdfast.admin;

import java.util.Map;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * Ends a request with a problem (RFC 9457) that has a stable {@code code}.
 */
final class ProblemException extends ErrorResponseException {

	private static final long serialVersionUID = 1L;

	ProblemException(HttpStatus status, String code, String detail) {
		this(status, code, detail, Map.of());
	}

	ProblemException(HttpStatus status, String code, String detail, Map<String, Object> properties) {
		super(status, ProblemDetail.forStatusAndDetail(status, detail), null);
		getBody().setProperty("code", code);
		properties.forEach(getBody()::setProperty);
	}

	static ProblemException badParameter(String name, String value, String expected) {
		return new ProblemException(HttpStatus.BAD_REQUEST, "bad-parameter",
				"%s: \"%s\" (expected: %s)".formatted(name, value, expected),
				Map.of("parameter", name, "value", value, "expected", expected));
	}

	static ProblemException unknownService(String name) {
		return new ProblemException(HttpStatus.NOT_FOUND, "unknown-service",
				"service: \"%s\" (expected: one that is or was registered)".formatted(name));
	}

	/**
	 * Refuses a write that presents nothing by which it could be let through.
	 */
	static ProblemException unauthorized(String detail) {
		return challenged(HttpStatus.UNAUTHORIZED, "unauthorized", detail, "");
	}

	/**
	 * Refuses a write whose token does not count (RFC 6750, section 3.1).
	 */
	static ProblemException invalidToken(String code, String detail) {
		return challenged(HttpStatus.UNAUTHORIZED, code, detail, "error=\"invalid_token\"");
	}

	/**
	 * Refuses a write whose token is right but permits something else.
	 * @param scope what the token would have to permit
	 */
	static ProblemException insufficientScope(String detail, String scope) {
		return challenged(HttpStatus.FORBIDDEN, "insufficient-scope", detail,
				"error=\"insufficient_scope\", scope=\"%s\"".formatted(quotable(scope)));
	}

	private static ProblemException challenged(HttpStatus status, String code, String detail, String error) {
		ProblemException exception = new ProblemException(status, code, detail);
		exception.getHeaders()
			.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"holdfast\""
					+ (error.isEmpty() ? "" : ", %s, error_description=\"%s\"".formatted(error, quotable(detail))));
		return exception;
	}

	/** What the values of the field may consist of (RFC 6750, section 3). */
	private static String quotable(String text) {
		return text.replaceAll("[^ !#-\\[\\]-~]", "'");
	}

}
