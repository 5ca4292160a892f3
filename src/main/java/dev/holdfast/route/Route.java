package dev.holdfast.route;

import java.util.Map;
import java.util.Set;

import dev.holdfast.service.ServiceName;

/**
 * An explicit rule that sends requests to a service. A request matches when every part
 * that the rule names matches.
 *
 * @param id its unique name, a label of meters
 * @param host an exact host name or {@code *.suffix}, empty for any; without port, in
 * lower case
 * @param path an exact path, or a prefix of whole segments followed by {@code /**}
 * @param methods the methods it is for, empty for any
 * @param headers header names in lower case and the exact values they must have
 * @param service where its requests go
 * @param stripPrefix a prefix of whole segments taken off the path, empty for none
 * @param preserveHost whether the backend sees the client's Host rather than its own
 * address
 */
public record Route(String id, String host, String path, Set<String> methods, Map<String, String> headers,
		ServiceName service, String stripPrefix, boolean preserveHost) {

	/**
	 * Copies the collections.
	 */
	public Route {
		methods = Set.copyOf(methods);
		headers = Map.copyOf(headers);
	}

}
