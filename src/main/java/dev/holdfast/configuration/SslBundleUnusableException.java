package dev.holdfast.configuration;

import org.springframework.core.NestedExceptionUtils;

/**
 * The start failed because a configured SSL bundle is missing or cannot be read.
 */
final class SslBundleUnusableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String name;

	SslBundleUnusableException(String key, String name, RuntimeException cause) {
		super("%s: \"%s\" cannot be used: %s".formatted(key, name,
				NestedExceptionUtils.getMostSpecificCause(cause).getMessage()), cause);
		this.name = name;
	}

	/**
	 * The bundle's name.
	 */
	String name() {
		return this.name;
	}

}
