package dev.holdfast.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import dev.holdfast.registry.Registry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * Gives each read the entity tag of what it shows, and answers 304 to who has that. The
 * moments when something was last proven or saved move on while nothing changes, so they
 * are not in the tag, which is weak for that reason (RFC 9110, section 8.8.1); the field
 * {@code Holdfast-As-Of} tells the newest of them in a 304 too. Traffic changes with
 * every request, so an answer that shows it has no tag.
 */
@RestControllerAdvice(basePackageClasses = EntityTags.class)
@Order(0)
final class EntityTags implements ResponseBodyAdvice<Object> {

	/** Until when the data is known to have been what is registered. */
	static final String AS_OF = "Holdfast-As-Of";

	/** Properties of views alone; an instance's metadata may have such names. */
	private static final Set<String> PROOFS = Set.of("asOf", "provenAt", "savedAt", "lastCheck");

	private final Registry registry;

	private final ObjectMapper shown;

	EntityTags(Registry registry, ObjectMapper mapper) {
		this.registry = registry;
		this.shown = mapper.copy();
		this.shown.setSerializerFactory(this.shown.getSerializerFactory().withSerializerModifier(new WithoutProofs()));
	}

	@Override
	public boolean supports(MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converterType) {
		return returnType.hasMethodAnnotation(GetMapping.class);
	}

	@Override
	public @Nullable Object beforeBodyWrite(@Nullable Object body, MethodParameter returnType, MediaType contentType,
			Class<? extends HttpMessageConverter<?>> converterType, ServerHttpRequest request,
			ServerHttpResponse response) {
		if (!(request instanceof ServletServerHttpRequest read)
				|| !(response instanceof ServletServerHttpResponse answer)) {
			return body;
		}
		// Not to the other headers, which a 304 would not have.
		this.registry.status()
			.asOf()
			.ifPresent((asOf) -> answer.getServletResponse().setHeader(AS_OF, asOf.toString()));
		boolean known = !TrafficShown.isIn(read.getServletRequest())
				&& isKnown(body, contentType, read.getServletRequest(), answer.getServletResponse());
		return known ? null : body;
	}

	private boolean isKnown(@Nullable Object body, MediaType contentType, HttpServletRequest request,
			HttpServletResponse response) {
		return new ServletWebRequest(request, response).checkNotModified(tag(body, contentType));
	}

	/**
	 * The entity tag of an answer.
	 * @param body what it shows
	 * @param contentType how it shows it
	 */
	String tag(@Nullable Object body, MediaType contentType) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			digest.update(this.shown.writeValueAsBytes(body));
			byte[] hash = digest.digest(contentType.getSubtype().getBytes(StandardCharsets.US_ASCII));
			return "W/\"" + HexFormat.of().formatHex(hash, 0, 16) + "\"";
		}
		catch (JsonProcessingException | NoSuchAlgorithmException ex) {
			throw new IllegalStateException("no entity tag of " + body, ex);
		}
	}

	private static final class WithoutProofs extends BeanSerializerModifier {

		private static final long serialVersionUID = 1L;

		@Override
		public List<BeanPropertyWriter> changeProperties(SerializationConfig config, BeanDescription description,
				List<BeanPropertyWriter> properties) {
			return properties.stream().filter((property) -> !PROOFS.contains(property.getName())).toList();
		}

	}

}
