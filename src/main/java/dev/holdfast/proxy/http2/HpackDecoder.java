package dev.holdfast.proxy.http2;

import dev.holdfast.proxy.header.HeaderKind;

/**
 * Reads the blocks that heads and trailers come in (RFC 7541).
 */
final class HpackDecoder {

	/**
	 * How large the table may be, bytes: what SETTINGS_HEADER_TABLE_SIZE is by default.
	 */
	static final int TABLE_SIZE = 4096;

	/** A literal that nobody on the way may keep either (RFC 7541, section 6.2.3). */
	private static final int NEVER_INDEXED = 0x10;

	private static final byte[] EMPTY = {};

	/** What is kept for texts between two blocks, bytes. */
	private static final int KEPT = 4096;

	private final HpackTable table = new HpackTable(TABLE_SIZE);

	private byte[] block = EMPTY;

	private int at;

	private int end;

	/** What Huffman's code stood for in the field that is being read. */
	private byte[] decoded = EMPTY;

	private int decodedEnd;

	// The text that was read last.
	private byte[] text = EMPTY;

	private int textStart;

	private int textEnd;

	/**
	 * Read a block.
	 * @param block where it stands
	 * @param start its first byte
	 * @param end the byte behind it
	 * @param fields where its fields go
	 * @throws Http2ViolationException if it is malformed, so that the table is not the
	 * peer's any more
	 */
	void decode(byte[] block, int start, int end, Fields fields) throws Http2ViolationException {
		this.block = block;
		this.at = start;
		this.end = end;
		boolean first = true;
		while (this.at < end) {
			int b = block[this.at];
			if (b < 0) {
				fields.add(entry(integer(7)));
			}
			else if ((b & 0x40) != 0) {
				literal(fields, integer(6), true, false);
			}
			else if ((b & 0x20) == 0) {
				literal(fields, integer(4), false, (b & NEVER_INDEXED) != 0);
			}
			else if (first) {
				resize(integer(5));
				continue;
			}
			else {
				throw malformed("a change of the table's size behind a field");
			}
			first = false;
		}
		this.block = EMPTY;
		this.text = EMPTY;
		if (this.decoded.length > KEPT) {
			this.decoded = EMPTY;
		}
	}

	private static Http2ViolationException malformed(String what) {
		return new Http2ViolationException(ErrorCode.COMPRESSION_ERROR, "header block: " + what);
	}

	private void resize(int size) throws Http2ViolationException {
		if (size > TABLE_SIZE) {
			throw malformed("a table of %d bytes (expected: at most %d)".formatted(size, TABLE_SIZE));
		}
		this.table.resize(size);
	}

	private HpackEntry entry(int index) throws Http2ViolationException {
		HpackEntry entry = null;
		if (index > HpackStaticTable.SIZE) {
			entry = this.table.get(index - HpackStaticTable.SIZE - 1);
		}
		else if (index > 0) {
			entry = HpackStaticTable.get(index);
		}
		if (entry == null) {
			throw malformed("no entry " + index);
		}
		return entry;
	}

	private void literal(Fields fields, int nameIndex, boolean indexed, boolean sensitive)
			throws Http2ViolationException {
		this.decodedEnd = 0;
		HpackEntry named = (nameIndex > 0) ? entry(nameIndex) : null;
		if (named == null) {
			readText();
		}
		byte[] names = (named != null) ? named.line() : this.text;
		int nameStart = (named != null) ? 0 : this.textStart;
		int nameEnd = (named != null) ? named.nameLength() : this.textEnd;
		HeaderKind kind = (named != null) ? named.kind() : HeaderKind.of(names, nameStart, nameEnd - nameStart);
		FieldRole role = (named != null) ? named.role() : FieldRole.of(kind, names, nameStart, nameEnd);
		readText();
		if (indexed) {
			HpackEntry added = HpackEntry.of(kind, role, names, nameStart, nameEnd, this.text, this.textStart,
					this.textEnd);
			this.table.add(added);
			fields.add(added);
		}
		else {
			fields.add(kind, role, names, nameStart, nameEnd, this.text, this.textStart, this.textEnd, sensitive);
		}
	}

	/**
	 * Reads a number (RFC 7541, section 5.1).
	 */
	private int integer(int bits) throws Http2ViolationException {
		int most = (1 << bits) - 1;
		int value = this.block[this.at++] & most;
		if (value < most) {
			return value;
		}
		for (int shift = 0; shift <= 21; shift += 7) {
			if (this.at == this.end) {
				throw malformed("a number that is cut off");
			}
			int b = this.block[this.at++];
			value += (b & 0x7f) << shift;
			if (b >= 0) {
				return value;
			}
		}
		throw malformed("a number of more than four bytes");
	}

	private void readText() throws Http2ViolationException {
		if (this.at == this.end) {
			throw malformed("a field that is cut off");
		}
		boolean huffman = this.block[this.at] < 0;
		int length = integer(7);
		int start = this.at;
		if (length > this.end - start) {
			throw malformed("a text that is cut off");
		}
		this.at += length;
		if (huffman) {
			readHuffman(start, start + length);
		}
		else {
			this.text = this.block;
			this.textStart = start;
			this.textEnd = start + length;
		}
	}

	private void readHuffman(int start, int end) throws Http2ViolationException {
		int room = this.decodedEnd + Huffman.maxDecodedLength(end - start);
		if (room > this.decoded.length) {
			// The name that is read from the old one stays where it is.
			this.decoded = new byte[Math.max(256, room + room / 2)];
			this.decodedEnd = 0;
		}
		int decodedTo = Huffman.decode(this.block, start, end, this.decoded, this.decodedEnd);
		if (decodedTo < 0) {
			throw malformed("a text that is not Huffman's code");
		}
		this.text = this.decoded;
		this.textStart = this.decodedEnd;
		this.textEnd = decodedTo;
		this.decodedEnd = decodedTo;
	}

	/**
	 * Return the table that the peer fills, for tests.
	 */
	HpackTable table() {
		return this.table;
	}

	/**
	 * Takes the fields of a block in their order.
	 */
	interface Fields {

		/**
		 * Take a field that is in the table.
		 * @param entry the entry
		 */
		void add(HpackEntry entry);

		/**
		 * Take a field that is not in the table.
		 * @param kind the field's kind
		 * @param role the field's role
		 * @param names where its name stands, during this call
		 * @param values where its value stands, during this call
		 * @param sensitive whether nobody on the way may keep it in a table
		 */
		void add(HeaderKind kind, FieldRole role, byte[] names, int nameStart, int nameEnd, byte[] values,
				int valueStart, int valueEnd, boolean sensitive);

	}

}
