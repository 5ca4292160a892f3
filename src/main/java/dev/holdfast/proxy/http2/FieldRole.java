package dev.holdfast.proxy.http2;

import dev.holdfast.proxy.header.HeaderKind;

/**
 * What a field is to HTTP/2, by its name.
 */
enum FieldRole {

	ORDINARY,

	/** Comes in pieces to be joined (RFC 9113, section 8.2.3). */
	COOKIE,

	AUTHORITY, METHOD, PATH, PROTOCOL, SCHEME, STATUS,

	/** Makes a message malformed: no name, or one of a single connection's fields. */
	FORBIDDEN;

	/**
	 * Find the role of a field.
	 * @param kind its kind
	 * @param bytes where its name stands
	 * @param start the first byte of the name
	 * @param end the byte behind the name
	 * @return the role
	 */
	static FieldRole of(HeaderKind kind, byte[] bytes, int start, int end) {
		if (end > start && bytes[start] == ':') {
			return pseudo(bytes, start, end);
		}
		if (!Octets.isName(bytes, start, end)) {
			return FORBIDDEN;
		}
		return switch (kind) {
			case CONNECTION, KEEP_ALIVE, TRANSFER_ENCODING, UPGRADE -> FORBIDDEN;
			case HOP_BY_HOP -> Octets.equal(bytes, start, end, "proxy-connection") ? FORBIDDEN : ORDINARY;
			case ORDINARY -> Octets.equal(bytes, start, end, "cookie") ? COOKIE : ORDINARY;
			default -> ORDINARY;
		};
	}

	private static FieldRole pseudo(byte[] bytes, int start, int end) {
		FieldRole candidate = switch (end - start) {
			case 5 -> PATH;
			case 7 -> switch (bytes[start + 2]) {
				case 'e' -> METHOD;
				case 'c' -> SCHEME;
				default -> STATUS;
			};
			case 9 -> PROTOCOL;
			case 10 -> AUTHORITY;
			default -> FORBIDDEN;
		};
		String name = switch (candidate) {
			case PATH -> ":path";
			case METHOD -> ":method";
			case SCHEME -> ":scheme";
			case STATUS -> ":status";
			case PROTOCOL -> ":protocol";
			case AUTHORITY -> ":authority";
			case ORDINARY, COOKIE, FORBIDDEN -> "";
		};
		return Octets.equal(bytes, start, end, name) ? candidate : FORBIDDEN;
	}

}
