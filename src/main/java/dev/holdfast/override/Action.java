package dev.holdfast.override;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

import dev.holdfast.service.ServiceName;

/**
 * What an override does. Of the same thing there is one override a scope: a second one
 * replaces it.
 */
public sealed interface Action {

	/** The longest id of an instance that can be named. */
	int MAX_INSTANCE_LENGTH = 1024;

	/**
	 * Return the text that tells what the override is of from all others.
	 * @return such as {@code drain/orders/orders-1}, each segment percent-encoded
	 */
	default String key() {
		return switch (this) {
			case Drain(ServiceName service, String instance) ->
				"drain/" + encoded(service.value()) + "/" + encoded(instance);
			case Weight(ServiceName service, String instance, int weight) ->
				"weight/" + encoded(service.value()) + "/" + encoded(instance);
			case CircuitOpen(ServiceName service) -> "circuit/" + encoded(service.value());
			case Freeze freeze -> "freeze";
		};
	}

	/**
	 * Return its name in the operators' API.
	 * @return {@code DRAIN}, {@code WEIGHT}, {@code CIRCUIT_OPEN} or {@code FREEZE}
	 */
	default String kind() {
		return switch (this) {
			case Drain drain -> "DRAIN";
			case Weight weight -> "WEIGHT";
			case CircuitOpen circuit -> "CIRCUIT_OPEN";
			case Freeze freeze -> "FREEZE";
		};
	}

	/**
	 * Return the service that it is for.
	 * @return the service, empty when it is for all
	 */
	default Optional<ServiceName> target() {
		return switch (this) {
			case Drain(ServiceName service, String instance) -> Optional.of(service);
			case Weight(ServiceName service, String instance, int weight) -> Optional.of(service);
			case CircuitOpen(ServiceName service) -> Optional.of(service);
			case Freeze freeze -> Optional.empty();
		};
	}

	/**
	 * An instance gets no new requests; those in flight end as they would.
	 *
	 * @param service its service
	 * @param instance its id
	 */
	record Drain(ServiceName service, String instance) implements Action {

		/**
		 * Checks the id.
		 * @throws IllegalArgumentException if it is empty or too long
		 */
		public Drain {
			checkInstance(instance);
		}

	}

	/**
	 * An instance has another weight than it is registered with.
	 *
	 * @param service its service
	 * @param instance its id
	 * @param weight the weight, 0 for no new requests
	 */
	record Weight(ServiceName service, String instance, int weight) implements Action {

		/** The largest weight. */
		public static final int MAX = 1_000_000;

		/**
		 * Checks the id and the weight.
		 * @throws IllegalArgumentException if the id is empty or too long, or the weight
		 * out of its bounds
		 */
		public Weight {
			checkInstance(instance);
			if (weight < 0 || weight > MAX) {
				throw new IllegalArgumentException("weight: %d (expected: 0 to %d)".formatted(weight, MAX));
			}
		}

	}

	/**
	 * The circuit of a service is open, whatever its requests say.
	 *
	 * @param service the service
	 */
	record CircuitOpen(ServiceName service) implements Action {
	}

	/** Nothing that the registry says is published. */
	record Freeze() implements Action {
	}

	private static void checkInstance(String id) {
		if (id.isEmpty() || id.length() > MAX_INSTANCE_LENGTH) {
			throw new IllegalArgumentException(
					"instance id: %d characters (expected: 1 to %d)".formatted(id.length(), MAX_INSTANCE_LENGTH));
		}
	}

	/** All but the unreserved characters of RFC 3986, section 2.3. */
	private static String encoded(String segment) {
		StringBuilder encoded = new StringBuilder(segment.length() + 8);
		for (byte octet : segment.getBytes(StandardCharsets.UTF_8)) {
			boolean unreserved = (octet >= '0' && octet <= '9') || (octet >= 'A' && octet <= 'Z')
					|| (octet >= 'a' && octet <= 'z') || "-._~".indexOf(octet) >= 0;
			if (unreserved) {
				encoded.append((char) octet);
			}
			else {
				encoded.append('%').append("%02X".formatted(octet));
			}
		}
		return encoded.toString();
	}

}
