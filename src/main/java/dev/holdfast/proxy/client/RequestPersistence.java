package dev.holdfast.proxy.client;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;

/**
 * Whether a client keeps its connection for more requests (RFC 9112, section 9.3).
 */
final class RequestPersistence {

	private RequestPersistence() {
	}

	/**
	 * Whether it wants to go on behind a request.
	 */
	static boolean keepsConnection(RequestHead head) {
		boolean kept = head.version() != HttpVersion.HTTP_1_0;
		HeaderFields fields = head.fields();
		int first = fields.indexOf(HeaderKind.CONNECTION);
		for (int i = first; i >= 0 && i < fields.size(); i++) {
			if (fields.kind(i) != HeaderKind.CONNECTION) {
				continue;
			}
			if (contains(fields, i, "close")) {
				return false;
			}
			kept |= contains(fields, i, "keep-alive");
		}
		return kept;
	}

	private static boolean contains(HeaderFields fields, int field, String option) {
		byte[] bytes = fields.bytes();
		int end = fields.valueEnd(field);
		int start = fields.valueStart(field);
		while (start < end) {
			int stop = start;
			while (stop < end && !isSeparator(bytes[stop])) {
				stop++;
			}
			if (isOption(bytes, start, stop, option)) {
				return true;
			}
			start = stop + 1;
		}
		return false;
	}

	private static boolean isSeparator(byte c) {
		return c == ',' || c == ' ' || c == '\t';
	}

	private static boolean isOption(byte[] bytes, int start, int end, String option) {
		if (end - start != option.length()) {
			return false;
		}
		for (int i = 0; i < option.length(); i++) {
			// Letters and a hyphen, which has the bit set.
			if ((bytes[start + i] | 0x20) != option.charAt(i)) {
				return false;
			}
		}
		return true;
	}

}
