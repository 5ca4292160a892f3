package dev.holdfast.admin;

import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.route.BackendProtocol;
import dev.holdfast.route.BackendSecurity;
import dev.holdfast.route.EncodedSlashes;
import dev.holdfast.route.PathRules;
import dev.holdfast.route.RetryPolicy;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTimes;

/**
 * Finds out which values of a route are its own: those that stay as they are under other
 * defaults.
 */
final class ValueOrigins {

	private final ObjectMapper mapper;

	private final RoutePolicy defaults;

	ValueOrigins(ObjectMapper mapper, RoutePolicy defaults) {
		this.mapper = mapper;
		this.defaults = defaults;
	}

	/**
	 * Return defaults that differ in everything.
	 */
	RoutePolicy others() {
		RouteTimes times = this.defaults.times();
		RouteTimes otherTimes = new RouteTimes(other(times.request()), other(times.perTry()), other(times.total()),
				other(times.body()), other(times.streamIdle()));
		PathRules paths = this.defaults.paths();
		EncodedSlashes slashes = (paths.encodedSlashes() == EncodedSlashes.PASS) ? EncodedSlashes.REJECT
				: EncodedSlashes.PASS;
		BackendProtocol protocol = (this.defaults.protocol() == BackendProtocol.AUTO) ? BackendProtocol.H2
				: BackendProtocol.AUTO;
		return new RoutePolicy(protocol, otherTimes, this.defaults.maxBodySize() + 1,
				new BackendSecurity(this.defaults.security().bundle() + "-other", ""),
				new PathRules(slashes, !paths.mergeSlashes()))
			.with(other(this.defaults.retry()));
	}

	private static RetryPolicy other(RetryPolicy retry) {
		return new RetryPolicy((retry.attempts() + 1) % (RetryPolicy.MOST_ATTEMPTS + 1),
				retry.statuses().isEmpty() ? Set.of(HttpURLConnection.HTTP_UNAVAILABLE) : Set.of(),
				other(retry.backoff()));
	}

	private static Duration other(Duration time) {
		return (time.toMillis() > 1) ? time.minusMillis(1) : time.plusMillis(1);
	}

	/**
	 * Return of each value that has a default whether it is the route's own.
	 * @param view shows the route under some defaults
	 */
	Map<String, String> of(Function<RoutePolicy, RouteView> view) {
		JsonNode default1 = tree(RouteView.byPath(this.defaults));
		JsonNode default2 = tree(RouteView.byPath(others()));
		JsonNode route1 = tree(view.apply(this.defaults));
		JsonNode route2 = tree(view.apply(others()));
		Map<String, String> origins = new TreeMap<>();
		leaves("", default1, (path) -> {
			String pointer = "/" + path.replace('.', '/');
			if (!default1.at(pointer).equals(default2.at(pointer))) {
				origins.put(path, route1.at(pointer).equals(route2.at(pointer)) ? "route" : "default");
			}
		});
		return origins;
	}

	private JsonNode tree(RouteView view) {
		return this.mapper.valueToTree(view);
	}

	private static void leaves(String path, JsonNode node, Consumer<String> leaf) {
		node.properties().forEach((member) -> {
			String name = path.isEmpty() ? member.getKey() : path + "." + member.getKey();
			if (member.getValue().isObject()) {
				leaves(name, member.getValue(), leaf);
			}
			else {
				leaf.accept(name);
			}
		});
	}

}
