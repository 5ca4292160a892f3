package dev.holdfast.route;

/**
 * What becomes of requests with a percent-encoded slash or backslash in their path.
 */
public enum EncodedSlashes {

	/** They are passed on as they are, as data of one segment. */
	PASS,

	/** They are turned away. */
	REJECT

}
