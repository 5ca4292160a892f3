package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.header.ClientPeer;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.upstream.Demand;
import dev.holdfast.upstream.HashKey;
import dev.holdfast.upstream.HashOn;
import org.jspecify.annotations.Nullable;

/**
 * Finds the key by which a request is sent to the instance that others with the same key
 * are sent to.
 */
final class RequestKey {

	private RequestKey() {
	}

	/**
	 * Return what the request asks of its instance: nothing when it has no key.
	 */
	static Demand demand(HashOn hashOn, ClientRequest request) {
		HeaderFields fields = request.client().head().fields();
		String key = switch (hashOn) {
			case HashOn.ClientAddress() -> address(request.client().peer(), fields);
			case HashOn.Path() -> request.match().path();
			case HashOn.Header(String name) -> fields.get(name);
			case HashOn.Cookie(String name) -> cookie(fields, name);
		};
		return (key == null || key.isEmpty()) ? Demand.NONE : Demand.keyed(HashKey.of(key));
	}

	/**
	 * A trusted proxy's own address is that of all of its clients.
	 */
	private static String address(ClientPeer peer, HeaderFields fields) {
		String forwarded = peer.trusted() ? fields.get("X-Forwarded-For") : null;
		if (forwarded == null) {
			return peer.address();
		}
		int comma = forwarded.indexOf(',');
		return ((comma < 0) ? forwarded : forwarded.substring(0, comma)).strip();
	}

	/**
	 * Return the value of the first cookie of a name (RFC 6265, section 4.2.1); HTTP/2
	 * may have a field for each.
	 */
	static @Nullable String cookie(HeaderFields fields, String name) {
		for (int i = 0; i < fields.size(); i++) {
			if (fields.isNamed(i, "Cookie")) {
				for (String pair : fields.value(i).split(";", -1)) {
					int equals = pair.indexOf('=');
					if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
						return pair.substring(equals + 1).strip();
					}
				}
			}
		}
		return null;
	}

}
