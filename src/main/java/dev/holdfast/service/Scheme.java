package dev.holdfast.service;

import java.util.Locale;
import java.util.Optional;

/**
 * The protocol that an instance speaks.
 */
public enum Scheme {

	/** HTTP/1.1 in clear text. */
	HTTP(80),

	/** HTTP over TLS. */
	HTTPS(443),

	/** gRPC over HTTP/2 in clear text. */
	GRPC(80),

	/** gRPC over HTTP/2 and TLS. */
	GRPCS(443);

	private final int defaultPort;

	private final String text = name().toLowerCase(Locale.ROOT);

	Scheme(int defaultPort) {
		this.defaultPort = defaultPort;
	}

	/**
	 * Finds a scheme by its name in a URL.
	 * @param text the name, in any case
	 * @return the scheme, or empty when it is not one that Holdfast routes to
	 */
	public static Optional<Scheme> parse(String text) {
		for (Scheme scheme : values()) {
			if (scheme.text.equalsIgnoreCase(text)) {
				return Optional.of(scheme);
			}
		}
		return Optional.empty();
	}

	/**
	 * The port that a URL without one means.
	 * @return a port number
	 */
	public int defaultPort() {
		return this.defaultPort;
	}

	/**
	 * Tells whether connections are encrypted.
	 * @return whether TLS is used
	 */
	public boolean isSecure() {
		return this == HTTPS || this == GRPCS;
	}

	@Override
	public String toString() {
		return this.text;
	}

}
