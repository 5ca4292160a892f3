package dev.holdfast.registry.format;

/**
 * A record does not say what its format expects. Without a stack trace: a registry full
 * of foreign records must cost no more than one of sound ones.
 */
final class UnreadableRecordException extends Exception {

	private static final long serialVersionUID = 1L;

	UnreadableRecordException(String reason) {
		super(reason, null, false, false);
	}

	/**
	 * Names a value and what should have been there.
	 * @param what what the value is of, such as {@code weight}
	 * @param value the value, of any length
	 * @param expected what it should have been
	 * @return the exception
	 */
	static UnreadableRecordException unexpected(String what, String value, String expected) {
		return new UnreadableRecordException("%s: %s (expected: %s)".formatted(what, Excerpt.of(value), expected));
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
