package dev.holdfast.registry.format;

import org.jspecify.annotations.Nullable;

/**
 * Gives texts that many records repeat, such as zones, versions and what metadata has, as
 * one object each: in a large registry they are most of what it holds. Remembers a fixed
 * number of short texts, and forgets one for another. Safe on any thread: two that race
 * keep two objects of one text, no more.
 */
final class RepeatedTexts {

	/** A power of two. */
	private static final int SIZE = 8_192;

	/** What is longer is hardly repeated, and must not be kept for ever. */
	private static final int MAX_LENGTH = 64;

	private final @Nullable String[] known = new @Nullable String[SIZE];

	/**
	 * Find the object for a text.
	 * @param text the text
	 * @return an equal one, which may have been given before
	 */
	String shared(String text) {
		if (text.isEmpty() || text.length() > MAX_LENGTH) {
			return text;
		}
		int hash = text.hashCode();
		int place = (hash ^ (hash >>> 16)) & (SIZE - 1);
		String found = this.known[place];
		if (text.equals(found)) {
			return found;
		}
		this.known[place] = text;
		return text;
	}

}
