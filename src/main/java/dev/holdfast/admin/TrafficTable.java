package dev.holdfast.admin;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.Nullable;

/**
 * The traffic of the last ten minutes in sums, for a terminal.
 *
 * @param asOf when the newest step ended
 * @param seconds how long all steps are together
 * @param total the traffic of all services together
 * @param items the part of the services that was asked for
 * @param page its number, from 0
 * @param size the most services that a page has
 * @param services how many services the whole list has
 */
record TrafficTable(Instant asOf, int seconds, Sums total, List<Row> items, int page, int size, int services) {

	static TrafficTable of(TrafficPage page) {
		return new TrafficTable(page.asOf(), page.stepSeconds() * page.points(),
				Sums.of(page.total(), page.stepSeconds()),
				page.items()
					.stream()
					.map((item) -> new Row(item.name(), Sums.of(item.points(), page.stepSeconds())))
					.toList(),
				page.page(), page.size(), page.services());
	}

	/**
	 * A service's traffic.
	 *
	 * @param name the service's name
	 * @param sums its traffic
	 */
	record Row(String name, @JsonUnwrapped Sums sums) {
	}

	/**
	 * What the steps come to.
	 *
	 * @param requests how many requests ended in all of them
	 * @param errors how many of those failed
	 * @param errorRatio the share of those that failed, 0 to 1
	 * @param requestsPerSecond requests a second of the newest step, {@code null} when
	 * that was not measured
	 * @param p95Millis the time that 95 % of the requests of the newest step stayed
	 * within, {@code null} when none was measured
	 */
	record Sums(long requests, long errors, double errorRatio, @Nullable Double requestsPerSecond,
			@Nullable Double p95Millis) {

		static Sums of(TrafficPage.Points points, int stepSeconds) {
			long requests = sum(points.requests());
			long errors = sum(points.errors());
			Integer newest = points.requests().getLast();
			return new Sums(requests, errors, (requests > 0) ? (double) errors / requests : 0,
					(newest != null) ? (double) newest / stepSeconds : null, points.p95Millis().getLast());
		}

		private static long sum(List<@Nullable Integer> steps) {
			return steps.stream().filter(Objects::nonNull).mapToLong(Integer::longValue).sum();
		}

	}

}
