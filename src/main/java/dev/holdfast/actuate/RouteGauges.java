package dev.holdfast.actuate;

import java.util.Locale;

import dev.holdfast.route.source.RouteCatalog;
import dev.holdfast.route.source.RouteOrigin.Source;
import dev.holdfast.route.source.RouteSources;
import dev.holdfast.route.source.RouteStatus;
import dev.holdfast.route.source.SourceStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * The meters of routes and of the sources that they come from.
 */
public final class RouteGauges implements MeterBinder {

	private final RouteCatalog catalog;

	private final RouteSources sources;

	/**
	 * Creates the meters.
	 * @param catalog tells how it stands with each route
	 * @param sources tells how it stands with each source
	 */
	public RouteGauges(RouteCatalog catalog, RouteSources sources) {
		this.catalog = catalog;
		this.sources = sources;
	}

	@Override
	public void bindTo(MeterRegistry meters) {
		for (RouteStatus.State state : RouteStatus.State.values()) {
			Gauge.builder("gateway.routes", () -> count(state))
				.tag("state", state.name().toLowerCase(Locale.ROOT))
				.description("Explicit routes by whether they are in force as they are written")
				.register(meters);
		}
		for (Source source : new Source[] { Source.FOLDER, Source.ETCD }) {
			Gauge.builder("gateway.routes.source.live", () -> isLive(source) ? 1 : 0)
				.tag("source", source.name().toLowerCase(Locale.ROOT))
				.description("1 while every change of the source's routes becomes known, else 0, also when it is off")
				.register(meters);
		}
		FunctionCounter.builder("gateway.routes.sessions", this.sources, RouteSources::sessions)
			.description("Connections to etcd that were begun for routes")
			.register(meters);
	}

	private long count(RouteStatus.State state) {
		return this.catalog.statuses().stream().filter((status) -> status.state() == state).count();
	}

	private boolean isLive(Source source) {
		return this.sources.statuses()
			.stream()
			.anyMatch((status) -> status.source() == source && status.state() == SourceStatus.State.LIVE);
	}

}
