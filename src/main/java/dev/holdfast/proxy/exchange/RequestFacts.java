package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.RequestIds;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway must know of a request's fields, read in one pass. Made to be used
 * again.
 */
final class RequestFacts {

	private static final int NONE = -1;

	private int host;

	private int requestId;

	private boolean repeatable;

	private @Nullable String connection;

	private @Nullable String upgrade;

	/**
	 * Read a head.
	 */
	void read(RequestHead head) {
		this.host = NONE;
		this.requestId = NONE;
		this.connection = null;
		this.upgrade = null;
		this.repeatable = switch (head.method()) {
			case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE" -> true;
			default -> false;
		};
		HeaderFields fields = head.fields();
		for (int i = 0; i < fields.size(); i++) {
			read(fields, i);
		}
	}

	private void read(HeaderFields fields, int i) {
		switch (fields.kind(i)) {
			case HOST -> this.host = i;
			case IDEMPOTENCY_KEY -> this.repeatable = true;
			case X_REQUEST_ID -> this.requestId = i;
			case CONNECTION -> this.connection = appended(this.connection, fields.value(i));
			case UPGRADE -> this.upgrade = appended(this.upgrade, fields.value(i));
			case ORDINARY, CONTENT_LENGTH, CONTENT_TYPE, HOP_BY_HOP, KEEP_ALIVE, TE, TRANSFER_ENCODING, VIA, FORWARDED,
					X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_HOST, X_FORWARDED_PORT, X_FORWARDED_PREFIX,
					CLIENT_CERT, EXPECT -> {
				// Of interest only when the fields are copied.
			}
		}
	}

	private static String appended(@Nullable String before, String value) {
		return (before != null) ? before + ", " + value : value;
	}

	/**
	 * Return the place of the last Host field, -1 when there is none.
	 */
	int host() {
		return this.host;
	}

	/**
	 * Whether doing the request twice comes to the same as doing it once: by its method
	 * (RFC 9110, section 9.2.2), or because the client said so by an Idempotency-Key.
	 */
	boolean isRepeatable() {
		return this.repeatable;
	}

	/**
	 * Return the protocols that the client offers instead of HTTP, {@code null} when
	 * there are none. A body could be taken for what follows the switch, so that an offer
	 * beside one is passed over, which a server may do with any (RFC 9110, section 7.8).
	 * @param head the head that was read
	 */
	@Nullable ProtocolOffer protocolOffer(RequestHead head) {
		boolean possible = this.upgrade != null && head.version() == HttpVersion.HTTP_1_1 && !head.hasBody();
		return (possible && this.upgrade != null) ? UpgradeOffer.parse(this.connection, this.upgrade) : null;
	}

	/**
	 * Return the id by which the request is known to the client, the instance and the
	 * logs.
	 * @param head the head that was read
	 * @param ids makes one if the client chose none
	 */
	String requestId(RequestHead head, RequestIds ids) {
		return (this.requestId >= 0 && head.fields().kind(this.requestId) == HeaderKind.X_REQUEST_ID)
				? head.fields().value(this.requestId) : ids.next();
	}

}
