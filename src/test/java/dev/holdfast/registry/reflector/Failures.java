package dev.holdfast.registry.reflector;

import org.jspecify.annotations.Nullable;

/**
 * What failed while the reflector was at work, which outlives even assertion errors.
 */
final class Failures {

	private @Nullable AssertionError first;

	void collect(Runnable action) {
		try {
			action.run();
		}
		catch (AssertionError ex) {
			this.first = (this.first != null) ? this.first : ex;
		}
	}

	@Nullable AssertionError first() {
		return this.first;
	}

	void rethrow() {
		if (this.first != null) {
			throw this.first;
		}
	}

}
