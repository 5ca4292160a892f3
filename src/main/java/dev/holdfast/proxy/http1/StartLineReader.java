package dev.holdfast.proxy.http1;

import dev.holdfast.proxy.Rejection;
import io.netty.buffer.ByteBuf;

/**
 * Finds the line with which a message starts, behind empty ones if there may be some.
 */
final class StartLineReader {

	private final int longest;

	private final Rejection tooLong;

	private final Rejection malformed;

	private final boolean passesEmptyLines;

	private int emptyLines;

	/**
	 * Prepare to read start lines.
	 * @param longest how long one may be, bytes
	 * @param tooLong what is wrong with one that is longer
	 * @param malformed what is wrong with one that is none
	 * @param passesEmptyLines whether empty lines before it are passed over
	 */
	StartLineReader(int longest, Rejection tooLong, Rejection malformed, boolean passesEmptyLines) {
		this.longest = longest;
		this.tooLong = tooLong;
		this.malformed = malformed;
		this.passesEmptyLines = passesEmptyLines;
	}

	/**
	 * Read a start line, if all of it has arrived.
	 * @param in what the connection brought
	 * @param section where it is kept
	 * @return its first byte, negative when it has not arrived
	 * @throws MalformedMessageException if it is too long, or there is none
	 */
	int read(ByteBuf in, FieldSection section) throws MalformedMessageException {
		int start = readLine(in, section);
		while (start >= 0 && section.lineEnd() == start) {
			// RFC 9112, section 2.2, but not without end.
			this.emptyLines++;
			if (!this.passesEmptyLines || this.emptyLines * 2 > this.longest) {
				throw malformed();
			}
			start = readLine(in, section);
		}
		if (start >= 0) {
			this.emptyLines = 0;
		}
		return start;
	}

	private int readLine(ByteBuf in, FieldSection section) throws MalformedMessageException {
		return section.readLine(in, this.longest, this.tooLong, this.malformed);
	}

	/**
	 * Return how long a start line may be, bytes.
	 */
	int longest() {
		return this.longest;
	}

	/**
	 * Whether that is what is wrong with one.
	 */
	boolean isTooLong(Rejection rejection) {
		return rejection == this.tooLong;
	}

	/**
	 * Return what is thrown when there is no start line.
	 */
	MalformedMessageException malformed() {
		return new MalformedMessageException(this.malformed);
	}

	/**
	 * Forget the empty lines that have come.
	 */
	void forget() {
		this.emptyLines = 0;
	}

}
