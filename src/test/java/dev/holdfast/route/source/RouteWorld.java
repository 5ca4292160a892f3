package dev.holdfast.route.source;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.route.Route;
import dev.holdfast.route.RouteMatch;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTable;
import org.jspecify.annotations.Nullable;

/**
 * A catalogue of routes in hand-moved time.
 */
final class RouteWorld {

	final ActiveRoutes active = new ActiveRoutes(new RouteTable(List.of(), false, RoutePolicy.DEFAULTS));

	final List<RouteListener.Change> changes = new ArrayList<>();

	final RouteCatalog catalog;

	private Duration passed = Duration.ZERO;

	/** What was saved last. */
	private @Nullable SavedRoutes saved;

	RouteWorld(ConfiguredRoute... configured) {
		InstantSource clock = () -> Instant.EPOCH.plus(this.passed);
		this.catalog = new RouteCatalog(List.of(configured), RoutePolicy.DEFAULTS, Set.of("own"), this.active,
				clock.withZone(ZoneOffset.UTC), List.of(this.changes::addAll));
	}

	/** A route to a service of its name. */
	static String route(String id) {
		return route(id, id);
	}

	static String route(String id, String service) {
		return "- id: %s\n  path: /%s/**\n  service: %s\n".formatted(id, id, service);
	}

	void pass(Duration time) {
		this.passed = this.passed.plus(time);
	}

	long nanoTime() {
		return Long.MAX_VALUE - Duration.ofSeconds(1).toNanos() + this.passed.toNanos();
	}

	void save() {
		this.saved = this.catalog.toSave();
	}

	SavedRoutes saved() {
		return Objects.requireNonNull(this.saved);
	}

	/** Where a request goes, empty for nowhere. */
	String target(String path) {
		RouteMatch match = this.active.table().match("GET", "", path, (name) -> null);
		return (match != null && match.service() != null) ? match.service().value() : "";
	}

	List<String> inForce() {
		return this.active.table().routes().stream().map(Route::id).sorted().toList();
	}

	RouteStatus status(String id) {
		return find(id).orElseThrow(() -> new AssertionError("no " + id + " in " + this.catalog.statuses()));
	}

	Optional<RouteStatus> find(String id) {
		return this.catalog.statuses().stream().filter((status) -> status.id().equals(id)).findFirst();
	}

}
