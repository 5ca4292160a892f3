package dev.holdfast.proxy;

import java.util.function.BiConsumer;

import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway must know of a request's header fields, read in one pass.
 */
final class RequestHead implements BiConsumer<String, String> {

	private int fields;

	private int hosts;

	private @Nullable String host;

	private @Nullable String contentLength;

	private final boolean http2;

	private final boolean http10;

	private boolean chunked;

	private boolean expectsContinue;

	private boolean repeatable;

	private @Nullable String requestId;

	private @Nullable String connection;

	private @Nullable String upgrade;

	RequestHead(HttpServerRequest request, ClientConnection connection) {
		this.http2 = request.version() == HttpVersion.HTTP_2;
		// RFC 9110, section 10.1.1: it knows no interim answers.
		this.http10 = request.version() == HttpVersion.HTTP_1_0;
		this.repeatable = switch (request.method().name()) {
			case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE" -> true;
			default -> false;
		};
		request.headers().forEach(this);
		if (this.http2) {
			// RFC 9113, section 8.3.1; Vert.x has compared it with a Host field.
			HostAndPort authority = request.authority();
			this.hosts = (authority != null) ? 1 : 0;
			this.host = (authority != null) ? authority.toString() : null;
			this.chunked = this.contentLength == null && !connection.frames().isComplete();
		}
	}

	@Override
	public void accept(String name, String value) {
		this.fields++;
		switch (HeaderKind.of(name)) {
			case HOST -> {
				this.hosts++;
				this.host = value;
			}
			case CONTENT_LENGTH -> this.contentLength = value;
			case TRANSFER_ENCODING -> this.chunked = !this.http2;
			case EXPECT -> this.expectsContinue = !this.http10 && value.equalsIgnoreCase("100-continue");
			case IDEMPOTENCY_KEY -> this.repeatable = true;
			case X_REQUEST_ID -> this.requestId = value;
			case CONNECTION -> this.connection = appended(this.connection, value);
			case UPGRADE -> this.upgrade = appended(this.upgrade, value);
			case ORDINARY, CONTENT_TYPE, HOP_BY_HOP, KEEP_ALIVE, TE, VIA, FORWARDED, X_FORWARDED_FOR, X_FORWARDED_PROTO,
					X_FORWARDED_HOST, X_FORWARDED_PORT, X_FORWARDED_PREFIX, CLIENT_CERT -> {
				// Of interest only when the fields are copied.
			}
		}
	}

	private static String appended(@Nullable String before, String value) {
		return (before != null) ? before + ", " + value : value;
	}

	/**
	 * How many fields there are.
	 */
	int fields() {
		return this.fields;
	}

	/**
	 * How many Host fields there are.
	 */
	int hosts() {
		return this.hosts;
	}

	/**
	 * The Host field, empty when there is none.
	 */
	String host() {
		return (this.host != null) ? this.host : "";
	}

	boolean hasBody() {
		return this.chunked || (this.contentLength != null && !this.contentLength.equals("0"));
	}

	/**
	 * The body's length, -1 when only its end will tell. The decoder has checked the
	 * digits.
	 */
	long contentLength() {
		return (this.chunked || this.contentLength == null) ? -1 : Long.parseLong(this.contentLength);
	}

	/**
	 * Tells an instance that there is no content, if the method is one that usually has
	 * some and the client's fields do not tell: there are servers that answer 411 (RFC
	 * 9110, section 8.6). HTTP/2 has frames for it.
	 * @param backend the request to the instance, whose method is set
	 */
	void announceNoContent(HttpClientRequest backend) {
		boolean usual = switch (backend.getMethod().name()) {
			case "POST", "PUT", "PATCH" -> true;
			default -> false;
		};
		if (usual && !this.chunked && this.contentLength == null && backend.version() != HttpVersion.HTTP_2) {
			backend.putHeader(HttpHeaders.CONTENT_LENGTH, "0");
		}
	}

	/**
	 * Whether the client waits for leave to send the body.
	 */
	boolean expectsContinue() {
		return this.expectsContinue;
	}

	/**
	 * Whether doing the request twice comes to the same as doing it once: by its method
	 * (RFC 9110, section 9.2.2), or because the client said so by an Idempotency-Key.
	 */
	boolean isRepeatable() {
		return this.repeatable;
	}

	/**
	 * The protocols that the client offers instead of HTTP, {@code null} when there are
	 * none. A body could be taken for what follows the switch, so that an offer beside
	 * one is passed over, which a server may do with any (RFC 9110, section 7.8).
	 */
	@Nullable ProtocolOffer protocolOffer() {
		return (this.upgrade != null && !hasBody()) ? ProtocolOffer.parse(this.connection, this.upgrade) : null;
	}

	/**
	 * The request's id.
	 * @param ids makes one if the client chose none
	 */
	String requestId(RequestIds ids) {
		if (this.requestId == null) {
			this.requestId = ids.next();
		}
		return this.requestId;
	}

}
