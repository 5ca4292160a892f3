package dev.holdfast.admin;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Who writes.
 *
 * @param address where the request came from
 * @param subject whom the token of an issuer was issued to, {@code null} when the write
 * presented another token, or none
 */
record Writer(String address, @Nullable String subject) {

	private static final String ATTRIBUTE = Writer.class.getName();

	static Writer of(HttpServletRequest request) {
		return new Writer(request.getRemoteAddr(),
				(request.getAttribute(ATTRIBUTE) instanceof String subject) ? subject : null);
	}

	/**
	 * Remembers whom a request's token was issued to.
	 */
	static void authenticate(HttpServletRequest request, String subject) {
		request.setAttribute(ATTRIBUTE, subject);
	}

	/**
	 * Return the subject, or the address of who presented none.
	 */
	String name() {
		return (this.subject != null) ? this.subject : this.address;
	}

	@Override
	public String toString() {
		return (this.subject != null) ? this.subject + " from " + this.address : this.address;
	}

}
