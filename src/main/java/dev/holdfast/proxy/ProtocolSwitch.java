package dev.holdfast.proxy;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/**
 * A switch of protocols that a client has offered, until a backend takes it or it is
 * declined. Till then, what the client sends behind its request is held back.
 */
final class ProtocolSwitch {

	private final ProtocolOffer offer;

	private final HttpServerRequest request;

	private final UpgradeHold hold;

	/**
	 * Begins to hold back.
	 * @param request the request that has the offer
	 */
	ProtocolSwitch(ProtocolOffer offer, HttpServerRequest request) {
		this.offer = offer;
		this.request = request;
		this.hold = UpgradeHold.begin(Connections.channel(request.connection()));
	}

	/**
	 * Whether the connection can be switched. To be asked when all that came in one
	 * packet has been seen.
	 */
	boolean isPossible() {
		return this.hold.isHolding();
	}

	/**
	 * Passes the offer on, which only HTTP/1.1 can.
	 */
	void write(BackendRequest backend) {
		if (backend.version() != HttpVersion.HTTP_2) {
			this.offer.write(backend.headers());
		}
	}

	/**
	 * Whether an answer switches to a protocol that was offered.
	 */
	boolean isTakenBy(HttpClientResponse answer) {
		return this.offer.contains(answer.getHeader(HttpHeaders.UPGRADE));
	}

	/**
	 * Goes on with HTTP.
	 * @param decoder reads what the client sends from now on
	 * @return whether the connection can be used any further: nobody can tell what
	 * protocol it was that the client sent something of
	 */
	boolean decline(RequestDecoder decoder) {
		if (this.hold.isEmpty()) {
			this.hold.resume(decoder);
			return true;
		}
		this.hold.discard();
		return false;
	}

	/**
	 * Leaves HTTP.
	 * @param answer the backend's, whose head the client's has taken over
	 * @param attempt hears of the tunnel's end
	 * @param backend the backend's connection
	 */
	void perform(HttpClientResponse answer, Attempt attempt, Channel backend, Tunnels tunnels) {
		HttpServerResponse response = this.request.response();
		MultiMap fields = response.headers();
		fields.remove(HttpHeaders.CONTENT_LENGTH);
		fields.set(HttpHeaders.CONNECTION, HttpHeaders.UPGRADE);
		fields.set(HttpHeaders.UPGRADE, answer.getHeader(HttpHeaders.UPGRADE));
		Channel client = Connections.channel(this.request.connection());
		new Tunnel(attempt, client, backend, tunnels).begin(head(response), this.hold);
	}

	private static ByteBuf head(HttpServerResponse response) {
		StringBuilder head = new StringBuilder("HTTP/1.1 ").append(response.getStatusCode())
			.append(' ')
			.append(response.getStatusMessage())
			.append("\r\n");
		response.headers().forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
		return Unpooled.copiedBuffer(head.append("\r\n"), StandardCharsets.ISO_8859_1);
	}

}
