package dev.holdfast.route.document;

/**
 * Something in a text that cannot be used, or has no effect.
 *
 * @param origin where the text is from: a file, a key
 * @param line the line, from 1 on
 * @param column the column, from 1 on
 * @param path the key with those that it is below, empty for the whole text
 * @param what what is wrong
 * @param expected what may stand there, empty when there is nothing to say
 */
public record DocumentProblem(String origin, int line, int column, String path, String what, String expected) {

	/**
	 * Return the problem without its place.
	 * @return one line
	 */
	public String message() {
		return (this.path.isEmpty() ? "" : this.path + ": ") + this.what
				+ (this.expected.isEmpty() ? "" : " (expected: " + this.expected + ")");
	}

	/**
	 * Return the problem behind its place, as compilers write it.
	 */
	@Override
	public String toString() {
		return "%s:%d:%d: %s".formatted(this.origin, this.line, this.column, message());
	}

}
