package dev.holdfast.upstream;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Traffic over time in steps of ten seconds, the oldest first.
 */
public final class TrafficSeries {

	/** How many requests a step has that was not measured. */
	static final int UNKNOWN = -1;

	/** No traffic. */
	public static final TrafficSeries NONE = new TrafficSeries(new int[TrafficPoints.SHOWN],
			new int[TrafficPoints.SHOWN], filled(-1));

	private final int[] requests;

	private final int[] errors;

	private final int[] p95Micros;

	TrafficSeries(int[] requests, int[] errors, int[] p95Micros) {
		this.requests = requests;
		this.errors = errors;
		this.p95Micros = p95Micros;
	}

	private static int[] filled(int value) {
		int[] values = new int[TrafficPoints.SHOWN];
		Arrays.fill(values, value);
		return values;
	}

	/**
	 * Return how many requests ended in each step, those that the client gave up
	 * included.
	 * @return one number a step, {@code null} for a step that was not measured
	 */
	public List<@Nullable Integer> requests() {
		return known(this.requests);
	}

	/**
	 * Return how many of them failed.
	 * @return one number a step, {@code null} for a step that was not measured
	 */
	public List<@Nullable Integer> errors() {
		return known(this.errors);
	}

	private static List<@Nullable Integer> known(int[] values) {
		return Arrays.stream(values)
			.<@Nullable Integer>mapToObj((value) -> (value != UNKNOWN) ? Integer.valueOf(value) : null)
			.toList();
	}

	/**
	 * Gives the same without the steps that another series does not know.
	 */
	TrafficSeries where(TrafficSeries measured) {
		int[] requests = this.requests.clone();
		int[] errors = this.errors.clone();
		int[] p95 = this.p95Micros.clone();
		for (int i = 0; i < requests.length; i++) {
			if (measured.requests[i] == UNKNOWN) {
				requests[i] = UNKNOWN;
				errors[i] = UNKNOWN;
				p95[i] = -1;
			}
		}
		return new TrafficSeries(requests, errors, p95);
	}

	/**
	 * Return the time that 95 % of each step's requests stayed within.
	 * @return milliseconds, {@code null} for a step in which none was measured
	 */
	public List<@Nullable Double> p95Millis() {
		return Arrays.stream(this.p95Micros)
			.<@Nullable Double>mapToObj((micros) -> (micros >= 0) ? micros / 1000.0 : null)
			.toList();
	}

	/**
	 * Return how many requests ended in all steps together.
	 * @return their number
	 */
	public long totalRequests() {
		return sum(this.requests);
	}

	/**
	 * Return how many requests failed in all steps together.
	 * @return their number
	 */
	public long totalErrors() {
		return sum(this.errors);
	}

	private static long sum(int[] values) {
		return Arrays.stream(values).filter((value) -> value != UNKNOWN).asLongStream().sum();
	}

}
