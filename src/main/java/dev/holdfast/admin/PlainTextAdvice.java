package dev.holdfast.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * Makes the text of an answer, as the columns of its handler say. It is made of what the
 * answer is in JSON, so that both say the same.
 */
@RestControllerAdvice(basePackageClasses = PlainTextAdvice.class)
@Order(Ordered.LOWEST_PRECEDENCE)
final class PlainTextAdvice implements ResponseBodyAdvice<Object> {

	private final ObjectMapper mapper;

	PlainTextAdvice(ObjectMapper mapper) {
		this.mapper = mapper;
	}

	@Override
	public boolean supports(MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converterType) {
		return converterType == PlainText.class;
	}

	@Override
	public @Nullable Object beforeBodyWrite(@Nullable Object body, MethodParameter returnType, MediaType contentType,
			Class<? extends HttpMessageConverter<?>> converterType, ServerHttpRequest request,
			ServerHttpResponse response) {
		if (body == null) {
			return null;
		}
		if (body instanceof ProblemDetail problem) {
			return TextView.of(problem, this.mapper);
		}
		Object shown = (body instanceof TextShown other) ? other.shownAsText() : body;
		return TextView.of(this.mapper.valueToTree(shown), returnType.getMethodAnnotation(TextColumns.class));
	}

}
