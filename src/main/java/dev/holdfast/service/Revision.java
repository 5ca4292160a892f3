package dev.holdfast.service;

/**
 * A point in a registry's history.
 *
 * @param cluster the id of the cluster whose history it is, 0 when unknown
 * @param number the count of changes up to this point, 0 before the first
 */
public record Revision(long cluster, long number) {

	/** Before anything was read. */
	public static final Revision NONE = new Revision(0, 0);

	/**
	 * Tells whether this cannot be a later point of the history that another one is of.
	 * @param before the other one
	 * @return whether the cluster was wiped, restored or replaced in between
	 */
	public boolean isOtherHistory(Revision before) {
		return this.cluster != before.cluster || this.number < before.number;
	}

	/**
	 * Gives a later point of the same history.
	 * @param number its number
	 * @return the point
	 */
	public Revision at(long number) {
		return new Revision(this.cluster, number);
	}

}
