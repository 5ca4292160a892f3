package dev.holdfast.proxy.http1;

/**
 * What follows a head, and so where the message ends.
 */
enum BodyEnd {

	/** A body as the fields say; none when they say nothing of one. */
	BY_FIELDS,

	/** No body. */
	NONE,

	/** No body, and the message itself follows. */
	INTERIM,

	/** No body, and what there was is not of interest. */
	IGNORED,

	/** A body that the end of the connection ends. */
	UNTIL_CLOSE,

	/** What is no HTTP any more. */
	TUNNEL

}
