package dev.holdfast.proxy.header;

import java.nio.charset.StandardCharsets;

/**
 * What the gateway has to do with a header field.
 */
public enum HeaderKind {

	/** Passed on. */
	ORDINARY,

	/** Of one connection only, and never passed on (RFC 9110, section 7.6.1). */
	HOP_BY_HOP("Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization"),

	CONNECTION("Connection"),

	KEEP_ALIVE("Keep-Alive"),

	TE("TE"),

	TRANSFER_ENCODING("Transfer-Encoding"),

	UPGRADE("Upgrade"),

	CONTENT_LENGTH("Content-Length"),

	CONTENT_TYPE("Content-Type"),

	HOST("Host"),

	EXPECT("Expect"),

	VIA("Via"),

	FORWARDED("Forwarded"),

	X_FORWARDED_FOR("X-Forwarded-For"),

	X_FORWARDED_PROTO("X-Forwarded-Proto"),

	X_FORWARDED_HOST("X-Forwarded-Host"),

	X_FORWARDED_PORT("X-Forwarded-Port"),

	X_FORWARDED_PREFIX("X-Forwarded-Prefix"),

	X_REQUEST_ID("X-Request-Id"),

	IDEMPOTENCY_KEY("Idempotency-Key"),

	/** Says who the client is (RFC 9440): believed from few. */
	CLIENT_CERT("Client-Cert", "Client-Cert-Chain");

	private static final int LONGEST = 19;

	private static final NameTable<HeaderKind> NAMES = names();

	private static final HeaderKind[] KINDS = values();

	@SuppressWarnings("ImmutableEnumChecker") // never changed
	private final String[] names;

	/** Its place among the kinds, as arrays have it. */
	private final byte number;

	@SuppressWarnings("EnumOrdinal") // never leaves the process
	HeaderKind(String... names) {
		this.names = names;
		this.number = (byte) ordinal();
	}

	private static NameTable<HeaderKind> names() {
		NameTable<HeaderKind> table = new NameTable<>(LONGEST);
		for (HeaderKind kind : values()) {
			for (String name : kind.names) {
				table.put(name, kind);
			}
		}
		return table;
	}

	/**
	 * Return the kind as a number.
	 */
	byte number() {
		return this.number;
	}

	/**
	 * Return the kind as an element of a set of kinds.
	 */
	int bit() {
		return 1 << this.number;
	}

	/**
	 * Return a set of kinds: their bits.
	 */
	static int mask(HeaderKind... kinds) {
		int mask = 0;
		for (HeaderKind kind : kinds) {
			mask |= kind.bit();
		}
		return mask;
	}

	/**
	 * Return the kind of a number.
	 * @param number the number
	 */
	static HeaderKind of(byte number) {
		return KINDS[number];
	}

	/**
	 * Find the kind of a field.
	 * @param bytes where its name stands, in any case
	 * @param start the first byte of the name
	 * @param length the length of the name
	 * @return the kind
	 */
	public static HeaderKind of(byte[] bytes, int start, int length) {
		HeaderKind kind = NAMES.find(bytes, start, length);
		return (kind != null) ? kind : ORDINARY;
	}

	/**
	 * Find the kind of a field.
	 * @param name its name, in any case
	 * @return the kind
	 */
	public static HeaderKind of(String name) {
		return of(name.getBytes(StandardCharsets.ISO_8859_1), 0, name.length());
	}

}
