package dev.holdfast.proxy.http2;

/**
 * What the streams of a connection share.
 *
 * @param writer writes frames
 * @param flow the connection's windows
 * @param table the open streams
 * @param resets hears of resets
 * @param scheduler runs what is to be done soon
 * @param window what a stream may bring, bytes
 */
record StreamLinks(FrameWriter writer, FlowControl flow, StreamTable table, ResetListener resets, Scheduler scheduler,
		int window) {

	/**
	 * Hears of streams that this side resets on its own account.
	 */
	@FunctionalInterface
	interface ResetListener {

		void onReset(long code);

	}

	/**
	 * Runs a task soon, but not at once.
	 */
	@FunctionalInterface
	interface Scheduler {

		void defer(Runnable task);

	}

}
