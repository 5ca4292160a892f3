package dev.holdfast.admin;

import dev.holdfast.upstream.Statistics;
import org.jspecify.annotations.Nullable;

/**
 * One service in the list of services.
 *
 * @param name its name
 * @param status how it fares
 * @param instances how many instances it has
 * @param revision the registry's revision at which it last changed
 * @param ageSeconds time since what is registered was last known to be this
 * @param requestsPerSecond recent requests a second
 * @param errorRatio the share of them that failed, 0 to 1
 * @param p50 the median of their time in seconds, {@code null} while there were none
 * @param p95 the 95th percentile of their time in seconds, {@code null} while there were
 * none
 * @param p99 the 99th percentile of their time in seconds, {@code null} while there were
 * none
 * @param circuit the state of its circuit breaker
 */
record ServiceSummary(String name, ServiceStatus status, InstanceCounts instances, long revision,
		@Nullable Long ageSeconds, @Nullable Double requestsPerSecond, @Nullable Double errorRatio,
		@Nullable Double p50, @Nullable Double p95, @Nullable Double p99, String circuit) {

	static ServiceSummary of(String name, ServiceStatus status, InstanceCounts instances, long revision,
			@Nullable Long ageSeconds, Statistics statistics, String circuit) {
		return new ServiceSummary(name, status, instances, revision, ageSeconds, finite(statistics.requestsPerSecond()),
				finite(statistics.errorRatio()), finite(statistics.p50()), finite(statistics.p95()),
				finite(statistics.p99()), circuit);
	}

	/**
	 * Leaves out what is not a number, which JSON has no way to write.
	 */
	private static @Nullable Double finite(double value) {
		return Double.isFinite(value) ? value : null;
	}

}
