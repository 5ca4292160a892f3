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

	static ProblemException unauthorized(String detail) {
		ProblemException exception = new ProblemException(HttpStatus.UNAUTHORIZED, "unauthorized", detail);
		exception.getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"holdfast\"");
		return exception;
	}

}
