package dev.holdfast.service;

import java.util.Map;

/**
 * Some of a service's instances: those of a version, with certain metadata, or both.
 *
 * @param version the version that they run, empty for any
 * @param metadata what they must have said of themselves
 */
public record Subset(String version, Map<String, String> metadata) {

	/** All instances. */
	public static final Subset ALL = new Subset("", Map.of());

	/**
	 * Copies the metadata.
	 */
	public Subset {
		metadata = Map.copyOf(metadata);
	}

	/**
	 * Return whether it has all instances.
	 * @return whether nothing is asked of them
	 */
	public boolean isAll() {
		return this.version.isEmpty() && this.metadata.isEmpty();
	}

	/**
	 * Return whether an instance is one of them.
	 * @param instance the instance
	 * @return whether it runs the version and has the metadata
	 */
	public boolean includes(Instance instance) {
		return (this.version.isEmpty() || this.version.equals(instance.version()))
				&& instance.metadata().entrySet().containsAll(this.metadata.entrySet());
	}

}
