package dev.holdfast.service;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Asks the JVM. Names of the machine itself have both loopback addresses, as RFC 6761,
 * section 6.3, has it: a hosts file that lists one of them says nothing of which one a
 * service listens on.
 */
final class SystemHostLookup implements HostLookup {

	private static final String LOCALHOST = "localhost";

	private static final byte[] IPV4_LOOPBACK = { 127, 0, 0, 1 };

	private static final byte[] IPV6_LOOPBACK = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };

	@Override
	public List<InetAddress> lookUp(String host) throws UnknownHostException {
		if (!isLocal(host)) {
			return List.of(InetAddress.getAllByName(host));
		}
		Set<InetAddress> addresses = new LinkedHashSet<>();
		try {
			addresses.addAll(List.of(InetAddress.getAllByName(host)));
		}
		catch (UnknownHostException ex) {
			// Known all the same.
		}
		addresses.add(InetAddress.getByAddress(host, IPV4_LOOPBACK));
		addresses.add(InetAddress.getByAddress(host, IPV6_LOOPBACK));
		return List.copyOf(addresses);
	}

	private static boolean isLocal(String host) {
		String name = host.toLowerCase(Locale.ROOT);
		name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
		return name.equals(LOCALHOST) || name.endsWith("." + LOCALHOST);
	}

}
