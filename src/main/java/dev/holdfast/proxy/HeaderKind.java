package dev.holdfast.proxy;

/**
 * What the gateway has to do with a header field.
 */
enum HeaderKind {

	/** Passed on. */
	ORDINARY,

	/** Of one connection only, and never passed on (RFC 9110, section 7.6.1). */
	HOP_BY_HOP,

	CONNECTION,

	KEEP_ALIVE,

	TE,

	TRANSFER_ENCODING,

	UPGRADE,

	CONTENT_LENGTH,

	CONTENT_TYPE,

	HOST,

	EXPECT,

	VIA,

	FORWARDED,

	X_FORWARDED_FOR,

	X_FORWARDED_PROTO,

	X_FORWARDED_HOST,

	X_FORWARDED_PORT,

	X_FORWARDED_PREFIX,

	X_REQUEST_ID,

	IDEMPOTENCY_KEY,

	/** Says who the client is (RFC 9440): believed from few. */
	CLIENT_CERT;

	/**
	 * Finds a field's kind. Most names differ from all of interest in their length alone.
	 * @param name the field's name, in any case
	 */
	static HeaderKind of(String name) {
		return switch (name.length()) {
			case 2 -> is(name, "TE", TE);
			case 3 -> is(name, "Via", VIA);
			case 4 -> is(name, "Host", HOST);
			case 6 -> is(name, "Expect", EXPECT);
			case 7 -> is(name, "Upgrade", UPGRADE);
			case 9 -> is(name, "Forwarded", FORWARDED);
			case 10 -> is(name, "Connection", CONNECTION, "Keep-Alive", KEEP_ALIVE);
			case 11 -> is(name, "Client-Cert", CLIENT_CERT);
			case 12 -> is(name, "Content-Type", CONTENT_TYPE, "X-Request-Id", X_REQUEST_ID);
			case 14 -> is(name, "Content-Length", CONTENT_LENGTH);
			case 15 -> is(name, "X-Forwarded-For", X_FORWARDED_FOR, "Idempotency-Key", IDEMPOTENCY_KEY);
			case 16 -> name.equalsIgnoreCase("Proxy-Connection") ? HOP_BY_HOP
					: is(name, "X-Forwarded-Host", X_FORWARDED_HOST, "X-Forwarded-Port", X_FORWARDED_PORT);
			case 17 -> name.equalsIgnoreCase("Client-Cert-Chain") ? CLIENT_CERT
					: is(name, "Transfer-Encoding", TRANSFER_ENCODING, "X-Forwarded-Proto", X_FORWARDED_PROTO);
			case 18 -> is(name, "X-Forwarded-Prefix", X_FORWARDED_PREFIX, "Proxy-Authenticate", HOP_BY_HOP);
			case 19 -> is(name, "Proxy-Authorization", HOP_BY_HOP);
			default -> ORDINARY;
		};
	}

	private static HeaderKind is(String name, String candidate, HeaderKind kind) {
		return name.equalsIgnoreCase(candidate) ? kind : ORDINARY;
	}

	private static HeaderKind is(String name, String candidate, HeaderKind kind, String other, HeaderKind otherKind) {
		return name.equalsIgnoreCase(candidate) ? kind : is(name, other, otherKind);
	}

}
