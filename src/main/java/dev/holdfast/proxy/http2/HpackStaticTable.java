package dev.holdfast.proxy.http2;

import java.nio.charset.StandardCharsets;

/**
 * The table that both sides know (RFC 7541, appendix A).
 */
final class HpackStaticTable {

	/** How many entries there are; the first has the index 1. */
	static final int SIZE = 61;

	static final int AUTHORITY = 1;

	static final int METHOD = 2;

	static final int METHOD_GET = 2;

	static final int METHOD_POST = 3;

	static final int PATH = 4;

	static final int SCHEME_HTTP = 6;

	static final int SCHEME_HTTPS = 7;

	static final int STATUS = 8;

	static final int AUTHORIZATION = 23;

	static final int COOKIE = 32;

	static final int SET_COOKIE = 55;

	private static final String[] FIELDS = { ":authority", ":method: GET", ":method: POST", ":path: /",
			":path: /index.html", ":scheme: http", ":scheme: https", ":status: 200", ":status: 204", ":status: 206",
			":status: 304", ":status: 400", ":status: 404", ":status: 500", "accept-charset",
			"accept-encoding: gzip, deflate", "accept-language", "accept-ranges", "accept",
			"access-control-allow-origin", "age", "allow", "authorization", "cache-control", "content-disposition",
			"content-encoding", "content-language", "content-length", "content-location", "content-range",
			"content-type", "cookie", "date", "etag", "expect", "expires", "from", "host", "if-match",
			"if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "last-modified", "link",
			"location", "max-forwards", "proxy-authenticate", "proxy-authorization", "range", "referer", "refresh",
			"retry-after", "server", "set-cookie", "strict-transport-security", "transfer-encoding", "user-agent",
			"vary", "via", "www-authenticate" };

	private static final HpackEntry[] ENTRIES = entries();

	private static final int NAMES_MASK = 0xff;

	private static final byte[] NAMES = names();

	private HpackStaticTable() {
	}

	private static HpackEntry[] entries() {
		HpackEntry[] entries = new HpackEntry[SIZE];
		for (int i = 0; i < SIZE; i++) {
			int colon = FIELDS[i].indexOf(": ");
			entries[i] = (colon < 0) ? HpackEntry.of(FIELDS[i], "")
					: HpackEntry.of(FIELDS[i].substring(0, colon), FIELDS[i].substring(colon + 2));
		}
		return entries;
	}

	private static byte[] names() {
		byte[] names = new byte[NAMES_MASK + 1];
		for (int i = SIZE - 1; i >= 0; i--) {
			HpackEntry entry = ENTRIES[i];
			int place = place(hash(entry.line(), 0, entry.nameLength()));
			while (names[place] != 0 && !sameName(ENTRIES[names[place] - 1], entry)) {
				place = (place + 1) & NAMES_MASK;
			}
			names[place] = (byte) (i + 1);
		}
		return names;
	}

	private static boolean sameName(HpackEntry one, HpackEntry other) {
		return matches(one, other.line(), 0, other.nameLength());
	}

	private static boolean matches(HpackEntry entry, byte[] bytes, int start, int end) {
		if (entry.nameLength() != end - start) {
			return false;
		}
		for (int i = start; i < end; i++) {
			if (entry.line()[i - start] != Octets.lower(bytes[i])) {
				return false;
			}
		}
		return true;
	}

	private static int place(int hash) {
		return (hash ^ (hash >>> 8) ^ (hash >>> 16)) & NAMES_MASK;
	}

	/**
	 * Return a number that names in any case have in common.
	 */
	static int hash(byte[] bytes, int start, int end) {
		int hash = 0;
		for (int i = start; i < end; i++) {
			hash = hash * 31 + Octets.lower(bytes[i]);
		}
		return hash;
	}

	/**
	 * Return an entry.
	 * @param index its index, 1 to {@link #SIZE}
	 */
	static HpackEntry get(int index) {
		return ENTRIES[index - 1];
	}

	/**
	 * Find an entry by its name.
	 * @param hash the name's {@link #hash}
	 * @param bytes where the name stands, in any case
	 * @return the lowest index, 0 when there is none
	 */
	static int indexOf(int hash, byte[] bytes, int start, int end) {
		for (int place = place(hash); NAMES[place] != 0; place = (place + 1) & NAMES_MASK) {
			if (matches(ENTRIES[NAMES[place] - 1], bytes, start, end)) {
				return NAMES[place];
			}
		}
		return 0;
	}

	/**
	 * Find the entry of a status.
	 * @param status the status code
	 * @return its index, 0 when there is none
	 */
	static int indexOfStatus(int status) {
		return switch (status) {
			case 200 -> STATUS;
			case 204 -> STATUS + 1;
			case 206 -> STATUS + 2;
			case 304 -> STATUS + 3;
			case 400 -> STATUS + 4;
			case 404 -> STATUS + 5;
			case 500 -> STATUS + 6;
			default -> 0;
		};
	}

	/**
	 * Return the bytes of a text.
	 */
	static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

}
