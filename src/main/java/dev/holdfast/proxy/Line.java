package dev.holdfast.proxy;

import java.nio.charset.StandardCharsets;

import dev.holdfast.proxy.RequestGuard.Rejection;
import io.netty.buffer.ByteBuf;

/**
 * One line of a message, without its end. All decoders of an event loop share one: what
 * is in it is valid until the next line is read.
 */
final class Line {

	private static final int INITIAL_SIZE = 1024;

	private static final byte TOKEN = 1;

	/** Visible ASCII: what a request target may consist of. */
	private static final byte VISIBLE = 2;

	/** What a field's value may consist of. */
	private static final byte TEXT = 4;

	private static final byte[] CLASSES = classes();

	private byte[] bytes = new byte[INITIAL_SIZE];

	private int length;

	private static byte[] classes() {
		byte[] classes = new byte[0x100];
		for (int c = 0; c < classes.length; c++) {
			boolean visible = c > ' ' && c < 0x7f;
			boolean token = visible && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
			boolean text = c == '\t' || (c >= ' ' && c != 0x7f);
			classes[c] = (byte) ((token ? TOKEN : 0) | (visible ? VISIBLE : 0) | (text ? TEXT : 0));
		}
		return classes;
	}

	void copy(ByteBuf in, int start, int length) {
		if (this.bytes.length < length) {
			this.bytes = new byte[Math.max(length, this.bytes.length * 2)];
		}
		in.getBytes(start, this.bytes, 0, length);
		this.length = length;
	}

	int length() {
		return this.length;
	}

	/**
	 * The byte at a place, 0 behind the end: no line that is accepted has a NUL.
	 */
	byte at(int index) {
		return (index < this.length) ? this.bytes[index] : 0;
	}

	boolean isDigit(int index) {
		byte c = at(index);
		return c >= '0' && c <= '9';
	}

	byte[] bytes() {
		return this.bytes;
	}

	/**
	 * How many bytes there are from the first of its kind on.
	 */
	int lengthFrom(char wanted) {
		for (int i = 0; i < this.length; i++) {
			if (this.bytes[i] == wanted) {
				return this.length - i;
			}
		}
		return 0;
	}

	/**
	 * Finds the end of the token that begins at a place.
	 */
	int tokenEnd(int start) {
		return end(start, TOKEN);
	}

	int visibleEnd(int start) {
		return end(start, VISIBLE);
	}

	int textEnd(int start) {
		return end(start, TEXT);
	}

	private int end(int start, byte wanted) {
		byte[] in = this.bytes;
		int end = this.length;
		int i = start;
		while (i < end && (CLASSES[in[i] & 0xff] & wanted) != 0) {
			i++;
		}
		return i;
	}

	/**
	 * Finds the end of the spaces and tabs that begin at a place.
	 */
	int blankEnd(int start) {
		int i = start;
		while (i < this.length && isBlank(this.bytes[i])) {
			i++;
		}
		return i;
	}

	/**
	 * Tells whether a text stands at a place.
	 * @param text ASCII alone
	 */
	boolean matches(int start, String text) {
		if (this.length - start < text.length()) {
			return false;
		}
		for (int i = 0; i < text.length(); i++) {
			if (this.bytes[start + i] != text.charAt(i)) {
				return false;
			}
		}
		return true;
	}

	String text(int start, int end) {
		return new String(this.bytes, start, end - start, StandardCharsets.ISO_8859_1);
	}

	/**
	 * Finds the end of the name in a field's line.
	 * @throws MalformedMessageException if the line is none of a field, or continues one
	 * (RFC 9112, section 5)
	 */
	int nameEnd() throws MalformedMessageException {
		int end = tokenEnd(0);
		if (end == 0) {
			throw new MalformedMessageException(Rejection.FIELD);
		}
		return end;
	}

	/**
	 * Finds the colon behind the name in a field's line.
	 * @param nameEnd the end of its name
	 * @param blanksAllowed whether there may be blanks before it
	 * @throws MalformedMessageException if there is none
	 */
	int colon(int nameEnd, boolean blanksAllowed) throws MalformedMessageException {
		int colon = blanksAllowed ? blankEnd(nameEnd) : nameEnd;
		if (at(colon) != ':') {
			throw new MalformedMessageException(Rejection.FIELD);
		}
		return colon;
	}

	/**
	 * Reads the value in a field's line, without the blanks around it.
	 * @param colon the colon before it
	 * @throws MalformedMessageException if there is a control character in it
	 */
	String value(int colon) throws MalformedMessageException {
		if (textEnd(colon + 1) != this.length) {
			throw new MalformedMessageException(Rejection.FIELD);
		}
		int start = blankEnd(colon + 1);
		int end = this.length;
		while (end > start && isBlank(this.bytes[end - 1])) {
			end--;
		}
		return text(start, end);
	}

	private static boolean isBlank(byte c) {
		return c == ' ' || c == '\t';
	}

}
