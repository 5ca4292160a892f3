package dev.holdfast.admin;

import java.nio.charset.StandardCharsets;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/**
 * What the audit has to know of a write besides its path.
 *
 * @param content what the body says, without the reason; empty when none was read
 * @param reason why it is written, {@code null} when no reason was given
 */
record WriteNote(String content, @Nullable String reason) {

	private static final String ATTRIBUTE = WriteNote.class.getName();

	static WriteNote of(WriteBody body) {
		return new WriteNote(body.withoutReason(), body.reason());
	}

	/**
	 * Finds what was noted of a request; without a body its parameter gives the reason.
	 */
	static WriteNote of(HttpServletRequest request) {
		return (request.getAttribute(ATTRIBUTE) instanceof WriteNote note) ? note
				: new WriteNote("", reason(request.getQueryString()));
	}

	/** Not by the request's parameters, for which a body would be read. */
	private static @Nullable String reason(@Nullable String query) {
		String reason = UriComponentsBuilder.newInstance().query(query).build().getQueryParams().getFirst("reason");
		return (reason != null) ? decoded(reason) : null;
	}

	/**
	 * Whoever is refused may have sent anything, and a write is recorded all the same.
	 */
	private static String decoded(String reason) {
		try {
			return UriUtils.decode(reason.replace('+', ' '), StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			return reason;
		}
	}

	void attachTo(HttpServletRequest request) {
		request.setAttribute(ATTRIBUTE, this);
	}

}
