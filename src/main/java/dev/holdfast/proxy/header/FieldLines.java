package dev.holdfast.proxy.header;

import java.util.Arrays;

import io.netty.buffer.ByteBuf;

/**
 * The lines of a block of fields in one array, behind each other without a gap: makes
 * them of what a connection brought, of names and values, or of another block's, and
 * writes them out.
 */
abstract class FieldLines extends FieldIndex {

	/** What a line has besides its name and its value. */
	private static final int AROUND = ": ".length() + "\r\n".length();

	private byte[] bytes;

	/** Where the lines begin. */
	private int start;

	/** Where they end. */
	private int end;

	/** Where bytes end of which lines are to be made. */
	private int loaded;

	/**
	 * Make a block without lines.
	 * @param size for how many bytes there is room at first
	 * @param fields for how many lines there is room at first; 0 for a block that takes
	 * none
	 */
	FieldLines(int size, int fields) {
		super(fields);
		this.bytes = new byte[size];
	}

	/**
	 * Remove all fields.
	 */
	public final void clear() {
		strikeAll();
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
	public final int load(ByteBuf in) {
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
	public final int loaded() {
		return this.loaded;
	}

	/**
	 * Begin to make lines of what was loaded, or was before {@link #clear}.
	 * @param start the first line's first byte
	 * @param loaded the place behind the bytes that were loaded
	 */
	public final void beginAt(int start, int loaded) {
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
	public final void take(HeaderKind kind, int nameStart, int nameEnd, int valueStart, int valueEnd) {
		reserveEntry();
		if (nameStart == this.end && isUsual(nameEnd, valueStart) && this.bytes[valueEnd] == '\r') {
			this.end = enter(kind, nameStart, nameEnd, valueStart, valueEnd);
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
		this.end = enter(kind, at, separator, value, value + valueLength);
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
	public final void add(HeaderKind kind, byte[] source, int nameStart, int nameEnd, int valueStart, int valueEnd) {
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
	public final void add(HeaderKind kind, byte[] names, int nameStart, int nameEnd, byte[] values, int valueStart,
			int valueEnd) {
		int nameLength = nameEnd - nameStart;
		int valueLength = valueEnd - valueStart;
		int at = reserve(nameLength + valueLength + AROUND);
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
	public final void addLine(HeaderKind kind, byte[] line, int nameLength) {
		int at = reserve(line.length);
		System.arraycopy(line, 0, this.bytes, at, line.length);
		separate(kind, at, nameLength, line.length - nameLength - AROUND);
	}

	/**
	 * Add a field.
	 * @param name its name, in ASCII
	 * @param value its value, in ISO-8859-1
	 */
	public final void add(String name, String value) {
		add(HeaderKind.of(name), name, value);
	}

	/**
	 * Add a field.
	 * @param kind what it is
	 * @param name its name, in ASCII
	 * @param value its value, in ISO-8859-1
	 */
	public final void add(HeaderKind kind, String name, String value) {
		int at = reserve(name.length() + value.length() + AROUND);
		Latin1.put(name, this.bytes, at);
		Latin1.put(value, this.bytes, at + name.length() + 2);
		separate(kind, at, name.length(), value.length());
	}

	/**
	 * Add a field of another block.
	 * @param other the other block
	 * @param index the field's place there
	 */
	public final void add(FieldLines other, int index) {
		addAll(other, index, index + 1);
	}

	/**
	 * Add all fields of another block.
	 * @param other the other block
	 */
	public final void addAll(FieldLines other) {
		addAll(other, 0, other.size());
	}

	/**
	 * Add fields of another block that stand behind each other, in one copy.
	 * @param other the other block
	 * @param from the first field's place there
	 * @param to the place behind the last one
	 */
	public final void addAll(FieldLines other, int from, int to) {
		if (from >= to) {
			return;
		}
		int source = other.lineStart(from);
		int length = other.lineEnd(to - 1) - source;
		int at = reserve(length);
		System.arraycopy(other.bytes, source, this.bytes, at, length);
		reserveEntries(to - from);
		enterAll(other, from, to, at - source);
		this.end = at + length;
		this.loaded = this.end;
	}

	/**
	 * Add the fields of some kinds to another block, as many in one copy as stand behind
	 * each other.
	 * @param out the other block
	 * @param passed the kinds, as {@link HeaderKind#mask} has them
	 */
	final void copyTo(FieldLines out, int passed) {
		int run = 0;
		for (int i = 0; i < size(); i++) {
			if (!isOneOf(i, passed)) {
				out.addAll(this, run, i);
				run = i + 1;
			}
		}
		out.addAll(this, run, size());
	}

	/**
	 * Remove a field.
	 * @param index the field's place
	 */
	public final void remove(int index) {
		int at = lineStart(index);
		int next = lineEnd(index);
		System.arraycopy(this.bytes, next, this.bytes, at, this.end - next);
		this.end -= next - at;
		this.loaded = this.end;
		strike(index);
	}

	private int reserve(int length) {
		int at = this.end;
		if (at + length > this.bytes.length) {
			this.bytes = Arrays.copyOf(this.bytes, Math.max(this.bytes.length * 2, at + length));
		}
		return at;
	}

	private void separate(HeaderKind kind, int at, int nameLength, int valueLength) {
		reserveEntry();
		int nameEnd = at + nameLength;
		int valueEnd = nameEnd + 2 + valueLength;
		this.bytes[nameEnd] = ':';
		this.bytes[nameEnd + 1] = ' ';
		this.bytes[valueEnd] = '\r';
		this.bytes[valueEnd + 1] = '\n';
		this.end = enter(kind, at, nameEnd, nameEnd + 2, valueEnd);
		this.loaded = this.end;
	}

	/**
	 * Return where all lines stand, without a copy: valid until the next change.
	 */
	public final byte[] bytes() {
		return this.bytes;
	}

	/**
	 * Return the size of all lines, bytes.
	 */
	public final int length() {
		return this.end - this.start;
	}

	/**
	 * Return how many bytes of memory the lines and what is known of them may take
	 * without taking more.
	 */
	public final int capacity() {
		return this.bytes.length + indexCapacity();
	}

	/**
	 * Write all fields as HTTP/1.1 has them, without the empty line behind them.
	 * @param out where they go
	 */
	public final void writeTo(ByteBuf out) {
		out.writeBytes(this.bytes, this.start, this.end - this.start);
	}

	/**
	 * Write all fields as HTTP/1.1 has them, without the empty line behind them.
	 * @param out where they go, with room for {@link #length}
	 * @param at where the first one goes
	 */
	public final void writeTo(byte[] out, int at) {
		System.arraycopy(this.bytes, this.start, out, at, this.end - this.start);
	}

	@Override
	public final String toString() {
		return Latin1.text(this.bytes, this.start, this.end);
	}

}
