package dev.holdfast.outage;

/**
 * How many rows of the matrix are played, the fewest first.
 */
enum Rows {

	/** What an ordinary build has time for: the promise of the README. */
	ESSENTIAL,

	/** All but those that take minutes. */
	USUAL,

	/** All. */
	ALL

}
