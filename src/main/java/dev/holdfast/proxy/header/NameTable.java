package dev.holdfast.proxy.header;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Finds what belongs to a field's name, in any case. Most names differ from all that are
 * known in their length and their last letter.
 *
 * @param <T> what belongs to a name
 */
final class NameTable<T> {

	private static final int LAST_LETTERS = 32;

	private final @Nullable Entry<T>[] entries;

	private final int longest;

	/**
	 * Make a table without names.
	 * @param longest the length of the longest name that will be put into it
	 */
	@SuppressWarnings("unchecked")
	NameTable(int longest) {
		this.longest = longest;
		this.entries = (Entry<T>[]) new Entry<?>[(longest + 1) * LAST_LETTERS];
	}

	/**
	 * Put a name into the table.
	 * @param name the name, in any case
	 * @param value what belongs to it
	 */
	void put(String name, T value) {
		byte[] lower = name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
		int place = place(lower.length, lower[lower.length - 1]);
		this.entries[place] = new Entry<>(lower, value, this.entries[place]);
	}

	private static int place(int length, byte last) {
		return length * LAST_LETTERS + (last & (LAST_LETTERS - 1));
	}

	/**
	 * Find what belongs to a name.
	 * @param bytes where it stands
	 * @param start the first byte of the name
	 * @param length the length of the name
	 * @return what belongs to it, {@code null} when it is not in the table
	 */
	@Nullable T find(byte[] bytes, int start, int length) {
		if (length == 0 || length > this.longest) {
			return null;
		}
		Entry<T> entry = this.entries[place(length, bytes[start + length - 1])];
		while (entry != null && !entry.matches(bytes, start)) {
			entry = entry.next;
		}
		return (entry != null) ? entry.value : null;
	}

	private static final class Entry<T> {

		private final byte[] lower;

		private final T value;

		private final @Nullable Entry<T> next;

		private Entry(byte[] lower, T value, @Nullable Entry<T> next) {
			this.lower = lower;
			this.value = value;
			this.next = next;
		}

		private boolean matches(byte[] bytes, int start) {
			byte[] wanted = this.lower;
			for (int i = wanted.length - 1; i >= 0; i--) {
				byte c = bytes[start + i];
				if (c != wanted[i] && ((c | 0x20) != wanted[i] || c < 'A')) {
					return false;
				}
			}
			return true;
		}

	}

}
