package dev.holdfast.upstream;

import java.util.Locale;

/**
 * Why an instance is ejected.
 */
public sealed interface EjectionCause {

	/**
	 * Return the cause as a sentence, without a full stop.
	 * @return the sentence
	 */
	String sentence();

	/** A connection to it was refused, or not made in time. */
	record Refused() implements EjectionCause {

		@Override
		public String sentence() {
			return "a connection to it was refused lately";
		}

	}

	/**
	 * It failed requests one after the other.
	 *
	 * @param count how many
	 * @param last how the last one ended
	 */
	record Failures(int count, Outcome last) implements EjectionCause {

		@Override
		public String sentence() {
			return (this.count == 1) ? "it failed a request, which ended " + this.last.description()
					: "it failed %d requests in a row, the last one %s".formatted(this.count, this.last.description());
		}

	}

	/**
	 * Far fewer of its requests succeeded than of the other instances' of its service.
	 *
	 * @param successRate the part of its requests that succeeded, 0 to 1
	 * @param mean the mean of that part over the instances of the service
	 */
	record Outlier(double successRate, double mean) implements EjectionCause {

		@Override
		public String sentence() {
			return String.format(Locale.ROOT,
					"%.1f %% of its requests succeeded, and %.1f %% of those of the instances of its service",
					100 * this.successRate, 100 * this.mean);
		}

	}

}
