package dev.holdfast.upstream;

import dev.holdfast.service.Subset;

/**
 * What a request asks of the instance that it is sent to.
 *
 * @param subset which instances it may go to
 * @param keyed whether requests with the same key go to the same instance while that can
 * be had
 * @param key the key, of no meaning unless {@code keyed}
 */
public record Demand(Subset subset, boolean keyed, long key) {

	/** Nothing. */
	public static final Demand NONE = new Demand(Subset.ALL, false, 0);

	/**
	 * Demands that requests with a key go to the same instance.
	 * @param key the key
	 * @return the demand
	 */
	public static Demand keyed(long key) {
		return new Demand(Subset.ALL, true, key);
	}

	/**
	 * Demands one of some instances.
	 * @param subset which they are
	 * @return the demand
	 */
	public static Demand of(Subset subset) {
		return subset.isAll() ? NONE : new Demand(subset, false, 0);
	}

	/**
	 * Return the same demand of some instances.
	 * @param other which they are
	 * @return the demand
	 */
	public Demand within(Subset other) {
		return (other.isAll() && this.subset.isAll()) ? this : new Demand(other, this.keyed, this.key);
	}

}
