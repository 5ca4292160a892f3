package dev.holdfast.proxy;

/**
 * Why a request is turned away.
 */
public enum Rejection {

	METHOD("method", GatewayError.METHOD_NOT_ALLOWED),

	HOST("host", GatewayError.BAD_REQUEST),

	TARGET("target", GatewayError.BAD_REQUEST),

	ENCODED_SLASH("encoded-slash", GatewayError.BAD_REQUEST),

	TARGET_TOO_LONG("target-too-long", GatewayError.URI_TOO_LONG),

	HEADERS_TOO_LARGE("headers-too-large", GatewayError.HEADERS_TOO_LARGE),

	TOO_MANY_HEADERS("too-many-headers", GatewayError.TOO_MANY_HEADERS),

	REQUEST_LINE("request-line", GatewayError.BAD_REQUEST),

	/** Of a backend: clients never hear of it by this name. */
	STATUS_LINE("status-line", GatewayError.BAD_ANSWER),

	VERSION("version", GatewayError.VERSION_NOT_SUPPORTED),

	FIELD("field", GatewayError.BAD_REQUEST),

	FRAMING("framing", GatewayError.BAD_REQUEST),

	CODING("coding", GatewayError.CODING_NOT_SUPPORTED),

	/** Of an extended CONNECT (RFC 8441). */
	PROTOCOL("protocol", GatewayError.PROTOCOL_NOT_SUPPORTED),

	CHUNK("chunk", GatewayError.BAD_REQUEST);

	private final String reason;

	private final GatewayError error;

	Rejection(String reason, GatewayError error) {
		this.reason = reason;
		this.error = error;
	}

	/**
	 * The reason in a word that fits a label.
	 */
	public String reason() {
		return this.reason;
	}

	public GatewayError error() {
		return this.error;
	}

}
