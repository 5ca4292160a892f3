package dev.holdfast.proxy;

import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.holdfast.route.Cors;
import dev.holdfast.route.DirectResponse;
import dev.holdfast.route.FieldChanges;
import dev.holdfast.route.Mirror;
import dev.holdfast.route.PathRewrite;
import dev.holdfast.route.Route;
import dev.holdfast.route.RouteActions;
import dev.holdfast.route.RoutePolicy;

/**
 * Routes for all paths under {@code /a} that do something to requests.
 */
final class Actions {

	private Actions() {
	}

	static Route request(FieldChanges changes) {
		return route(new RouteActions(changes, FieldChanges.NONE, PathRewrite.NONE, "", DirectResponse.NONE, Cors.NONE,
				List.of()));
	}

	static Route response(FieldChanges changes) {
		return route(new RouteActions(FieldChanges.NONE, changes, PathRewrite.NONE, "", DirectResponse.NONE, Cors.NONE,
				List.of()));
	}

	static Route rewrite(PathRewrite path, String host) {
		return route(new RouteActions(FieldChanges.NONE, FieldChanges.NONE, path, host, DirectResponse.NONE, Cors.NONE,
				List.of()));
	}

	static Route respond(DirectResponse response) {
		return respond(response, PathRewrite.NONE, FieldChanges.NONE);
	}

	static Route respond(DirectResponse response, PathRewrite path, FieldChanges changes) {
		RouteActions actions = new RouteActions(FieldChanges.NONE, changes, path, "", response, Cors.NONE, List.of());
		return new Route("a", "", "/a/**", Set.of(), Map.of(), null, "", false, RoutePolicy.DEFAULTS.with(actions));
	}

	static Route cors(Cors cors, String... methods) {
		return new Route("a", "", "/a/**", Set.of(methods), Map.of(), Gateway.ORDERS, "", false,
				RoutePolicy.DEFAULTS.with(new RouteActions(FieldChanges.NONE, FieldChanges.NONE, PathRewrite.NONE, "",
						DirectResponse.NONE, cors, List.of())));
	}

	static Route mirror(Mirror... mirrors) {
		return route(new RouteActions(FieldChanges.NONE, FieldChanges.NONE, PathRewrite.NONE, "", DirectResponse.NONE,
				Cors.NONE, List.of(mirrors)));
	}

	private static Route route(RouteActions actions) {
		return new Route("a", "", "/a/**", Set.of(), Map.of(), Gateway.ORDERS, "", false,
				RoutePolicy.DEFAULTS.with(actions));
	}

	static FieldChanges.Field field(String name, String value) {
		return new FieldChanges.Field(name, value);
	}

}
