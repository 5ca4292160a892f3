package dev.holdfast.check;

import java.time.Duration;

import dev.holdfast.proxy.backend.WireProtocol;
import dev.holdfast.route.BackendProtocol;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Scheme;

/**
 * What is checked.
 *
 * @param endpoint where the instance listens
 * @param transport how it is connected to
 * @param timeout how long the check may take
 */
record CheckTarget(Endpoint endpoint, CheckTransport transport, Duration timeout) {

	/**
	 * Return which HTTP its requests are sent in.
	 */
	WireProtocol protocol() {
		return WireProtocol.of(this.transport.protocol(), this.endpoint.scheme());
	}

	/**
	 * Return what is offered to an instance that is only connected to. One that speaks
	 * TLS may take nothing but the protocols that requests offer; one that does not would
	 * be spoken to.
	 */
	WireProtocol protocolOfConnection() {
		return this.endpoint.scheme().isSecure() ? protocol() : WireProtocol.of(BackendProtocol.HTTP1, Scheme.HTTP);
	}

	/**
	 * Return the path of a request.
	 * @param path the path behind the instance's own
	 */
	String path(String path) {
		return this.endpoint.path() + path;
	}

}
