package dev.holdfast.registry.etcd;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.etcd.jetcd.ByteSequence;

/**
 * Reads and writes keys, which are bytes to etcd and text to the registry.
 */
final class EtcdKey {

	private EtcdKey() {
	}

	/**
	 * Gives text as etcd stores it.
	 */
	static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	/**
	 * Tells whether a key is text in UTF-8.
	 */
	static boolean isText(ByteSequence key) {
		return Arrays.equals(key.getBytes(), decode(key).getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Gives a key as text. One that is not UTF-8 is escaped byte by byte: replacement
	 * characters would make one key of two, and the deletion of one would take the other.
	 */
	static String text(ByteSequence key) {
		if (isText(key)) {
			return decode(key);
		}
		StringBuilder text = new StringBuilder();
		for (byte b : key.getBytes()) {
			if (b > ' ') {
				text.append((char) b);
			}
			else {
				text.append("\\x%02x".formatted(b));
			}
		}
		return text.toString();
	}

	/**
	 * Gives the key that comes next after one, whether there is such a key or not.
	 */
	static ByteSequence successor(ByteSequence key) {
		return key.concat(ByteSequence.from(new byte[] { 0 }));
	}

	private static String decode(ByteSequence key) {
		return key.toString(StandardCharsets.UTF_8);
	}

}
