package dev.holdfast.registry.format;

import dev.holdfast.service.ServiceName;
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

	private final @Nullable ServiceName[] services = new @Nullable ServiceName[SIZE];

	/**
	 * Find the object for a text.
	 * @param text the text
	 * @return an equal one, which may have been given before
	 */
	String shared(String text) {
		if (text.isEmpty() || text.length() > MAX_LENGTH) {
			return text;
		}
		int place = place(text);
		String found = this.known[place];
		if (text.equals(found)) {
			return found;
		}
		this.known[place] = text;
		return text;
	}

	/**
	 * Find the name of a service, which each of its instances has.
	 * @param name the name
	 * @return an equal one, which may have been given before
	 * @throws IllegalArgumentException if it cannot name a service
	 */
	ServiceName service(String name) {
		int place = place(name);
		ServiceName found = this.services[place];
		if (found != null && found.value().equals(name)) {
			return found;
		}
		ServiceName created = new ServiceName(name);
		this.services[place] = created;
		return created;
	}

	private static int place(String text) {
		int hash = text.hashCode();
		return (hash ^ (hash >>> 16)) & (SIZE - 1);
	}

}
