package dev.holdfast.proxy.backend;

import dev.holdfast.proxy.ConnectFailure;

/**
 * Takes what asking for a connection to an instance came to. Either is called once, and
 * none after the asking was called off.
 */
public interface ConnectListener {

	/**
	 * There is a connection, and a place on it for one request, which must be used or
	 * given up.
	 * @param stream the place
	 */
	void onConnected(BackendStream stream);

	/**
	 * There is none.
	 * @param reason why
	 * @param explanation words for operators, empty for none
	 */
	void onConnectFailed(ConnectFailure reason, String explanation);

}
