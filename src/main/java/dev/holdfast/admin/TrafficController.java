package dev.holdfast.admin;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.holdfast.upstream.TrafficHistory;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The traffic of the last ten minutes. Its entity tag costs nothing: one step has one
 * list, which is sorted once for all who ask.
 */
@RestController
@RequestMapping("/registry/traffic")
class TrafficController {

	private static final Comparator<TrafficHistory.Sums> BY_NAME = Comparator
		.comparing((TrafficHistory.Sums sums) -> sums.service().value());

	private static final Sorting<TrafficHistory.Sums> ORDERS = new Sorting<>(Map.of("name", BY_NAME, "requests",
			Comparator.comparingLong(TrafficHistory.Sums::requests).thenComparing(BY_NAME), "errors",
			Comparator.comparingLong(TrafficHistory.Sums::errors).thenComparing(BY_NAME)), "name");

	private final TrafficHistory history;

	private final GatewayIdentity identity;

	private volatile Sorted sorted;

	TrafficController(TrafficHistory history, GatewayIdentity identity) {
		this.history = history;
		this.identity = identity;
		this.sorted = new Sorted(history.recent());
	}

	@RequestMapping(method = RequestMethod.GET)
	@TextColumns({ "name", "requests", "errors", "errorRatio", "REQ/S=requestsPerSecond", "P95-MS=p95Millis" })
	ResponseEntity<TrafficPage> list(@RequestParam(required = false) @Nullable String q,
			@RequestParam(required = false) @Nullable String sort,
			@RequestParam(required = false) @Nullable String page,
			@RequestParam(required = false) @Nullable String size, HttpServletRequest read) {
		PageRequest request = PageRequest.of(page, size);
		Comparator<TrafficHistory.Sums> order = ORDERS.by(sort);
		Sorted list = list();
		TrafficHistory.Recent recent = list.recent();
		String sought = (q != null) ? q.toLowerCase(Locale.ROOT) : "";
		List<TrafficHistory.Sums> found = list.by((sort != null) ? sort : "", order);
		if (!sought.isEmpty()) {
			found = found.stream()
				.filter((sums) -> sums.service().value().toLowerCase(Locale.ROOT).contains(sought))
				.toList();
		}
		String form = PlainText.isPreferred(read.getHeader(HttpHeaders.ACCEPT)) ? "-text" : "";
		return ResponseEntity.ok()
			.eTag("W/\"%s-%d%s\"".formatted(this.identity.instanceId(), recent.number(), form))
			.body(TrafficPage.of(recent, Page.of(found, request, (sums) -> new TrafficPage.Item(sums.service().value(),
					TrafficPage.Points.of(recent.of(sums.service()))))));
	}

	private Sorted list() {
		TrafficHistory.Recent recent = this.history.recent();
		Sorted known = this.sorted;
		if (known.recent() != recent) {
			known = new Sorted(recent);
			this.sorted = known;
		}
		return known;
	}

	/**
	 * The services in the orders that were asked for so far.
	 */
	private record Sorted(TrafficHistory.Recent recent, Map<String, List<TrafficHistory.Sums>> orders) {

		Sorted(TrafficHistory.Recent recent) {
			this(recent, new ConcurrentHashMap<>());
		}

		List<TrafficHistory.Sums> by(String name, Comparator<TrafficHistory.Sums> order) {
			return this.orders.computeIfAbsent(name, (added) -> this.recent.services().stream().sorted(order).toList());
		}

	}

}
