package dev.holdfast.proxy.client;

/**
 * A client's connection, as those see it that tell clients to go.
 */
public interface ClientConnection {

	/**
	 * Whether it speaks HTTP/2.
	 */
	boolean isMultiplexed();

	/**
	 * Return how many requests have no whole response yet.
	 */
	int running();

	/**
	 * Whether no request has come since some time, and every one is answered.
	 * @param since the time, nanoseconds
	 */
	boolean isQuiet(long since);

	/**
	 * Ask an HTTP/2 client to go; what it has sent before it hears of it is served. Does
	 * nothing to HTTP/1.1, whose clients learn of it with their next response.
	 */
	void announceGoAway();

	/**
	 * Tell an HTTP/2 client which of its streams was the last. Does nothing to HTTP/1.1.
	 */
	void goAway();

	/**
	 * Close it when the requests that run have been answered; at once if there are none.
	 */
	void closeWhenDone();

	/**
	 * Close it at once.
	 */
	void close();

}
