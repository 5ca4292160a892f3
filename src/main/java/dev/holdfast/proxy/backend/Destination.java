package dev.holdfast.proxy.backend;

import dev.holdfast.service.Endpoint;

/**
 * Where a connection to an instance goes, and how: those to the same destination can take
 * each other's requests.
 */
sealed interface Destination {

	Endpoint endpoint();

	/**
	 * An endpoint that is connected to in clear text.
	 */
	record Plain(Endpoint endpoint) implements Destination {
	}

	/**
	 * An endpoint that is connected to by TLS. Routes with other certificates have
	 * connections of their own.
	 */
	record Secured(Endpoint endpoint, BackendTls tls) implements Destination {
	}

}
