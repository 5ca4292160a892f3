package dev.holdfast.proxy.http1;

/**
 * What a step of reading HTTP/1.1 came to.
 */
public enum Parsed {

	/** Nothing: more bytes are needed. */
	NEED_DATA,

	/** A whole head. A message without a body ends in a step of its own. */
	HEAD,

	/** Some of a body. */
	BODY,

	/** The end of a message. */
	END,

	/** The message is malformed: nothing more is read. */
	MALFORMED

}
