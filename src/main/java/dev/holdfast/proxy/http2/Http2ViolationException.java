package dev.holdfast.proxy.http2;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * A peer broke the rules of HTTP/2 in a way that ends the connection. Has no stack trace:
 * whoever can reach the port can cause it.
 */
public final class Http2ViolationException extends IOException {

	private static final long serialVersionUID = 1L;

	private final long code;

	private final @Nullable Flood flood;

	Http2ViolationException(long code, String message) {
		super(message);
		this.code = code;
		this.flood = null;
	}

	Http2ViolationException(Flood flood) {
		super("flood: " + flood.reason());
		this.code = ErrorCode.ENHANCE_YOUR_CALM;
		this.flood = flood;
	}

	/**
	 * Return the error code that the peer is told.
	 */
	public long code() {
		return this.code;
	}

	/**
	 * Return what there was too much of, {@code null} for any other violation.
	 */
	@Nullable Flood flood() {
		return this.flood;
	}

	@Override
	public Throwable fillInStackTrace() {
		return this;
	}

}
