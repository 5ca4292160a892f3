package dev.holdfast.registry.reflector;

import java.util.Arrays;

import dev.holdfast.registry.Signal;

/**
 * Up to which revision each watch has delivered.
 */
final class Watermarks {

	private final long[] revisions;

	Watermarks(int watches, long revision) {
		this.revisions = new long[watches];
		Arrays.fill(this.revisions, revision);
	}

	int watches() {
		return this.revisions.length;
	}

	/**
	 * Takes note of what arrived.
	 */
	void raise(Signal.Delivered signal) {
		this.revisions[signal.watch()] = Math.max(this.revisions[signal.watch()], signal.revision());
	}

	/**
	 * Takes note that every watch is known to be this far.
	 */
	void raiseAll(long revision) {
		Arrays.setAll(this.revisions, (watch) -> Math.max(this.revisions[watch], revision));
	}

	/**
	 * The revision up to which all watches have delivered.
	 */
	long lowest() {
		return Arrays.stream(this.revisions).min().orElse(Long.MAX_VALUE);
	}

}
