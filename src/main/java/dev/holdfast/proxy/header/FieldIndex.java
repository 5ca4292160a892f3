package dev.holdfast.proxy.header;

import java.util.Arrays;

/**
 * Where each field of a block stands, and what kind of field it is: finds fields by their
 * kind, and knows nothing of what their bytes say. A base class and no object of its own,
 * so that a block is one object and its fields are one step away.
 */
abstract class FieldIndex {

	// Of each field: where its line begins, where its name ends, where its value begins
	// and ends.
	private static final int LINE = 0;

	private static final int NAME_END = 1;

	private static final int VALUE = 2;

	private static final int VALUE_END = 3;

	private static final int STRIDE = 4;

	private static final boolean[] NOTHING_SENSITIVE = {};

	/** The length of what stands behind a value. */
	private static final int CRLF = 2;

	private int[] table;

	private byte[] kinds;

	/** Which fields are sensitive; empty until one is. */
	private boolean[] sensitive = NOTHING_SENSITIVE;

	private int size;

	/** A bit for each kind of which there is, or was, a field. */
	private int present;

	/**
	 * Make an empty index.
	 * @param fields for how many fields there is room at first; 0 for an index that takes
	 * none
	 */
	FieldIndex(int fields) {
		this.table = new int[fields * STRIDE];
		this.kinds = new byte[fields];
	}

	/**
	 * Return the number of fields.
	 */
	public final int size() {
		return this.size;
	}

	/**
	 * Whether there are no fields.
	 */
	public final boolean isEmpty() {
		return this.size == 0;
	}

	/**
	 * Return what a field is.
	 * @param index the field's place
	 */
	public final HeaderKind kind(int index) {
		return HeaderKind.of(this.kinds[index]);
	}

	/**
	 * Whether a field is of one of some kinds.
	 * @param index the field's place
	 * @param kinds the kinds, as {@link HeaderKind#mask} has them
	 */
	final boolean isOneOf(int index, int kinds) {
		return ((1 << this.kinds[index]) & kinds) != 0;
	}

	/**
	 * Whether there is a field of a kind.
	 * @param kind the kind
	 */
	public final boolean has(HeaderKind kind) {
		return indexOf(kind) >= 0;
	}

	/**
	 * Whether there may be a field of one of some kinds. Costs next to nothing.
	 * @param kinds the kinds, as {@link HeaderKind#mask} has them
	 * @return {@code false} when there is none
	 */
	final boolean mayHave(int kinds) {
		return (this.present & kinds) != 0;
	}

	/**
	 * Find the first field of a kind.
	 * @param kind the kind
	 * @return its place, -1 when there is none
	 */
	public final int indexOf(HeaderKind kind) {
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
	public final int lastIndexOf(HeaderKind kind) {
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
	public final int count(HeaderKind kind) {
		int count = 0;
		if ((this.present & kind.bit()) != 0) {
			for (int i = 0; i < this.size; i++) {
				count += (this.kinds[i] == kind.number()) ? 1 : 0;
			}
		}
		return count;
	}

	/**
	 * Return the first byte of a field's line and of its name.
	 * @param index the field's place
	 */
	public final int lineStart(int index) {
		return this.table[index * STRIDE + LINE];
	}

	/**
	 * Return the byte behind a field's name.
	 * @param index the field's place
	 */
	public final int nameEnd(int index) {
		return this.table[index * STRIDE + NAME_END];
	}

	/**
	 * Return the first byte of a field's value.
	 * @param index the field's place
	 */
	public final int valueStart(int index) {
		return this.table[index * STRIDE + VALUE];
	}

	/**
	 * Return the byte behind a field's value.
	 * @param index the field's place
	 */
	public final int valueEnd(int index) {
		return this.table[index * STRIDE + VALUE_END];
	}

	/**
	 * Return the byte behind a field's line.
	 * @param index the field's place
	 */
	public final int lineEnd(int index) {
		return valueEnd(index) + CRLF;
	}

	/**
	 * Say of the last field that nobody on the way may keep its value in a table for
	 * compression (RFC 7541, section 7.1.3).
	 */
	public final void markSensitive() {
		int last = this.size - 1;
		if (last >= this.sensitive.length) {
			this.sensitive = Arrays.copyOf(this.sensitive, this.kinds.length);
		}
		this.sensitive[last] = true;
	}

	/**
	 * Whether nobody on the way may keep a field's value in a table for compression.
	 * @param index the field's place
	 */
	public final boolean isSensitive(int index) {
		return index < this.sensitive.length && this.sensitive[index];
	}

	/**
	 * Make room for another entry.
	 */
	final void reserveEntry() {
		if (this.size == this.kinds.length) {
			reserveEntries(1);
		}
	}

	/**
	 * Make room for more entries.
	 */
	final void reserveEntries(int fields) {
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

	/**
	 * Enter a field, for which there is room.
	 * @return the byte behind its line
	 */
	final int enter(HeaderKind kind, int line, int nameEnd, int value, int valueEnd) {
		int entry = this.size * STRIDE;
		this.table[entry + LINE] = line;
		this.table[entry + NAME_END] = nameEnd;
		this.table[entry + VALUE] = value;
		this.table[entry + VALUE_END] = valueEnd;
		this.kinds[this.size] = kind.number();
		this.size++;
		this.present |= kind.bit();
		return valueEnd + CRLF;
	}

	/**
	 * Enter fields of another block, for which there is room.
	 * @param other the other block
	 * @param from the first field's place there
	 * @param to the place behind the last one
	 * @param distance how far their lines stand behind those of the other block
	 */
	final void enterAll(FieldIndex other, int from, int to, int distance) {
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
		if (other.sensitive.length > from) {
			enterSensitive(other, from, to);
		}
	}

	private void enterSensitive(FieldIndex other, int from, int to) {
		int first = this.size - (to - from);
		if (this.sensitive.length < this.size) {
			this.sensitive = Arrays.copyOf(this.sensitive, this.kinds.length);
		}
		for (int i = from; i < to; i++) {
			this.sensitive[first + i - from] = other.isSensitive(i);
		}
	}

	/**
	 * Strike a field out, over whose line the lines behind it are moved.
	 */
	final void strike(int index) {
		int length = lineEnd(index) - lineStart(index);
		this.size--;
		for (int i = index; i < this.size; i++) {
			this.kinds[i] = this.kinds[i + 1];
			for (int j = i * STRIDE; j < (i + 1) * STRIDE; j++) {
				this.table[j] = this.table[j + STRIDE] - length;
			}
		}
		if (this.sensitive.length > index) {
			System.arraycopy(this.sensitive, index + 1, this.sensitive, index, this.sensitive.length - index - 1);
			this.sensitive[this.sensitive.length - 1] = false;
		}
	}

	/**
	 * No field is left of a kind.
	 */
	final void forget(HeaderKind kind) {
		this.present &= ~kind.bit();
	}

	/**
	 * Strike all fields out.
	 */
	final void strikeAll() {
		this.size = 0;
		this.present = 0;
		this.sensitive = NOTHING_SENSITIVE;
	}

	/**
	 * Return how many bytes of memory the entries may take without taking more.
	 */
	final int indexCapacity() {
		return this.table.length * Integer.BYTES + this.kinds.length + this.sensitive.length;
	}

}
