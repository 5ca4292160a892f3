package dev.holdfast.upstream;

import java.util.Map;

import dev.holdfast.service.Instance;

/**
 * Which instances of a service a request may go to.
 *
 * @param version the version that they must run, empty for any
 * @param metadata what they must say of themselves, empty for anything
 */
public record Subset(String version, Map<String, String> metadata) {

	/** All of them. */
	public static final Subset ALL = new Subset("", Map.of());

	/**
	 * Copies the metadata.
	 */
	public Subset {
		metadata = Map.copyOf(metadata);
	}

	/**
	 * Whether all instances belong to it.
	 */
	boolean isAll() {
		return this.version.isEmpty() && this.metadata.isEmpty();
	}

	boolean contains(Instance instance) {
		return (this.version.isEmpty() || this.version.equals(instance.version()))
				&& instance.metadata().entrySet().containsAll(this.metadata.entrySet());
	}

}
