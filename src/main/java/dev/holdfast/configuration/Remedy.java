package dev.holdfast.configuration;

/**
 * Says what to do about a value that a check refuses, from what the check says of it.
 */
final class Remedy {

	private static final String MUST_BE = "must be ";

	private Remedy() {
	}

	/**
	 * Gives a sentence that tells what to do.
	 * @param key the key
	 * @param message what is expected of its value, such as "must be 1ms or longer"
	 */
	static String of(String key, String message) {
		// What follows gives the reason or repeats what was found.
		String expected = message.replaceFirst(": .*", "");
		if (expected.startsWith("must not be empty") || expected.startsWith("must not be blank")) {
			return "Give %s a value.".formatted(key);
		}
		if (expected.equals("must not be negative")) {
			return "Set %s to 0 or more.".formatted(key);
		}
		if (expected.startsWith("must be greater") || expected.startsWith("must be less")) {
			return "Set %s to a number that is %s.".formatted(key, expected.substring(MUST_BE.length()));
		}
		if (expected.startsWith(MUST_BE)) {
			return "Set %s to %s.".formatted(key, expected.substring(MUST_BE.length()));
		}
		if (expected.startsWith("must ")) {
			return "Let %s %s.".formatted(key, expected.substring("must ".length()));
		}
		if (expected.startsWith("needs ")) {
			return "Set %s, or leave %s out.".formatted(expected.substring("needs ".length()), key);
		}
		return "Change %s: %s.".formatted(key, message);
	}

}
