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
	RANDOM

}
