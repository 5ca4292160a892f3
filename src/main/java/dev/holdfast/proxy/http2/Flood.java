package dev.holdfast.proxy.http2;

/**
 * What a peer can send too much of.
 */
enum Flood {

	/** Streams that it resets. */
	RESETS("resets"),

	/** Streams that it makes this side reset (CVE-2025-8671). */
	PROVOKED_RESETS("provoked-resets"),

	/** Frames of a body with nothing in them. */
	EMPTY_FRAMES("empty-frames"),

	/** Frames that go on with a head. */
	CONTINUATIONS("continuations"),

	/** Pings and settings whose acknowledgements it does not read. */
	CONTROL_FRAMES("control-frames");

	private final String reason;

	Flood(String reason) {
		this.reason = reason;
	}

	/**
	 * Return the reason in a word that fits a label.
	 */
	String reason() {
		return this.reason;
	}

}
