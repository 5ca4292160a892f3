package dev.holdfast.registry.format;

import dev.holdfast.service.Redaction;

/**
 * A record does not say what its format expects. Without a stack trace: a registry full
 * of foreign records must cost no more than one of sound ones.
 */
final class UnreadableRecordException extends Exception {

	private static final long serialVersionUID = 1L;

	/** More than is ever shown, so that a secret is seen that begins before the end. */
	private static final int MAX_LOOKED_AT = 1000;

	UnreadableRecordException(String reason) {
		super(reason, null, false, false);
	}

	/**
	 * Names a value and what should have been there. The reason is for logs and for all
	 * who may read, so secrets in the value are hidden.
	 * @param what what the value is of, such as {@code weight}
	 * @param value the value, of any length
	 * @param expected what it should have been
	 * @return the exception
	 */
	static UnreadableRecordException unexpected(String what, String value, String expected) {
		String shown = Redaction.text(value.substring(0, Math.min(value.length(), MAX_LOOKED_AT)));
		return new UnreadableRecordException("%s: %s (expected: %s)".formatted(what, Excerpt.of(shown), expected));
	}

	/**
	 * Gives the reason.
	 * @return a sentence for operators
	 */
	String reason() {
		String message = getMessage();
		return (message != null) ? message : "";
	}

}
