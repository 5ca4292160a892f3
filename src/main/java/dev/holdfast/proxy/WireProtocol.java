package dev.holdfast.proxy;

import dev.holdfast.route.BackendProtocol;
import dev.holdfast.service.Scheme;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Which HTTP a connection to an instance is made for.
 */
enum WireProtocol {

	/** One request at a time. */
	HTTP1(HttpVersion.HTTP_1_1),

	/** Many requests at a time, in clear text by prior knowledge. */
	HTTP2(HttpVersion.HTTP_2),

	/** What the TLS handshake comes to. */
	NEGOTIATED(null);

	private final @Nullable HttpVersion version;

	WireProtocol(@Nullable HttpVersion version) {
		this.version = version;
	}

	/**
	 * Chooses what is spoken to an instance.
	 * @param asked what the route asks for
	 * @param scheme what the instance registered
	 */
	static WireProtocol of(BackendProtocol asked, Scheme scheme) {
		return switch (asked) {
			case HTTP1 -> HTTP1;
			case H2 -> HTTP2;
			case AUTO -> switch (scheme) {
				case HTTP -> HTTP1;
				case HTTPS -> NEGOTIATED;
				case GRPC, GRPCS -> HTTP2;
			};
		};
	}

	/**
	 * The one version that is asked for, {@code null} for any.
	 */
	@Nullable HttpVersion version() {
		return this.version;
	}

}
