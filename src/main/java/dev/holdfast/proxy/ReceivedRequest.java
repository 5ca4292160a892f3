package dev.holdfast.proxy;

import java.util.function.Consumer;

import dev.holdfast.proxy.RequestGuard.Rejection;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.http1.Http1ServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request as {@link RequestDecoder} read it, with what is wrong with it. Vert.x would
 * close the connection of a malformed one before its client could read why.
 */
final class ReceivedRequest extends DefaultHttpRequest {

	private final PausableDecoder decoder;

	private @Nullable Rejection rejection;

	private @Nullable Consumer<Rejection> rejectionHandler;

	/**
	 * Makes a request of its head.
	 * @param decoder reads its body
	 */
	ReceivedRequest(HttpVersion version, HttpMethod method, String uri, HttpHeaders headers, PausableDecoder decoder) {
		super(version, method, uri, headers);
		this.decoder = decoder;
	}

	/**
	 * Finds the request as it was read.
	 * @return the request, {@code null} when it did not come by HTTP/1.1
	 */
	static @Nullable ReceivedRequest of(HttpServerRequest request) {
		return (request instanceof Http1ServerRequest http1 && http1.nettyRequest() instanceof ReceivedRequest received)
				? received : null;
	}

	/**
	 * What reads its body, and whatever comes behind it.
	 */
	PausableDecoder decoder() {
		return this.decoder;
	}

	/**
	 * Calls off a request: its head is malformed, or its body turned out to be.
	 */
	void reject(Rejection rejection) {
		this.rejection = rejection;
		if (this.rejectionHandler != null) {
			this.rejectionHandler.accept(rejection);
		}
	}

	/**
	 * Why the request is malformed, {@code null} when it is not as far as it has arrived.
	 */
	@Nullable Rejection rejection() {
		return this.rejection;
	}

	/**
	 * Sets who hears of it when the body turns out to be malformed.
	 */
	void rejectionHandler(Consumer<Rejection> handler) {
		this.rejectionHandler = handler;
	}

	@Override
	public boolean equals(Object other) {
		return this == other;
	}

	@Override
	public int hashCode() {
		return System.identityHashCode(this);
	}

}
