package dev.holdfast.proxy.header;

import org.jspecify.annotations.Nullable;

/**
 * The fields of a head or of a trailer section in their order, each as the line that
 * HTTP/1.1 has for it: name, colon, at most one space, value and CRLF. Names and values
 * are ISO-8859-1, names in the case in which they came, values without blanks around
 * them. Lines stand behind each other without a gap, so that several are copied at once.
 * Not safe for use by more than one thread; made to be used again after {@link #clear}.
 */
public final class HeaderFields extends FieldLines {

	/** No fields; adding one to it fails. */
	public static final HeaderFields NONE = new HeaderFields(0, 0);

	/**
	 * Make an empty block.
	 */
	public HeaderFields() {
		this(512, 16);
	}

	private HeaderFields(int size, int fields) {
		super(size, fields);
	}

	/**
	 * Whether it is {@link #NONE}.
	 */
	public boolean isNone() {
		return this == NONE;
	}

	/**
	 * Return a field's name, in the case in which it came.
	 * @param index the field's place
	 */
	public String name(int index) {
		return Latin1.text(bytes(), lineStart(index), nameEnd(index));
	}

	/**
	 * Return a field's value.
	 * @param index the field's place
	 */
	public String value(int index) {
		return Latin1.text(bytes(), valueStart(index), valueEnd(index));
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
	 * Return the values of all fields of a kind as one list.
	 * @param kind the kind
	 * @param separator what stands between two values
	 * @return the list, {@code null} when there is no such field
	 */
	public @Nullable String joined(HeaderKind kind, String separator) {
		String joined = null;
		if (mayHave(kind.bit())) {
			for (int i = 0; i < size(); i++) {
				if (isOneOf(i, kind.bit())) {
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
		for (int i = 0; i < size(); i++) {
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
		return Latin1.equalsIgnoringCase(bytes(), lineStart(index), nameEnd(index), name);
	}

	/**
	 * Whether a field's value is a text.
	 * @param index the field's place
	 * @param text the text, in any case
	 */
	public boolean hasValue(int index, String text) {
		return Latin1.equalsIgnoringCase(bytes(), valueStart(index), valueEnd(index), text);
	}

	/**
	 * Whether a field's value is a text, in the same case.
	 * @param index the field's place
	 * @param text the text
	 */
	public boolean hasExactValue(int index, String text) {
		return Latin1.equals(bytes(), valueStart(index), valueEnd(index), text);
	}

	/**
	 * Whether a field's value begins with a text.
	 * @param index the field's place
	 * @param text the text, in any case
	 */
	public boolean valueBeginsWith(int index, String text) {
		int from = valueStart(index);
		return valueEnd(index) - from >= text.length()
				&& Latin1.equalsIgnoringCase(bytes(), from, from + text.length(), text);
	}

	/**
	 * Remove all fields of a name.
	 * @param name the name, in any case
	 */
	public void remove(String name) {
		for (int i = size() - 1; i >= 0; i--) {
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
			for (int i = size() - 1; i >= 0; i--) {
				if (isOneOf(i, kind.bit())) {
					remove(i);
				}
			}
			forget(kind);
		}
	}

}
