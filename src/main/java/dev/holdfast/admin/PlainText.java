package dev.holdfast.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.AbstractHttpMessageConverter;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.util.MimeTypeUtils;

/**
 * Writes answers for who asks for text and for no JSON. What the text is has been found
 * by {@link PlainTextAdvice}.
 */
final class PlainText extends AbstractHttpMessageConverter<Object> {

	/** What text is sent as. */
	static final MediaType TYPE = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

	private static final String OWN = PlainText.class.getPackageName()
		.substring(0, PlainText.class.getPackageName().lastIndexOf('.') + 1);

	PlainText() {
		super(StandardCharsets.UTF_8, MediaType.TEXT_PLAIN);
	}

	/**
	 * Whether a client rather has text than JSON.
	 * @param accept its Accept field, {@code null} when there is none
	 */
	static boolean isPreferred(@Nullable String accept) {
		if (accept == null) {
			return false;
		}
		try {
			List<MediaType> types = MediaType.parseMediaTypes(accept);
			MimeTypeUtils.sortBySpecificity(types);
			return types.stream()
				.filter((type) -> type.includes(MediaType.TEXT_PLAIN) || type.includes(MediaType.APPLICATION_JSON))
				.findFirst()
				.filter((type) -> !type.includes(MediaType.APPLICATION_JSON))
				.isPresent();
		}
		catch (InvalidMediaTypeException ex) {
			return false;
		}
	}

	@Override
	protected boolean supports(Class<?> type) {
		return ProblemDetail.class.isAssignableFrom(type) || (type.isRecord() && type.getName().startsWith(OWN));
	}

	@Override
	public boolean canRead(Class<?> type, @Nullable MediaType mediaType) {
		return false;
	}

	@Override
	protected Object readInternal(Class<?> type, HttpInputMessage input) {
		throw new HttpMessageNotReadableException("text is not read", input);
	}

	@Override
	protected void writeInternal(Object text, HttpOutputMessage output) throws IOException {
		output.getBody().write(text.toString().getBytes(StandardCharsets.UTF_8));
	}

}
