package dev.holdfast.upstream;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Traffic over time in steps of ten seconds, the oldest first.
 */
public final class TrafficSeries {

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
	 * @return one number a step
	 */
	public List<Integer> requests() {
		return Arrays.stream(this.requests).boxed().toList();
	}

	/**
	 * Return how many of them failed.
	 * @return one number a step
	 */
	public List<Integer> errors() {
		return Arrays.stream(this.errors).boxed().toList();
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
		return Arrays.stream(this.requests).asLongStream().sum();
	}

	/**
	 * Return how many requests failed in all steps together.
	 * @return their number
	 */
	public long totalErrors() {
		return Arrays.stream(this.errors).asLongStream().sum();
	}

}
