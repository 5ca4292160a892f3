package dev.holdfast.proxy.header;

import java.nio.charset.StandardCharsets;

/**
 * Trailer fields.
 */
public final class Trailers {

	/**
	 * What must not come after the body (RFC 9110, section 6.5.1) besides what the
	 * gateway treats as its own: who merges trailers into the head would be told
	 * something else by them.
	 */
	private static final String[] FORBIDDEN = { "age", "authorization", "cache-control", "content-encoding",
			"content-location", "content-range", "content-type", "cookie", "date", "expires", "holdfast-error",
			"http2-settings", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since",
			"location", "max-forwards", "pragma", "range", "retry-after", "set-cookie", "trailer", "vary", "warning",
			"www-authenticate" };

	private static final int LONGEST = "if-unmodified-since".length();

	private static final NameTable<Boolean> TABLE = table();

	private Trailers() {
	}

	private static NameTable<Boolean> table() {
		NameTable<Boolean> table = new NameTable<>(LONGEST);
		for (String name : FORBIDDEN) {
			table.put(name, Boolean.TRUE);
		}
		return table;
	}

	/**
	 * Whether a field may come after a body: none that frames or routes the message, says
	 * who asks, or tells how to read what has come before.
	 * @param name the field's name, in any case
	 */
	public static boolean isAllowed(String name) {
		return isAllowed(HeaderKind.of(name), name.getBytes(StandardCharsets.ISO_8859_1), 0, name.length());
	}

	/**
	 * Whether a field may come after a body.
	 * @param kind what it is
	 * @param bytes where its name stands, in any case
	 * @param start the first byte of the name
	 * @param length the length of the name
	 */
	public static boolean isAllowed(HeaderKind kind, byte[] bytes, int start, int length) {
		return kind == HeaderKind.ORDINARY && TABLE.find(bytes, start, length) == null;
	}

	/**
	 * Return what of trailers may be passed on.
	 * @param received the trailers that were received
	 * @return the same when there are none
	 */
	public static HeaderFields allowed(HeaderFields received) {
		if (received.isEmpty()) {
			return received;
		}
		HeaderFields allowed = new HeaderFields();
		copy(received, allowed);
		return allowed;
	}

	/**
	 * Pass on what may be.
	 * @param received the trailers that were received
	 * @param out where they go
	 */
	public static void copy(HeaderFields received, HeaderFields out) {
		for (int i = 0; i < received.size(); i++) {
			int start = received.lineStart(i);
			if (isAllowed(received.kind(i), received.bytes(), start, received.nameEnd(i) - start)) {
				out.add(received, i);
			}
		}
	}

}
