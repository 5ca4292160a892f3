package dev.holdfast.check;

import java.util.Locale;

/**
 * How an instance is asked whether it is well.
 */
public enum CheckKind {

	/** Not at all. */
	NONE,

	/** By connecting to it, with a TLS handshake where it speaks TLS. */
	TCP,

	/** By an HTTP request. */
	HTTP,

	/** By gRPC's health checking protocol. */
	GRPC;

	private final String text = name().toLowerCase(Locale.ROOT);

	@Override
	public String toString() {
		return this.text;
	}

}
