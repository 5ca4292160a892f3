package dev.holdfast.override;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What is in force for one service and its instances.
 *
 * @param circuitOpen keeps its circuit open, {@code null} when nothing does
 * @param instances what is in force for instances, by their ids; also of such as are not
 * registered
 */
public record ServiceOverrides(@Nullable OperatorOverride circuitOpen, Map<String, InstanceOverrides> instances) {

	/** Nothing. */
	public static final ServiceOverrides NONE = new ServiceOverrides(null, Map.of());

	/**
	 * Copies the map.
	 */
	public ServiceOverrides {
		instances = Map.copyOf(instances);
	}

	/**
	 * Return what is in force for an instance.
	 * @param instance its id
	 * @return the overrides, {@link InstanceOverrides#NONE} when there are none
	 */
	public InstanceOverrides of(String instance) {
		return this.instances.getOrDefault(instance, InstanceOverrides.NONE);
	}

	/**
	 * Whether there is nothing in force.
	 * @return whether nothing is in force
	 */
	public boolean isEmpty() {
		return this.circuitOpen == null && this.instances.isEmpty();
	}

}
