package dev.holdfast.admin;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.holdfast.upstream.Statistics;
import org.jspecify.annotations.Nullable;

/**
 * One service in the list of services.
 *
 * @param name its name
 * @param status how it fares
 * @param instances how many instances it has
 * @param revision the registry's revision at which it last changed
 * @param asOf when what is registered was last known to be this
 * @param circuit the state of its circuit breaker
 * @param panic whether all of its instances are used, because fewer than half of those
 * that can be reached are healthy
 * @param traffic what its recent requests were like, {@code null} when that is not asked
 * for
 */
record ServiceSummary(String name, ServiceStatus status, InstanceCounts instances, long revision,
		@Nullable Instant asOf, String circuit, boolean panic, @JsonUnwrapped @Nullable RecentTraffic traffic) {

	/**
	 * What a service's recent requests were like.
	 *
	 * @param requestsPerSecond requests a second
	 * @param errorRatio the share of them that failed, 0 to 1
	 * @param p50 the median of their time in seconds, {@code null} when none was measured
	 * @param p95 the 95th percentile of their time in seconds, {@code null} when none was
	 * measured
	 * @param p99 the 99th percentile of their time in seconds, {@code null} when none was
	 * measured
	 */
	record RecentTraffic(double requestsPerSecond, double errorRatio, @Nullable Double p50, @Nullable Double p95,
			@Nullable Double p99) {

		static final RecentTraffic NONE = of(Statistics.NONE);

		static RecentTraffic of(Statistics statistics) {
			return new RecentTraffic(statistics.requestsPerSecond(), statistics.errorRatio(),
					measured(statistics.p50()), measured(statistics.p95()), measured(statistics.p99()));
		}

		/**
		 * Leaves out the 0 that stands for no requests, which a reader would take for
		 * fast.
		 */
		private static @Nullable Double measured(double seconds) {
			return (seconds > 0) ? seconds : null;
		}

	}

}
