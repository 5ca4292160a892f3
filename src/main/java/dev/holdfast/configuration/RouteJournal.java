package dev.holdfast.configuration;

import java.util.List;

import dev.holdfast.registry.Change.Cause;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryOperations;
import dev.holdfast.route.Route;
import dev.holdfast.route.source.RouteListener;
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
				.filter((change) -> change.after() != null && isUnregistered(change.after().service()))
				.limit(MOST_WARNINGS)
				.forEach(this::warn);
		}
	}

	private void note(RouteListener.Change change) {
		Route before = change.before();
		Route after = change.after();
		String detail = "route %s of %s".formatted(change.id(), change.origin());
		if (before != null && (after == null || !after.service().equals(before.service()))) {
			this.operations.note(before.service(), Cause.ROUTE_REMOVED, "", detail);
		}
		if (after != null) {
			boolean changed = before != null && before.service().equals(after.service());
			this.operations.note(after.service(), changed ? Cause.ROUTE_CHANGED : Cause.ROUTE_ADDED, "", detail);
		}
	}

	private boolean isUnregistered(ServiceName service) {
		return this.registry.snapshot().find(service) == null;
	}

	private void warn(RouteListener.Change change) {
		logger.warn("The route \"{}\" of {} goes to the service \"{}\", which nothing has registered", change.id(),
				change.origin(), service(change.after()));
	}

	private static String service(@Nullable Route route) {
		return (route != null) ? route.service().value() : "";
	}

}
