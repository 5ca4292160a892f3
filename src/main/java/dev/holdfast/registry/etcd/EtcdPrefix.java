package dev.holdfast.registry.etcd;

import dev.holdfast.registry.format.RecordReader;

/**
 * A part of etcd's keys that holds registrations.
 *
 * @param prefix what all of its keys begin with, a slash at its end
 * @param reader reads its records
 */
public record EtcdPrefix(String prefix, RecordReader reader) {

	/**
	 * Checks the prefix.
	 * @throws IllegalArgumentException if it does not end in a slash: {@code /services}
	 * would match {@code /services-old/} as well
	 */
	public EtcdPrefix {
		if (!prefix.endsWith("/")) {
			throw new IllegalArgumentException("prefix: \"%s\" (expected: a slash at its end)".formatted(prefix));
		}
	}

}
