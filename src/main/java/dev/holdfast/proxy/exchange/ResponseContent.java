package dev.holdfast.proxy.exchange;

/**
 * What a response may have behind its head (RFC 9110, section 6.4.1).
 */
final class ResponseContent {

	private static final int NO_CONTENT = 204;

	private static final int NOT_MODIFIED = 304;

	private ResponseContent() {
	}

	/**
	 * Whether there may be content.
	 * @param method the request's method
	 * @param status the response's status, 200 or above
	 */
	static boolean isAllowed(String method, int status) {
		return !method.equals("HEAD") && status != NO_CONTENT && status != NOT_MODIFIED;
	}

}
