package dev.holdfast.proxy;

import java.util.Locale;
import java.util.function.BiConsumer;

import dev.holdfast.route.RouteMatch;
import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import org.jspecify.annotations.Nullable;

/**
 * Writes the header fields that a backend sees: the client's without those of its
 * connection, then the gateway's own.
 */
final class RequestHeaders implements BiConsumer<String, String> {

	private static final CharSequence TE = AsciiString.cached("te");

	private static final CharSequence TRAILERS = AsciiString.cached("trailers");

	private static final CharSequence VIA = AsciiString.cached("via");

	private static final CharSequence X_FORWARDED_PREFIX = AsciiString.cached("x-forwarded-prefix");

	private static final CharSequence CLIENT_CERT = AsciiString.cached("client-cert");

	private static final CharSequence X_REQUEST_ID = AsciiString.cached("x-request-id");

	private final MultiMap out;

	private final boolean trusted;

	private boolean trailers;

	private @Nullable String options;

	private @Nullable String via;

	/** {@code null} when nothing is told that is believed. */
	private @Nullable TrustedForwarding told;

	private @Nullable String forwardedPrefix;

	private RequestHeaders(MultiMap out, boolean trusted) {
		this.out = out;
		this.trusted = trusted;
	}

	/**
	 * Writes the fields of one try.
	 * @param request the client's request
	 * @param connection the connection it came on
	 * @param match the route it takes
	 * @param requestId the id it is known by
	 * @param authority the instance's host and port
	 * @param backend where the fields go; without any yet
	 */
	static void write(HttpServerRequest request, ClientConnection connection, RouteMatch match, String requestId,
			String authority, HttpClientRequest backend) {
		MultiMap out = backend.headers();
		RequestHeaders headers = new RequestHeaders(out, connection.isTrusted());
		request.headers().forEach(headers);
		// Before the gateway adds its own: a client must not be able to take those away.
		ConnectionOptions.drop(headers.options, out);
		boolean hasHost = match.preserveHost() && !connection.hostField().isEmpty();
		String host = hasHost ? connection.hostField() : authority;
		if (backend.version() == HttpVersion.HTTP_2) {
			// Not parsed: it has been judged already, and is to be sent as it is.
			backend.authority(HostAndPort.create(host, -1));
		}
		else {
			out.add(HttpHeaders.HOST, host);
		}
		if (request.version() == HttpVersion.HTTP_1_0) {
			// RFC 9110, section 10.1.1.
			out.remove(HttpHeaders.EXPECT);
		}
		out.add(X_REQUEST_ID, requestId);
		out.add(VIA, appended(headers.via, ", ", Via.of(request.version())));
		String certificate = connection.certificate();
		if (certificate != null) {
			out.add(CLIENT_CERT, certificate);
		}
		headers.addForwarding(connection, match.strippedPrefix());
	}

	@Override
	public void accept(String name, String value) {
		switch (HeaderKind.of(name)) {
			case ORDINARY, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, IDEMPOTENCY_KEY -> this.out.add(name, value);
			case HOST, X_REQUEST_ID, HOP_BY_HOP, KEEP_ALIVE, TRANSFER_ENCODING, UPGRADE -> {
				// The gateway writes its own, or none.
			}
			case CLIENT_CERT -> {
				if (this.trusted) {
					this.out.add(name, value);
				}
			}
			case CONNECTION -> this.options = appended(this.options, ",", value);
			case TE -> this.trailers |= value.toLowerCase(Locale.ROOT).contains("trailers");
			case VIA -> this.via = appended(this.via, ", ", value);
			case FORWARDED, X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_HOST, X_FORWARDED_PORT -> {
				if (this.trusted) {
					believe(HeaderKind.of(name), value);
				}
			}
			case X_FORWARDED_PREFIX -> this.forwardedPrefix = believed(this.forwardedPrefix, value);
		}
	}

	private void believe(HeaderKind kind, String value) {
		if (this.told == null) {
			this.told = new TrustedForwarding();
		}
		this.told.take(kind, value);
	}

	private @Nullable String believed(@Nullable String before, String value) {
		return this.trusted ? appended(before, ", ", value) : null;
	}

	private static String appended(@Nullable String before, String separator, String value) {
		return (before != null) ? before + separator + value : value;
	}

	private void addForwarding(ClientConnection connection, String prefix) {
		if (this.trailers) {
			this.out.add(TE, TRAILERS);
		}
		if (this.told != null) {
			this.told.write(connection, this.out);
		}
		else {
			TrustedForwarding.begin(connection, this.out);
		}
		if (!prefix.isEmpty()) {
			this.out.add(X_FORWARDED_PREFIX, appended(this.forwardedPrefix, ", ", prefix));
		}
		else if (this.forwardedPrefix != null) {
			this.out.add(X_FORWARDED_PREFIX, this.forwardedPrefix);
		}
	}

}
