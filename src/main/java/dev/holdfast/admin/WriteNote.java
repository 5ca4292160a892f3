package dev.holdfast.admin;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

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
				: new WriteNote("", request.getParameter("reason"));
	}

	void attachTo(HttpServletRequest request) {
		request.setAttribute(ATTRIBUTE, this);
	}

}
