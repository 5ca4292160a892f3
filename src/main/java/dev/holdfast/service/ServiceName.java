package dev.holdfast.service;

/**
 * The name under which a service's instances are registered and routed to.
 *
 * @param value 1 to 253 characters: no slash, white space or control character among them
 */
public record ServiceName(String value) implements Comparable<ServiceName> {

	private static final int MAX_LENGTH = 253;

	/**
	 * Checks the name.
	 * @throws IllegalArgumentException if the value is not a service name
	 */
	public ServiceName {
		if (!isValid(value)) {
			throw new IllegalArgumentException("""
					service name: "%s" (expected: 1 to %d characters without slash, white space or control character)"""
				.formatted(value, MAX_LENGTH));
		}
	}

	/**
	 * Tells whether a text can name a service.
	 * @param value the text
	 * @return whether {@link #ServiceName(String)} accepts it
	 */
	public static boolean isValid(String value) {
		if (value.isEmpty() || value.length() > MAX_LENGTH) {
			return false;
		}
		return value.chars().noneMatch((c) -> c == '/' || Character.isWhitespace(c) || Character.isISOControl(c));
	}

	@Override
	public int compareTo(ServiceName other) {
		return this.value.compareTo(other.value);
	}

	@Override
	public String toString() {
		return this.value;
	}

}
