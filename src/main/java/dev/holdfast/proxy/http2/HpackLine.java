package dev.holdfast.proxy.http2;

/**
 * A field that the peer has been told to keep.
 */
final class HpackLine {

	private final int hash;

	private final byte[] bytes;

	private final int nameLength;

	private final long number;

	/**
	 * Keep a field.
	 * @param hash the field's hash
	 * @param number how many were kept before it
	 * @param source where name and value stand
	 */
	HpackLine(int hash, long number, byte[] source, int nameStart, int nameEnd, int valueStart, int valueEnd) {
		this.hash = hash;
		this.number = number;
		this.nameLength = nameEnd - nameStart;
		this.bytes = new byte[this.nameLength + valueEnd - valueStart];
		for (int i = 0; i < this.nameLength; i++) {
			this.bytes[i] = Octets.lower(source[nameStart + i]);
		}
		System.arraycopy(source, valueStart, this.bytes, this.nameLength, valueEnd - valueStart);
	}

	long number() {
		return this.number;
	}

	int size() {
		return this.bytes.length + HpackEntry.OVERHEAD;
	}

	boolean matches(int hash, byte[] source, int nameStart, int nameEnd, int valueStart, int valueEnd) {
		int valueLength = valueEnd - valueStart;
		if (hash != this.hash || nameEnd - nameStart != this.nameLength
				|| valueLength != this.bytes.length - this.nameLength) {
			return false;
		}
		for (int i = 0; i < this.nameLength; i++) {
			if (this.bytes[i] != Octets.lower(source[nameStart + i])) {
				return false;
			}
		}
		for (int i = 0; i < valueLength; i++) {
			if (this.bytes[this.nameLength + i] != source[valueStart + i]) {
				return false;
			}
		}
		return true;
	}

}
