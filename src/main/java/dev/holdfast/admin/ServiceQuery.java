package dev.holdfast.admin;

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

import dev.holdfast.admin.ServiceSummary.RecentTraffic;
import dev.holdfast.service.Service;
import org.jspecify.annotations.Nullable;

/**
 * Which services are asked for, and in which order.
 *
 * @param text what a name must contain, in any case
 * @param statuses the statuses asked for
 * @param order the order
 * @param registeredOrder the same order where it goes by what is registered alone,
 * {@code null} where it does not
 * @param traffic whether their recent traffic is asked for
 */
record ServiceQuery(String text, Set<ServiceStatus> statuses, Comparator<ServiceSummary> order,
		@Nullable Comparator<Service> registeredOrder, boolean traffic) {

	private static final Comparator<ServiceSummary> BY_NAME = Comparator.comparing(ServiceSummary::name);

	private static final Map<String, Comparator<ServiceSummary>> ORDERS = new TreeMap<>(
			Map.of("name", BY_NAME, "status", Comparator.comparing(ServiceSummary::status), "instances",
					Comparator.comparingInt((service) -> service.instances().total()), "revision",
					Comparator.comparingLong(ServiceSummary::revision)));

	/** Those that need no look at what has become of the instances. */
	private static final Map<String, Comparator<Service>> ORDERS_OF_REGISTERED = Map.of("name",
			Comparator.comparing(Service::name), "instances",
			Comparator.comparingInt((service) -> service.instances().size()), "revision",
			Comparator.comparingLong(Service::revision));

	private static final Map<String, Comparator<ServiceSummary>> ORDERS_OF_TRAFFIC = new TreeMap<>(
			Map.of("requestsPerSecond", by(Comparator.comparingDouble(RecentTraffic::requestsPerSecond)), "errorRatio",
					by(Comparator.comparingDouble(RecentTraffic::errorRatio)), "p99",
					by(Comparator.comparing(RecentTraffic::p99, Comparator.nullsFirst(Double::compareTo)))));

	/**
	 * Reads a query.
	 * @param text part of a name
	 * @param status statuses, separated by commas
	 * @param sort what to sort by; a minus before it turns the order round
	 * @param traffic whether the recent traffic is asked for, by which one can sort only
	 * then
	 * @throws ProblemException if one of them is none of what it can be
	 */
	static ServiceQuery of(@Nullable String text, @Nullable String status, @Nullable String sort, boolean traffic) {
		return new ServiceQuery((text != null) ? text.toLowerCase(Locale.ROOT) : "",
				Parameters.constants("status", status, ServiceStatus.class), order(sort, traffic),
				registeredOrder((sort != null) ? sort : "name"), traffic);
	}

	boolean matchesName(String name) {
		return this.text.isEmpty() || name.toLowerCase(Locale.ROOT).contains(this.text);
	}

	boolean isForEveryStatus() {
		return this.statuses.size() == ServiceStatus.values().length;
	}

	boolean matchesStatus(ServiceSummary service) {
		return this.statuses.contains(service.status());
	}

	private static Comparator<ServiceSummary> by(Comparator<RecentTraffic> order) {
		return Comparator.comparing((service) -> Objects.requireNonNullElse(service.traffic(), RecentTraffic.NONE),
				order);
	}

	private static @Nullable Comparator<Service> registeredOrder(String sort) {
		boolean reversed = sort.startsWith("-");
		Comparator<Service> order = ORDERS_OF_REGISTERED.get(reversed ? sort.substring(1) : sort);
		return (order == null) ? null : (reversed ? order.reversed() : order).thenComparing(Service::name);
	}

	private static Comparator<ServiceSummary> order(@Nullable String sort, boolean traffic) {
		if (sort == null) {
			return BY_NAME;
		}
		boolean reversed = sort.startsWith("-");
		String name = reversed ? sort.substring(1) : sort;
		Comparator<ServiceSummary> order = traffic ? ORDERS_OF_TRAFFIC.getOrDefault(name, ORDERS.get(name))
				: ORDERS.get(name);
		if (order == null) {
			throw ProblemException.badParameter("sort", sort,
					"one of %s, or with traffic=true of %s, with a minus before it for the reverse"
						.formatted(String.join(", ", ORDERS.keySet()), String.join(", ", ORDERS_OF_TRAFFIC.keySet())));
		}
		return (reversed ? order.reversed() : order).thenComparing(BY_NAME);
	}

}
