package dev.holdfast.proxy.http2;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import dev.holdfast.proxy.header.Grammar;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.Latin1;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a header table (RFC 7541, section 2.3), with what has to be found out of a
 * field only once: its kind, whether it may stand in a message at all, and its line in
 * HTTP/1.1.
 */
final class HpackEntry {

	/** What the table counts for an entry beside its name and value, bytes. */
	static final int OVERHEAD = 32;

	private final byte[] line;

	private final int nameLength;

	private final int size;

	private final HeaderKind kind;

	private final FieldRole role;

	private final boolean valid;

	private @Nullable String value;

	private HpackEntry(HeaderKind kind, FieldRole role, byte[] line, int nameLength, int size, boolean valid) {
		this.kind = kind;
		this.role = role;
		this.line = line;
		this.nameLength = nameLength;
		this.size = size;
		this.valid = valid;
	}

	/**
	 * Make an entry.
	 * @param kind the field's kind
	 * @param role the field's role
	 * @param names where the name stands
	 * @param values where the value stands
	 * @return the entry
	 */
	static HpackEntry of(HeaderKind kind, FieldRole role, byte[] names, int nameStart, int nameEnd, byte[] values,
			int valueStart, int valueEnd) {
		int nameLength = nameEnd - nameStart;
		int size = nameLength + valueEnd - valueStart + OVERHEAD;
		int end = Grammar.trimmedEnd(values, valueStart, valueEnd);
		int start = Grammar.blankEnd(values, valueStart, end);
		byte[] line = new byte[nameLength + end - start + 4];
		System.arraycopy(names, nameStart, line, 0, nameLength);
		line[nameLength] = ':';
		line[nameLength + 1] = ' ';
		System.arraycopy(values, start, line, nameLength + 2, end - start);
		line[line.length - 2] = '\r';
		line[line.length - 1] = '\n';
		return new HpackEntry(kind, role, line, nameLength, size,
				role != FieldRole.FORBIDDEN && isValid(kind, values, start, end));
	}

	static HpackEntry of(String name, String value) {
		byte[] names = name.getBytes(StandardCharsets.US_ASCII);
		byte[] values = value.getBytes(StandardCharsets.US_ASCII);
		HeaderKind kind = HeaderKind.of(name);
		return of(kind, FieldRole.of(kind, names, 0, names.length), names, 0, names.length, values, 0, values.length);
	}

	/**
	 * Whether a value may stand in a message: no control characters, and none but
	 * {@code trailers} in TE (RFC 9113, section 8.2.2).
	 */
	static boolean isValid(HeaderKind kind, byte[] values, int start, int end) {
		return Grammar.textEnd(values, start, end) == end
				&& (kind != HeaderKind.TE || Octets.equal(values, start, end, "trailers"));
	}

	/**
	 * Return the field as HTTP/1.1 has it, without blanks around its value.
	 */
	byte[] line() {
		return this.line;
	}

	int nameLength() {
		return this.nameLength;
	}

	int valueStart() {
		return this.nameLength + 2;
	}

	int valueEnd() {
		return this.line.length - 2;
	}

	/**
	 * Return what a table counts for it, bytes.
	 */
	int size() {
		return this.size;
	}

	HeaderKind kind() {
		return this.kind;
	}

	FieldRole role() {
		return this.role;
	}

	/**
	 * Whether it may stand in a message.
	 */
	boolean isValid() {
		return this.valid;
	}

	/**
	 * Return the value, the same object each time.
	 */
	String value() {
		String text = this.value;
		if (text == null) {
			text = Latin1.text(this.line, valueStart(), valueEnd());
			this.value = text;
		}
		return text;
	}

	@Override
	public String toString() {
		return new String(Arrays.copyOf(this.line, this.line.length - 2), StandardCharsets.ISO_8859_1);
	}

}
