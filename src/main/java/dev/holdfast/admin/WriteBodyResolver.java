package dev.holdfast.admin;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * Hands a write its body, and the audit what the body says: also of a body that the write
 * then refuses. A write that takes an {@link Optional} one needs none.
 */
final class WriteBodyResolver implements HandlerMethodArgumentResolver {

	private static final int MAX_LENGTH = 16 * 1024;

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.nestedIfOptional().getNestedParameterType() == WriteBody.class;
	}

	@Override
	public Object resolveArgument(MethodParameter parameter, @Nullable ModelAndViewContainer container,
			NativeWebRequest webRequest, @Nullable WebDataBinderFactory binderFactory) throws IOException {
		HttpServletRequest request = Objects.requireNonNull(webRequest.getNativeRequest(HttpServletRequest.class));
		if (parameter.isOptional() && request.getContentType() == null && request.getContentLengthLong() <= 0) {
			return Optional.empty();
		}
		checkType(request.getContentType());
		byte[] content = request.getInputStream().readNBytes(MAX_LENGTH + 1);
		if (content.length > MAX_LENGTH) {
			throw new ProblemException(HttpStatus.PAYLOAD_TOO_LARGE, "body-too-large",
					"body: more (expected: at most %d bytes)".formatted(MAX_LENGTH));
		}
		WriteBody body = WriteBody.read(content, request.getParameter("reason"), Operator.of(request));
		WriteNote.of(body).attachTo(request);
		return parameter.isOptional() ? Optional.of(body) : body;
	}

	private static void checkType(@Nullable String type) {
		try {
			if (type != null && MediaType.APPLICATION_JSON.includes(MediaType.parseMediaType(type))) {
				return;
			}
		}
		catch (InvalidMediaTypeException ex) {
			throw unsupported(type);
		}
		throw unsupported(type);
	}

	private static ProblemException unsupported(@Nullable String type) {
		return new ProblemException(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type",
				"Content-Type: %s (expected: application/json)".formatted((type != null) ? type : "none"));
	}

}
