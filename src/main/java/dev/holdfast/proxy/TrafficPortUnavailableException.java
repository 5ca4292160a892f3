package dev.holdfast.proxy;

/**
 * The traffic port cannot be listened on, most often because another process does.
 */
public final class TrafficPortUnavailableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String address;

	private final int port;

	/**
	 * Tell what cannot be listened on.
	 * @param address a host name or an IP address
	 * @param port the port
	 * @param cause why
	 */
	public TrafficPortUnavailableException(String address, int port, Throwable cause) {
		super("Cannot listen for traffic on %s:%d: %s".formatted(address, port, cause.getMessage()), cause);
		this.address = address;
		this.port = port;
	}

	/**
	 * The address that was to be listened on.
	 * @return a host name or an IP address
	 */
	public String address() {
		return this.address;
	}

	/**
	 * The port that was to be listened on.
	 * @return the port
	 */
	public int port() {
		return this.port;
	}

}
