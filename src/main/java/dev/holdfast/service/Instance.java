package dev.holdfast.service;

import java.util.Map;

/**
 * One running copy of a service.
 *
 * @param id unique among the instances of its service
 * @param endpoint where it listens
 * @param weight its share of the traffic relative to the service's other instances; 0
 * takes no new requests
 * @param zone the zone it runs in, empty when it did not say
 * @param version the version it runs, empty when it did not say
 * @param metadata what else it said of itself
 * @param registration the record it was read from
 */
public record Instance(String id, Endpoint endpoint, int weight, String zone, String version,
		Map<String, String> metadata, Registration registration) {

	/** The weight of an instance that did not ask for another. */
	public static final int DEFAULT_WEIGHT = 100;

	/** The largest weight; what asks for more gets this. */
	public static final int MAX_WEIGHT = 65_535;

	/**
	 * Copies the metadata and bounds the weight.
	 * @throws IllegalArgumentException if the id is empty
	 */
	public Instance {
		if (id.isEmpty()) {
			throw new IllegalArgumentException("instance id: \"\" (expected: at least one character)");
		}
		weight = Math.clamp(weight, 0, MAX_WEIGHT);
		metadata = Map.copyOf(metadata);
	}

	/**
	 * Gives the same instance under another id.
	 * @param other the id
	 * @return the instance
	 */
	public Instance withId(String other) {
		return new Instance(other, this.endpoint, this.weight, this.zone, this.version, this.metadata,
				this.registration);
	}

	/**
	 * Gives the same instance with another weight.
	 * @param other the weight
	 * @return the instance
	 */
	public Instance withWeight(int other) {
		return new Instance(this.id, this.endpoint, other, this.zone, this.version, this.metadata, this.registration);
	}

	/**
	 * Tells whether two instances differ in nothing that traffic or operators see; the
	 * record's revision and origin do not count.
	 * @param other the other instance
	 * @return whether one can stand for the other
	 */
	public boolean isSameAs(Instance other) {
		return this.id.equals(other.id) && this.endpoint.equals(other.endpoint) && this.weight == other.weight
				&& this.zone.equals(other.zone) && this.version.equals(other.version)
				&& this.metadata.equals(other.metadata);
	}

}
