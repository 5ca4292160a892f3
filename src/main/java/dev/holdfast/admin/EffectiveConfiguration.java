package dev.holdfast.admin;

import java.util.Map;

/**
 * Finds what the gateway is configured with.
 */
@FunctionalInterface
public interface EffectiveConfiguration {

	/**
	 * Return what is in force, defaults included.
	 * @return values, maps and lists of them by the names of the properties; secrets are
	 * hidden
	 */
	Map<String, Object> find();

}
