package dev.holdfast.proxy.backend;

import dev.holdfast.route.BackendSecurity;
import dev.holdfast.service.Endpoint;

/**
 * Gives places on connections to instances.
 */
@FunctionalInterface
public interface ConnectionSource {

	/**
	 * Ask for a place on a connection to an endpoint.
	 * @param endpoint the instance's host and port
	 * @param protocol which HTTP it is for
	 * @param security what secures it
	 * @param avoidStale whether a connection that the instance has ended already, which
	 * is not known until it is read, must not be taken: for requests that cannot be done
	 * twice
	 * @param listener is told; before this returns if there is a connection already
	 * @return calls the asking off when run, if the listener has not been told
	 */
	Runnable acquire(Endpoint endpoint, WireProtocol protocol, BackendSecurity security, boolean avoidStale,
			ConnectListener listener);

}
