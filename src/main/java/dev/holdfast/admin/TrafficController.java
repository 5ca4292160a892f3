package dev.holdfast.admin;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.StreamSupport;

import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.TrafficHistory;
import dev.holdfast.upstream.TrafficSeries;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The traffic of the last ten minutes. It has no entity tag, since it changes with every
 * request.
 */
@RestController
@RequestMapping("/registry/traffic")
class TrafficController {

	private static final Comparator<Measured> BY_NAME = Comparator.comparing(Measured::name);

	private static final Sorting<Measured> ORDERS = new Sorting<>(Map.of("name", BY_NAME, "requests",
			Comparator.comparingLong((Measured service) -> service.series().totalRequests()).thenComparing(BY_NAME),
			"errors",
			Comparator.comparingLong((Measured service) -> service.series().totalErrors()).thenComparing(BY_NAME)),
			"name");

	private final TrafficHistory history;

	TrafficController(TrafficHistory history) {
		this.history = history;
	}

	@RequestMapping(method = RequestMethod.GET)
	TrafficPage list(@RequestParam(required = false) @Nullable String q,
			@RequestParam(required = false) @Nullable String sort,
			@RequestParam(required = false) @Nullable String page,
			@RequestParam(required = false) @Nullable String size, HttpServletResponse response) {
		PageRequest request = PageRequest.of(page, size);
		Comparator<Measured> order = ORDERS.by(sort);
		String sought = (q != null) ? q.toLowerCase(Locale.ROOT) : "";
		TrafficHistory.Recent recent = this.history.recent();
		List<Measured> found = StreamSupport.stream(recent.services().spliterator(), false)
			.filter((name) -> sought.isEmpty() || name.value().toLowerCase(Locale.ROOT).contains(sought))
			.map((name) -> new Measured(name, recent))
			.sorted(order)
			.toList();
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		return TrafficPage.of(recent, Page.of(found, request,
				(service) -> new TrafficPage.Item(service.name(), TrafficPage.Points.of(service.series()))));
	}

	/**
	 * A service with its traffic, which is read only when it is asked for.
	 */
	private static final class Measured {

		private final ServiceName name;

		private final TrafficHistory.Recent recent;

		private @Nullable TrafficSeries series;

		Measured(ServiceName name, TrafficHistory.Recent recent) {
			this.name = name;
			this.recent = recent;
		}

		String name() {
			return this.name.value();
		}

		TrafficSeries series() {
			TrafficSeries known = this.series;
			if (known == null) {
				known = this.recent.of(this.name);
				this.series = known;
			}
			return known;
		}

	}

}
