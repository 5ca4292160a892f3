package dev.holdfast.proxy;

import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;

/**
 * How the clients of one event loop leave when the gateway stops. HTTP/2 clients know
 * that they are to go, and do when they have all answers. An HTTP/1.1 client learns of it
 * with an answer alone, so that one which has just had its last may be about to ask
 * again: its connection stays open until it does or has been quiet for some time.
 */
final class Departure {

	private final Map<HttpConnection, ClientConnection> connections;

	private final long quietNanos;

	private final long until;

	private final Set<HttpConnection> sentOff = Collections.newSetFromMap(new IdentityHashMap<>());

	/**
	 * Prepares it.
	 * @param connections all connections that are open
	 * @param quiet for how long a client must have asked nothing
	 * @param until when those that have not gone are cut off
	 */
	Departure(Map<HttpConnection, ClientConnection> connections, Duration quiet, long until) {
		this.connections = connections;
		this.quietNanos = quiet.toNanos();
		this.until = until;
	}

	/**
	 * Sends off those that are not about to ask. Each goes when it has taken its answers.
	 */
	void sendOff(long now) {
		Duration rest = Duration.ofNanos(Math.max(0, this.until - now));
		List.copyOf(this.connections.entrySet()).forEach((entry) -> {
			HttpConnection connection = entry.getKey();
			if ((connection.protocolVersion() == HttpVersion.HTTP_2
					|| entry.getValue().watch().isQuiet(now - this.quietNanos)) && this.sentOff.add(connection)) {
				connection.shutdown(rest);
			}
		});
	}

}
