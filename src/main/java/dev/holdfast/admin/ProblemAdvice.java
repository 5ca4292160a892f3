package dev.holdfast.admin;

import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Answers every failure on the admin port with a problem (RFC 9457) that has a
 * {@code code}: the gateway's own where there is one, else the name of the status, such
 * as {@code method-not-allowed}.
 */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

	private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

	private static final String CODE = "code";

	@ExceptionHandler
	@Nullable ResponseEntity<Object> handleUnforeseen(Exception exception, WebRequest request) {
		log.error("{} failed; answered 500", request.getDescription(false), exception);
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.INTERNAL_SERVER_ERROR,
				"The gateway failed to answer; its log says why");
		return handleExceptionInternal(exception, problem, new HttpHeaders(), HttpStatus.INTERNAL_SERVER_ERROR,
				request);
	}

	@Override
	protected ResponseEntity<Object> createResponseEntity(@Nullable Object body, HttpHeaders headers,
			HttpStatusCode status, WebRequest request) {
		if (body instanceof ProblemDetail problem) {
			Map<String, Object> properties = problem.getProperties();
			if (properties == null || !properties.containsKey(CODE)) {
				problem.setProperty(CODE, nameOf(status));
			}
		}
		HttpHeaders typed = new HttpHeaders();
		typed.putAll(headers);
		typed.setContentType(PlainText.isPreferred(request.getHeader(HttpHeaders.ACCEPT)) ? PlainText.TYPE
				: MediaType.APPLICATION_PROBLEM_JSON);
		return super.createResponseEntity(body, typed, status, request);
	}

	private static String nameOf(HttpStatusCode status) {
		HttpStatus known = HttpStatus.resolve(status.value());
		return (known != null) ? known.name().toLowerCase(Locale.ROOT).replace('_', '-') : "http-" + status.value();
	}

}
