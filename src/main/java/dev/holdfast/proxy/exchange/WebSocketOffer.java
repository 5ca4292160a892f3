package dev.holdfast.proxy.exchange;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket that a client asks for by HTTP/2 (RFC 8441), as an instance is asked for it
 * by HTTP/1.1 (RFC 6455, section 4.1).
 */
final class WebSocketOffer implements ProtocolOffer {

	private static final String PROTOCOL = "websocket";

	private static final String KEY = "Sec-WebSocket-Key";

	/** What says that the instance has understood; HTTP/2 has no use for it. */
	static final String ACCEPT = "Sec-WebSocket-Accept";

	private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	private static final int KEY_BYTES = 16;

	private final String key;

	private WebSocketOffer(String key) {
		this.key = key;
	}

	/**
	 * Read an extended CONNECT.
	 * @param head the request's head
	 * @return the offer, {@code null} when the head is none for a WebSocket
	 */
	static @Nullable WebSocketOffer of(RequestHead head) {
		if (!PROTOCOL.equals(head.protocol())) {
			return null;
		}
		byte[] random = new byte[KEY_BYTES];
		// Against caches that know no WebSocket, and no secret.
		ThreadLocalRandom.current().nextBytes(random);
		return new WebSocketOffer(Base64.getEncoder().encodeToString(random));
	}

	@Override
	public void write(HeaderFields fields) {
		fields.remove(KEY);
		// What follows is no content, whatever the client calls it.
		fields.remove("Content-Length");
		fields.remove("Expect");
		fields.add(HeaderKind.CONNECTION, "Connection", "Upgrade");
		fields.add(HeaderKind.UPGRADE, "Upgrade", PROTOCOL);
		fields.add(HeaderKind.ORDINARY, KEY, this.key);
	}

	@Override
	public boolean isTakenBy(ResponseHead head) {
		int upgrade = head.fields().indexOf(HeaderKind.UPGRADE);
		return upgrade >= 0 && head.fields().hasValue(upgrade, PROTOCOL)
				&& accepted(this.key).equals(head.fields().get(ACCEPT));
	}

	/**
	 * Return what an instance makes of a key (RFC 6455, section 4.2.2).
	 * @param key the key
	 */
	static String accepted(String key) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-1")
				.digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
			return Base64.getEncoder().encodeToString(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("SHA-1: every Java platform has it", ex);
		}
	}

	@Override
	public boolean isRequired() {
		return true;
	}

}
