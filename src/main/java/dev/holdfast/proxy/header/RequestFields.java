package dev.holdfast.proxy.header;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Writes the fields of a request that an instance sees: the client's without those of its
 * connection, and the gateway's own.
 */
public final class RequestFields {

	/**
	 * What is passed on as it came. Of the others, hop-by-hop fields among them, the
	 * gateway writes its own, or none.
	 */
	private static final int PASSED = HeaderKind.mask(HeaderKind.ORDINARY, HeaderKind.CONTENT_LENGTH,
			HeaderKind.CONTENT_TYPE, HeaderKind.EXPECT, HeaderKind.IDEMPOTENCY_KEY);

	private RequestFields() {
	}

	/**
	 * Write the fields of one attempt.
	 * @param received the client's request
	 * @param peer who sent it
	 * @param host the host that it is for
	 * @param requestId the id that it is known by
	 * @param authority the host and port that it is asked for, usually its own
	 * @param strippedPrefix what the route has taken off the path, empty for nothing
	 * @param preserveHost whether the instance is told the client's host instead of its
	 * own
	 * @param out the request to the instance, begun and without fields; its framing is
	 * the caller's to set
	 */
	public static void write(RequestHead received, ClientPeer peer, RequestHost host, String requestId,
			String authority, String strippedPrefix, boolean preserveHost, RequestHead out) {
		HeaderFields fields = received.fields();
		HeaderFields written = out.fields();
		String target = (preserveHost && !host.field().isEmpty()) ? host.field() : authority;
		if (out.version() == HttpVersion.HTTP_2) {
			out.pseudo(target, null);
		}
		else {
			written.add(HeaderKind.HOST, "host", target);
		}
		copy(received, peer, written);
		// Before the gateway adds its own: a client must not be able to take those away.
		ConnectionOptions.drop(fields, written);
		written.add(HeaderKind.X_REQUEST_ID, "x-request-id", requestId);
		Via.add(received.version(), fields, written);
		if (peer.certificate() != null) {
			written.add(HeaderKind.CLIENT_CERT, "client-cert", peer.certificate());
		}
		if (takesTrailers(fields)) {
			written.add(HeaderKind.TE, "te", "trailers");
		}
		addForwarding(fields, peer, host, written);
		addPrefix(peer.trusted() ? fields.joined(HeaderKind.X_FORWARDED_PREFIX, ", ") : null, strippedPrefix, written);
	}

	private static void copy(RequestHead received, ClientPeer peer, HeaderFields out) {
		HeaderFields fields = received.fields();
		int passed = PASSED;
		if (peer.trusted()) {
			passed |= HeaderKind.CLIENT_CERT.bit();
		}
		if (received.version() == HttpVersion.HTTP_1_0) {
			// RFC 9110, section 10.1.1.
			passed &= ~HeaderKind.EXPECT.bit();
		}
		fields.copyTo(out, passed);
	}

	private static boolean takesTrailers(HeaderFields fields) {
		String codings = fields.joined(HeaderKind.TE, ",");
		return codings != null && codings.toLowerCase(Locale.ROOT).contains("trailers");
	}

	static void addForwarding(HeaderFields fields, ClientPeer peer, RequestHost host, HeaderFields out) {
		TrustedForwarding told = peer.trusted() ? TrustedForwarding.of(fields) : null;
		if (told != null) {
			told.write(peer, host.field(), out);
		}
		else {
			out.addAll(host.forwarding());
		}
	}

	private static void addPrefix(@Nullable String told, String stripped, HeaderFields out) {
		if (told != null) {
			out.add(HeaderKind.X_FORWARDED_PREFIX, "x-forwarded-prefix",
					stripped.isEmpty() ? told : told + ", " + stripped);
		}
		else if (!stripped.isEmpty()) {
			out.add(HeaderKind.X_FORWARDED_PREFIX, "x-forwarded-prefix", stripped);
		}
	}

}
