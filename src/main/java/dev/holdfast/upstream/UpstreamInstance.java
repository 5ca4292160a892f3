package dev.holdfast.upstream;

import dev.holdfast.service.Instance;

/**
 * One instance's run-time state.
 */
public final class UpstreamInstance {

	private final Instance instance;

	UpstreamInstance(Instance instance) {
		this.instance = instance;
	}

	/**
	 * What is registered.
	 * @return the instance
	 */
	public Instance instance() {
		return this.instance;
	}

	/**
	 * Counts a try that is sent to this instance. Must be followed by one {@link #end}.
	 */
	public void start() {
	}

	/**
	 * Counts the end of a try.
	 * @param outcome how it ended
	 */
	public void end(Outcome outcome) {
	}

}
