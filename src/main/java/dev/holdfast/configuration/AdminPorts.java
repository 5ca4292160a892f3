package dev.holdfast.configuration;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The ports that Boot listens on beside the traffic port.
 *
 * @param byKey the ports, by the key that sets them
 * @param addresses the addresses that they are listened for on, by the same keys; none
 * for all
 */
record AdminPorts(Map<String, Integer> byKey, Map<String, String> addresses) {

	private static final String ANY = "0.0.0.0";

	static AdminPorts of(Environment environment) {
		Binder binder = Binder.get(environment);
		Map<String, Integer> ports = new LinkedHashMap<>();
		Map<String, String> addresses = new LinkedHashMap<>();
		for (String prefix : new String[] { "server", "management.server" }) {
			String key = prefix + ".port";
			find(binder, key, Integer.class).ifPresent((port) -> ports.put(key, port));
			find(binder, prefix + ".address", String.class).ifPresent((address) -> addresses.put(key, address));
		}
		return new AdminPorts(Map.copyOf(ports), Map.copyOf(addresses));
	}

	private static <T> Optional<T> find(Binder binder, String key, Class<T> type) {
		try {
			return Optional.ofNullable(binder.bind(key, type).orElse(null));
		}
		catch (BindException ex) {
			// Boot says so itself.
			return Optional.empty();
		}
	}

	/**
	 * Finds the key that sets the same port.
	 * @param address the address that the other port is listened for on
	 */
	Optional<String> keyOf(int port, String address) {
		return this.byKey.entrySet()
			.stream()
			.filter((entry) -> port > 0 && entry.getValue() == port && overlap(entry.getKey(), address))
			.map(Map.Entry::getKey)
			.sorted()
			.findFirst();
	}

	private boolean overlap(String key, String address) {
		String own = this.addresses.getOrDefault(key, ANY);
		return isAny(own) || isAny(address) || own.equals(address);
	}

	private static boolean isAny(String address) {
		return address.equals(ANY) || address.equals("::") || address.isEmpty();
	}

}
