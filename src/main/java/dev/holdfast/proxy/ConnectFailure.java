package dev.holdfast.proxy;

/**
 * Why no connection to an instance could be made.
 */
public enum ConnectFailure {

	TIMEOUT, UNREACHABLE, REFUSED, UNKNOWN_HOST, NO_HTTP2, TLS, OTHER;

	private final String reason = TrafficLabels.of(this);

	/**
	 * The reason in words that fit a label.
	 */
	public String reason() {
		return this.reason;
	}

}
