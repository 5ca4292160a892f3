package dev.holdfast.proxy.header;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a head or of a trailer section in their order, each as the line that
 * HTTP/1.1 has for it: name, colon, at most one space, value and CRLF. Names and values
 * are ISO-8859-1, names in the case in which they came, values without blanks around
 * them. Lines stand behind each other without a gap, so that several are copied at once.
 * Not safe for use by more than one thread; made to be used again after {@link #clear}.
 */
public final class HeaderFields {

	/** No fields; adding one to it fails. */
	public static final HeaderFields NONE = new HeaderFields(new byte[0], 0);

	// Of each field: where its line begins, where its name ends, where its value begins
	// and ends.
	private static final int LINE = 0;

	private static final int NAME_END = 1;

	private static final int VALUE = 2;

	private static final int VALUE_END = 3;

	private static final int STRIDE = 4;

	private static final int CRLF = 2;

	private byte[] bytes;

	/** Where the lines begin. */
	private int start;

	/** Where they end. */
	private int end;

	/** Where bytes end of which lines are to be made. */
	private int loaded;

	private int[] table;

	private byte[] kinds;

	private int size;

	/** A bit for each kind of which there is, or was, a field. */
	private int present;

	/**
	 * Make an empty block.
	 */
	public HeaderFields() {
		this(new byte[512], 16);
	}

	private HeaderFields(byte[] bytes, int fields) {
		this.bytes = bytes;
		this.table = new int[fields * STRIDE];
		this.kinds = new byte[fields];
	}

	/**
	 * Return the number of fields.
	 */
	public int size() {
		return this.size;
	}

	/**
	 * Whether there are no fields.
	 */
	public boolean isEmpty() {
		return this.size == 0;
	}

	/**
	 * Whether it is {@link #NONE}.
	 */
	public boolean isNone() {
		return this == NONE;
	}

	/**
	 * Remove all fields.
	 */
	public void clear() {
		this.size = 0;
		this.present = 0;
		this.start = 0;
		this.end = 0;
		this.loaded = 0;
	}

	/**
	 * Load bytes of which lines are to be made, behind those that are there.
	 * @param in what to take them from: as many as are there, or as have room. There is
	 * always room for some
	 * @return how many were taken
	 */
	public int load(ByteBuf in) {
		if (this.loaded == this.bytes.length) {
			this.bytes = Arrays.copyOf(this.bytes, this.bytes.length * 2);
		}
		int length = Math.min(in.readableBytes(), this.bytes.length - this.loaded);
		in.readBytes(this.bytes, this.loaded, length);
		this.loaded += length;
		return length;
	}

	/**
	 * Return the place behind the bytes that were loaded.
	 */
	public int loaded() {
		return this.loaded;
	}

	/**
	 * Begin to make lines of what was loaded, or was before {@link #clear}.
	 * @param start the first line's first byte
	 * @param loaded the place behind the bytes that were loaded
	 */
	public void beginAt(int start, int loaded) {
		clear();
		this.start = start;
		this.end = start;
		this.loaded = loaded;
	}

	/**
	 * Make the next line of bytes that were loaded. They stay where they are if nothing
	 * has been left out before them and there are no blanks to remove.
	 * @param kind what field it is
	 * @param nameStart the first byte of its name
	 * @param nameEnd the byte behind its name; behind it and perhaps blanks is the colon
	 * @param valueStart the first byte of its value, which has no blanks around it
	 * @param valueEnd the byte behind its value, with room for CRLF
	 */
	public void take(HeaderKind kind, int nameStart, int nameEnd, int valueStart, int valueEnd) {
		reserveEntry();
		if (nameStart == this.end && isUsual(nameEnd, valueStart) && this.bytes[valueEnd] == '\r') {
			complete(kind, nameStart, nameEnd, valueStart, valueEnd);
			return;
		}
		byte[] line = this.bytes;
		int at = this.end;
		int nameLength = nameEnd - nameStart;
		int valueLength = valueEnd - valueStart;
		int separator = at + nameLength;
		// A blank is put behind the colon only if there was one, or a byte before the
		// line.
		int value = Math.min(separator + 2, valueStart);
		System.arraycopy(line, nameStart, line, at, nameLength);
		System.arraycopy(line, valueStart, line, value, valueLength);
		line[separator] = ':';
		if (value > separator + 1) {
			line[separator + 1] = ' ';
		}
		line[value + valueLength] = '\r';
		line[value + valueLength + 1] = '\n';
		complete(kind, at, separator, value, value + valueLength);
	}

	private boolean isUsual(int nameEnd, int valueStart) {
		return this.bytes[nameEnd] == ':'
				&& (valueStart == nameEnd + 1 || (valueStart == nameEnd + 2 && this.bytes[nameEnd + 1] == ' '));
	}

	/**
	 * Add a field.
	 * @param kind what it is
	 * @param source where it stands
	 * @param nameStart the first byte of its name
	 * @param nameEnd the byte behind its name
	 * @param valueStart the first byte of its value, which has no blanks around it
	 * @param valueEnd the byte behind its value
	 */
	public void add(HeaderKind kind, byte[] source, int nameStart, int nameEnd, int valueStart, int valueEnd) {
		add(kind, source, nameStart, nameEnd, source, valueStart, valueEnd);
	}

	/**
	 * Add a field whose name and value stand apart.
	 * @param kind what it is
	 * @param names where its name stands
	 * @param nameStart the first byte of its name
	 * @param nameEnd the byte behind its name
	 * @param values where its value stands
	 * @param valueStart the first byte of its value, which has no blanks around it
	 * @param valueEnd the byte behind its value
	 */
	public void add(HeaderKind kind, byte[] names, int nameStart, int nameEnd, byte[] values, int valueStart,
			int valueEnd) {
		int nameLength = nameEnd - nameStart;
		int valueLength = valueEnd - valueStart;
		int at = reserve(nameLength + valueLength + 4);
		System.arraycopy(names, nameStart, this.bytes, at, nameLength);
		System.arraycopy(values, valueStart, this.bytes, at + nameLength + 2, valueLength);
		separate(kind, at, nameLength, valueLength);
	}

	/**
	 * Add a field by its whole line.
	 * @param kind what it is
	 * @param line its line: name, colon, space, value and CRLF
	 * @param nameLength the length of its name
	 */
	public void addLine(HeaderKind kind, byte[] line, int nameLength) {
		int at = reserve(line.length);
		System.arraycopy(line, 0, this.bytes, at, line.length);
		separate(kind, at, nameLength, line.length - nameLength - 4);
	}

	/**
	 * Add a field.
	 * @param name its name, in ASCII
	 * @param value its value, in ISO-8859-1
	 */
	public void add(String name, String value) {
		add(HeaderKind.of(name), name, value);
	}

	/**
	 * Add a field.
	 * @param kind what it is
	 * @param name its name, in ASCII
	 * @param value its value, in ISO-8859-1
	 */
	@SuppressWarnings("deprecation") // the one way that copies Latin-1 text and nothing
										// else
	public void add(HeaderKind kind, String name, String value) {
		int at = reserve(name.length() + value.length() + 4);
		name.getBytes(0, name.length(), this.bytes, at);
		value.getBytes(0, value.length(), this.bytes, at + name.length() + 2);
		separate(kind, at, name.length(), value.length());
	}

	/**
	 * Add a field of another block.
	 * @param other the other block
	 * @param index the field's place there
	 */
	public void add(HeaderFields other, int index) {
		addAll(other, index, index + 1);
	}

	/**
	 * Add all fields of another block.
	 * @param other the other block
	 */
	public void addAll(HeaderFields other) {
		addAll(other, 0, other.size);
	}

	/**
	 * Add fields of another block that stand behind each other, in one copy.
	 * @param other the other block
	 * @param from the first field's place there
	 * @param to the place behind the last one
	 */
	public void addAll(HeaderFields other, int from, int to) {
		if (from >= to) {
			return;
		}
		int source = other.table[from * STRIDE + LINE];
		int length = other.table[(to - 1) * STRIDE + VALUE_END] + CRLF - source;
		int at = reserve(length);
		System.arraycopy(other.bytes, source, this.bytes, at, length);
		reserveEntries(to - from);
		copyEntries(other, from, to, at - source);
		this.end = at + length;
		this.loaded = this.end;
	}

	private void copyEntries(HeaderFields other, int from, int to, int distance) {
		int[] source = other.table;
		int[] target = this.table;
		int first = from * STRIDE;
		int entry = this.size * STRIDE;
		int length = (to - from) * STRIDE;
		for (int i = 0; i < length; i++) {
			target[entry + i] = source[first + i] + distance;
		}
		byte[] kinds = other.kinds;
		int present = 0;
		for (int i = from; i < to; i++) {
			present |= 1 << kinds[i];
		}
		System.arraycopy(kinds, from, this.kinds, this.size, to - from);
		this.present |= present;
		this.size += to - from;
	}

	/**
	 * Add the fields of some kinds to another block, as many in one copy as stand behind
	 * each other.
	 * @param out the other block
	 * @param passed the kinds, as {@link #mask} has them
	 */
	void copyTo(HeaderFields out, int passed) {
		int run = 0;
		for (int i = 0; i < this.size; i++) {
			if (((1 << this.kinds[i]) & passed) == 0) {
				out.addAll(this, run, i);
				run = i + 1;
			}
		}
		out.addAll(this, run, this.size);
	}

	/**
	 * Remove a field.
	 * @param index the field's place
	 */
	public void remove(int index) {
		int at = lineStart(index);
		int next = lineEnd(index);
		int length = next - at;
		System.arraycopy(this.bytes, next, this.bytes, at, this.end - next);
		this.end -= length;
		this.loaded = this.end;
		this.size--;
		for (int i = index; i < this.size; i++) {
			this.kinds[i] = this.kinds[i + 1];
			for (int j = i * STRIDE; j < (i + 1) * STRIDE; j++) {
				this.table[j] = this.table[j + STRIDE] - length;
			}
		}
	}

	/**
	 * Remove all fields of a name.
	 * @param name the name, in any case
	 */
	public void remove(String name) {
		for (int i = this.size - 1; i >= 0; i--) {
			if (isNamed(i, name)) {
				remove(i);
			}
		}
	}

	/**
	 * Remove all fields of a kind.
	 * @param kind the kind
	 */
	public void remove(HeaderKind kind) {
		if (has(kind)) {
			for (int i = this.size - 1; i >= 0; i--) {
				if (this.kinds[i] == kind.number()) {
					remove(i);
				}
			}
			this.present &= ~kind.bit();
		}
	}

	private int reserve(int length) {
		int at = this.end;
		if (at + length > this.bytes.length) {
			this.bytes = Arrays.copyOf(this.bytes, Math.max(this.bytes.length * 2, at + length));
		}
		return at;
	}

	private void reserveEntry() {
		if (this.size == this.kinds.length) {
			reserveEntries(1);
		}
	}

	private void reserveEntries(int fields) {
		int length = this.kinds.length;
		if (length == 0) {
			throw new UnsupportedOperationException("fields: NONE takes none");
		}
		if (this.size + fields > length) {
			int enlarged = Math.max(length * 2, this.size + fields);
			this.table = Arrays.copyOf(this.table, enlarged * STRIDE);
			this.kinds = Arrays.copyOf(this.kinds, enlarged);
		}
	}

	private void separate(HeaderKind kind, int at, int nameLength, int valueLength) {
		reserveEntry();
		int nameEnd = at + nameLength;
		int valueEnd = nameEnd + 2 + valueLength;
		this.bytes[nameEnd] = ':';
		this.bytes[nameEnd + 1] = ' ';
		this.bytes[valueEnd] = '\r';
		this.bytes[valueEnd + 1] = '\n';
		complete(kind, at, nameEnd, nameEnd + 2, valueEnd);
		this.loaded = this.end;
	}

	private void complete(HeaderKind kind, int line, int nameEnd, int value, int valueEnd) {
		int entry = this.size * STRIDE;
		this.table[entry + LINE] = line;
		this.table[entry + NAME_END] = nameEnd;
		this.table[entry + VALUE] = value;
		this.table[entry + VALUE_END] = valueEnd;
		this.kinds[this.size] = kind.number();
		this.size++;
		this.present |= kind.bit();
		this.end = valueEnd + CRLF;
	}

	/**
	 * Return what a field is.
	 * @param index the field's place
	 */
	public HeaderKind kind(int index) {
		return HeaderKind.of(this.kinds[index]);
	}

	/**
	 * Return a field's name, in the case in which it came.
	 * @param index the field's place
	 */
	public String name(int index) {
		return text(lineStart(index), nameEnd(index));
	}

	/**
	 * Return a field's value.
	 * @param index the field's place
	 */
	public String value(int index) {
		return text(valueStart(index), valueEnd(index));
	}

	private String text(int start, int end) {
		return new String(this.bytes, start, end - start, StandardCharsets.ISO_8859_1);
	}

	/**
	 * Whether there is a field of a kind.
	 * @param kind the kind
	 */
	public boolean has(HeaderKind kind) {
		return indexOf(kind) >= 0;
	}

	/**
	 * Whether there may be a field of one of some kinds. Costs next to nothing.
	 * @param kinds the kinds, as {@link #mask} has them
	 * @return {@code false} when there is none
	 */
	boolean mayHave(int kinds) {
		return (this.present & kinds) != 0;
	}

	/**
	 * Return kinds for {@link #mayHave}.
	 */
	static int mask(HeaderKind... kinds) {
		int mask = 0;
		for (HeaderKind kind : kinds) {
			mask |= kind.bit();
		}
		return mask;
	}

	/**
	 * Find the first field of a kind.
	 * @param kind the kind
	 * @return its place, -1 when there is none
	 */
	public int indexOf(HeaderKind kind) {
		if ((this.present & kind.bit()) != 0) {
			for (int i = 0; i < this.size; i++) {
				if (this.kinds[i] == kind.number()) {
					return i;
				}
			}
		}
		return -1;
	}

	/**
	 * Find the last field of a kind.
	 * @param kind the kind
	 * @return its place, -1 when there is none
	 */
	public int lastIndexOf(HeaderKind kind) {
		int index = ((this.present & kind.bit()) != 0) ? this.size - 1 : -1;
		while (index >= 0 && this.kinds[index] != kind.number()) {
			index--;
		}
		return index;
	}

	/**
	 * Return how many fields of a kind there are.
	 * @param kind the kind
	 */
	public int count(HeaderKind kind) {
		int count = 0;
		if ((this.present & kind.bit()) != 0) {
			for (int i = 0; i < this.size; i++) {
				count += (this.kinds[i] == kind.number()) ? 1 : 0;
			}
		}
		return count;
	}

	/**
	 * Return the values of all fields of a kind as one list.
	 * @param kind the kind
	 * @param separator what stands between two values
	 * @return the list, {@code null} when there is no such field
	 */
	public @Nullable String joined(HeaderKind kind, String separator) {
		String joined = null;
		if ((this.present & kind.bit()) != 0) {
			for (int i = 0; i < this.size; i++) {
				if (this.kinds[i] == kind.number()) {
					joined = (joined != null) ? joined + separator + value(i) : value(i);
				}
			}
		}
		return joined;
	}

	/**
	 * Find the first field of a name.
	 * @param name the name, in any case
	 * @return its place, -1 when there is none
	 */
	public int indexOf(String name) {
		for (int i = 0; i < this.size; i++) {
			if (isNamed(i, name)) {
				return i;
			}
		}
		return -1;
	}

	/**
	 * Whether a field has a name.
	 * @param index the field's place
	 * @param name the name, in any case
	 */
	public boolean isNamed(int index, String name) {
		return isTextIgnoringCase(lineStart(index), nameEnd(index), name);
	}

	/**
	 * Whether a field's value is a text.
	 * @param index the field's place
	 * @param text the text, in any case
	 */
	public boolean hasValue(int index, String text) {
		return isTextIgnoringCase(valueStart(index), valueEnd(index), text);
	}

	/**
	 * Whether a field's value is a text, in the same case.
	 * @param index the field's place
	 * @param text the text
	 */
	public boolean hasExactValue(int index, String text) {
		int from = valueStart(index);
		if (valueEnd(index) - from != text.length()) {
			return false;
		}
		for (int i = 0; i < text.length(); i++) {
			if ((this.bytes[from + i] & 0xff) != text.charAt(i)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Whether a field's value begins with a text.
	 * @param index the field's place
	 * @param text the text, in any case
	 */
	public boolean valueBeginsWith(int index, String text) {
		int from = valueStart(index);
		return valueEnd(index) - from >= text.length() && isTextIgnoringCase(from, from + text.length(), text);
	}

	private boolean isTextIgnoringCase(int from, int to, String text) {
		if (to - from != text.length()) {
			return false;
		}
		for (int i = 0; i < text.length(); i++) {
			if (lower(this.bytes[from + i]) != lower((byte) text.charAt(i))) {
				return false;
			}
		}
		return true;
	}

	private static int lower(byte c) {
		return (c >= 'A' && c <= 'Z') ? c + ('a' - 'A') : c;
	}

	/**
	 * Return the value of the first field of a name.
	 * @param name the name, in any case
	 * @return the value, {@code null} when there is no such field
	 */
	public @Nullable String get(String name) {
		int index = indexOf(name);
		return (index >= 0) ? value(index) : null;
	}

	/**
	 * Return where all lines stand, without a copy: valid until the next change.
	 */
	public byte[] bytes() {
		return this.bytes;
	}

	/**
	 * Return the first byte of a field's line and of its name.
	 * @param index the field's place
	 */
	public int lineStart(int index) {
		return this.table[index * STRIDE + LINE];
	}

	/**
	 * Return the byte behind a field's name.
	 * @param index the field's place
	 */
	public int nameEnd(int index) {
		return this.table[index * STRIDE + NAME_END];
	}

	/**
	 * Return the first byte of a field's value.
	 * @param index the field's place
	 */
	public int valueStart(int index) {
		return this.table[index * STRIDE + VALUE];
	}

	/**
	 * Return the byte behind a field's value.
	 * @param index the field's place
	 */
	public int valueEnd(int index) {
		return this.table[index * STRIDE + VALUE_END];
	}

	/**
	 * Return the byte behind a field's line.
	 * @param index the field's place
	 */
	public int lineEnd(int index) {
		return valueEnd(index) + CRLF;
	}

	/**
	 * Return the size of all lines, bytes.
	 */
	public int length() {
		return this.end - this.start;
	}

	/**
	 * Return how many bytes of memory the lines and what is known of them may take
	 * without taking more.
	 */
	public int capacity() {
		return this.bytes.length + this.table.length * Integer.BYTES + this.kinds.length;
	}

	/**
	 * Write all fields as HTTP/1.1 has them, without the empty line behind them.
	 * @param out where they go
	 */
	public void writeTo(ByteBuf out) {
		out.writeBytes(this.bytes, this.start, this.end - this.start);
	}

	/**
	 * Write all fields as HTTP/1.1 has them, without the empty line behind them.
	 * @param out where they go, with room for {@link #length}
	 * @param at where the first one goes
	 */
	public void writeTo(byte[] out, int at) {
		System.arraycopy(this.bytes, this.start, out, at, this.end - this.start);
	}

	@Override
	public String toString() {
		return new String(this.bytes, this.start, this.end - this.start, StandardCharsets.ISO_8859_1);
	}

}
