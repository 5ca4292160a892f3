package dev.holdfast.upstream;

/**
 * How an instance is chosen among those that can take a request.
 */
public enum Balancer {

	/**
	 * The less busy of two that are drawn at random in proportion to their weights.
	 */
	LEAST_REQUEST,

	/** Each in its turn, as often as its weight says. */
	ROUND_ROBIN,

	/** At random in proportion to the weights. */
	RANDOM,

	/**
	 * The same for requests that have the same key, while it can be had and has no more
	 * than 1.25 times its share of the requests; for those without a key as
	 * {@link #LEAST_REQUEST}.
	 */
	HASH

}
