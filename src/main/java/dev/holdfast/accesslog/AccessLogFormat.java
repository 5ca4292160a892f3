package dev.holdfast.accesslog;

/**
 * What the lines of the access log look like.
 */
public enum AccessLogFormat {

	/** An object of JSON a line. */
	JSON {
		@Override
		LineFormat lines(boolean query) {
			return new JsonLines(query);
		}
	},

	/** The Common Log Format, with more fields behind those that it has. */
	COMMON {
		@Override
		LineFormat lines(boolean query) {
			return new CommonLogLines(query);
		}
	};

	/**
	 * Return what writes such lines, to be used by one thread.
	 * @param query whether the lines have the query
	 */
	abstract LineFormat lines(boolean query);

}
