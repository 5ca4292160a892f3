package dev.holdfast.admin;

import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.holdfast.upstream.TrafficHistory;
import dev.holdfast.upstream.TrafficSeries;
import org.jspecify.annotations.Nullable;

/**
 * The traffic of the last ten minutes; services that had none are left out.
 *
 * @param asOf when the newest step ended
 * @param stepSeconds how long a step is
 * @param points how many steps there are
 * @param total the traffic of all services together
 * @param items the part of the services that was asked for
 * @param page its number, from 0
 * @param size the most services that a page has
 * @param services how many services the whole list has
 */
record TrafficPage(Instant asOf, int stepSeconds, int points, Points total, List<Item> items, int page, int size,
		int services) implements TextShown {

	static TrafficPage of(TrafficHistory.Recent recent, Page<Item> page) {
		return new TrafficPage(recent.asOf(), TrafficHistory.STEP_SECONDS, TrafficHistory.POINTS,
				Points.of(recent.total()), page.items(), page.page(), page.size(), page.total());
	}

	@Override
	public Object shownAsText() {
		return TrafficTable.of(this);
	}

	/**
	 * A service's traffic.
	 *
	 * @param name the service's name
	 * @param points its traffic in steps
	 */
	record Item(String name, @JsonUnwrapped Points points) {
	}

	/**
	 * Traffic in steps, the oldest first.
	 *
	 * @param requests how many requests ended in each step, {@code null} for a step that
	 * was not measured
	 * @param errors how many of them failed
	 * @param p95Millis the time that 95 % of them stayed within, {@code null} for a step
	 * in which none was measured
	 */
	record Points(List<@Nullable Integer> requests, List<@Nullable Integer> errors, List<@Nullable Double> p95Millis) {

		static Points of(TrafficSeries series) {
			return new Points(series.requests(), series.errors(), series.p95Millis());
		}

	}

}
