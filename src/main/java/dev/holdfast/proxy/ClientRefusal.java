package dev.holdfast.proxy;

/**
 * Why a client is turned away, whatever its requests are.
 */
public enum ClientRefusal {

	CONNECTIONS, CONNECTIONS_PER_ADDRESS, HEADER_TIMEOUT, TLS_HANDSHAKE, TOO_MANY_HANDSHAKES, HTTP2_FLOOD,
	HTTP2_PROTOCOL;

	private final String reason = TrafficLabels.of(this);

	/**
	 * The reason in words that fit a label.
	 */
	public String reason() {
		return this.reason;
	}

}
