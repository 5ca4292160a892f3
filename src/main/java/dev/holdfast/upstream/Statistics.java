package dev.holdfast.upstream;

/**
 * A service's traffic during the last full window of ten seconds.
 *
 * @param requestsPerSecond requests that ended, those that the client gave up included
 * @param errorRatio the part of them that failed, 0 to 1; a request that the client gave
 * up did not
 * @param p50 the median time of those that the client did not give up, seconds; not a
 * number when there were none
 * @param p95 the time that 95 % of them stayed within, seconds
 * @param p99 the time that 99 % of them stayed within, seconds
 */
public record Statistics(double requestsPerSecond, double errorRatio, double p50, double p95, double p99) {

	/** No traffic. */
	public static final Statistics NONE = new Statistics(0, 0, Double.NaN, Double.NaN, Double.NaN);

}
