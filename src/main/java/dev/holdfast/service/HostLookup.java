package dev.holdfast.service;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Finds the addresses that a host's name stands for.
 */
@FunctionalInterface
public interface HostLookup {

	/**
	 * Looks a name up, which may take as long as its name servers do.
	 * @param host a name, or an IP address as in an {@link Endpoint}
	 * @return its addresses, the one to be preferred first
	 * @throws UnknownHostException if there are none, or nobody could be asked
	 */
	List<InetAddress> lookUp(String host) throws UnknownHostException;

	/**
	 * Asks as every program on this machine does, by hosts file and name servers.
	 * @return what the JVM knows, for as long as it remembers
	 */
	static HostLookup system() {
		return new SystemHostLookup();
	}

}
