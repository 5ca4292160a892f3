package dev.holdfast.proxy.client;

/**
 * Takes the requests of clients.
 */
@FunctionalInterface
public interface RequestHandler {

	/**
	 * A request's head has arrived, or as much of one as shows that it is malformed. The
	 * handler sets a {@link RequestListener} before it returns. Body bytes that came in
	 * the same read are told after that.
	 * @param stream the request, and where its response goes
	 */
	void onRequest(ClientStream stream);

}
