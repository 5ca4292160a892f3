package dev.holdfast.upstream;

/**
 * A service's traffic during the last full window of ten seconds.
 *
 * @param requestsPerSecond requests that ended, those that the client gave up included
 * @param errorRatio the part of the requests for whose end the backend answers that
 * failed, 0 to 1
 * @param p50Seconds the median time of those requests, 0 when there were none
 * @param p95Seconds the time that 95 % of them stayed within
 * @param p99Seconds the time that 99 % of them stayed within
 */
public record Statistics(double requestsPerSecond, double errorRatio, double p50Seconds, double p95Seconds,
		double p99Seconds) {

	/** No traffic. */
	public static final Statistics NONE = new Statistics(0, 0, 0, 0, 0);

}
