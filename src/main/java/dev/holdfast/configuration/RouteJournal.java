package dev.holdfast.configuration;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import dev.holdfast.registry.Change.Cause;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryOperations;
import dev.holdfast.route.Route;
import dev.holdfast.route.WeightedBackend;
import dev.holdfast.route.source.RouteListener;
import dev.holdfast.service.PrintableText;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the histories of services tell of the routes that lead to them, and warns of those
 * that lead to a service which nothing has registered.
 */
final class RouteJournal implements RouteListener {

	private static final Logger logger = LoggerFactory.getLogger(RouteJournal.class);

	/** The journal is for all changes, and thousands of routes may change at once. */
	private static final int MOST = 100;

	private static final int MOST_WARNINGS = 10;

	private final RegistryOperations operations;

	private final Registry registry;

	RouteJournal(RegistryOperations operations, Registry registry) {
		this.operations = operations;
		this.registry = registry;
	}

	@Override
	public void onRoutes(List<RouteListener.Change> changes) {
		changes.stream().limit(MOST).forEach(this::note);
		if (this.registry.status().hasSnapshot()) {
			changes.stream()
				.flatMap((change) -> services(change.after()).stream()
					.filter((service) -> this.registry.snapshot().find(service) == null)
					.map((service) -> "The route \"%s\" of %s goes to the service \"%s\"".formatted(change.id(),
							PrintableText.of(change.origin().toString()), service)))
				.limit(MOST_WARNINGS)
				.forEach((what) -> logger.warn("{}, which nothing has registered", what));
		}
	}

	private void note(RouteListener.Change change) {
		Set<ServiceName> before = services(change.before());
		Set<ServiceName> after = services(change.after());
		String detail = "route %s of %s".formatted(change.id(), PrintableText.of(change.origin().toString()));
		before.stream()
			.filter((service) -> !after.contains(service))
			.forEach((service) -> this.operations.note(service, Cause.ROUTE_REMOVED, "", detail));
		after.forEach((service) -> this.operations.note(service,
				before.contains(service) ? Cause.ROUTE_CHANGED : Cause.ROUTE_ADDED, "", detail));
	}

	/** One that answers by itself leads to none. */
	private static Set<ServiceName> services(@Nullable Route route) {
		return (route == null) ? Set.of()
				: route.backends()
					.stream()
					.map(WeightedBackend::service)
					.collect(Collectors.toCollection(TreeSet::new));
	}

}
