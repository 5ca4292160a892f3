package dev.holdfast.check;

/**
 * The method of an HTTP check: one that changes nothing.
 */
public enum CheckMethod {

	/** The whole answer is read. */
	GET,

	/** The answer has no body. */
	HEAD

}
