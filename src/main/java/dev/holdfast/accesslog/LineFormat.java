package dev.holdfast.accesslog;

/**
 * Writes an entry of the access log as one line. Whatever clients have put into it, the
 * line is of printable ASCII alone, ends once, and its fields begin and end where this
 * has set them.
 */
interface LineFormat {

	/**
	 * Write a line.
	 * @param entry what is written
	 * @param line where it is written, with a line feed at its end
	 */
	void write(AccessLogEntry entry, StringBuilder line);

}
