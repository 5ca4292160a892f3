package dev.holdfast.proxy.backend;

/**
 * A connection to an instance. With HTTP/1.1 it carries one request at a time, with
 * HTTP/2 as many as the instance allows.
 */
sealed interface BackendConnection permits Http1BackendConnection, Http2BackendConnection {

	/**
	 * Take a place for one request.
	 * @return the place
	 */
	BackendStream begin();

	/**
	 * Whether it carries many requests at a time.
	 */
	boolean isShared();

	/**
	 * Whether it is not known to be open, or the instance has ended it already.
	 */
	boolean isStale();

	/**
	 * Whether it is to take no more requests when those on it have ended.
	 * @param now the time, nanoseconds
	 */
	boolean isDue(long now);

	/**
	 * Take no more requests, and close when the last one has ended.
	 */
	void leave();

	/**
	 * Hears of connections to one endpoint.
	 */
	interface Listener {

		/**
		 * The request on an HTTP/1.1 connection has ended, and it can carry another.
		 * @param connection the connection
		 * @param announcedSeconds for how long the instance said that it keeps it, -1
		 * when it did not say
		 */
		void onIdle(Http1BackendConnection connection, int announcedSeconds);

		/**
		 * A shared connection may be able to take another request.
		 * @param connection the connection
		 */
		void onPlace(Http2BackendConnection connection);

		/**
		 * A connection takes no more requests, or has closed.
		 * @param connection the connection
		 */
		void onLeft(BackendConnection connection);

		/**
		 * A connection has closed, or is no connection for HTTP any more.
		 * @param connection the connection
		 */
		void onClosed(BackendConnection connection);

	}

}
