package dev.holdfast.configuration;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.route.HttpMethods;
import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;

import org.springframework.validation.Errors;

/**
 * Checks the explicit routes, each for itself and all together.
 */
final class RouteChecks {

	/** What {@link Route} says of a part that cannot be used. */
	private static final Pattern UNUSABLE = Pattern.compile("([A-Za-z -]+): .*\\(expected: (.*)\\)", Pattern.DOTALL);

	/** What no request is forwarded with. */
	private static final Set<String> NOT_FORWARDED = Set.of("CONNECT", "TRACE");

	private final List<HoldfastProperties.ExplicitRoute> routes;

	private final HoldfastProperties.Server server;

	private final Errors errors;

	RouteChecks(HoldfastProperties properties, Errors errors) {
		this.routes = properties.routes();
		this.server = properties.server();
		this.errors = errors;
	}

	void check() {
		Map<String, Integer> ids = new HashMap<>();
		Map<Integer, Route> earlier = new TreeMap<>();
		for (int i = 0; i < this.routes.size(); i++) {
			checkId(i, ids);
			Optional<Route> route = toRoute(i);
			if (route.isPresent()) {
				checkMethods(i);
				checkReach(i, route.get(), earlier);
				earlier.put(i, route.get());
			}
		}
	}

	private void checkId(int index, Map<String, Integer> ids) {
		String id = this.routes.get(index).id();
		Integer first = ids.putIfAbsent(id, index);
		String field = "routes[%d].id".formatted(index);
		if (id.isBlank()) {
			PropertiesValidator.reject(this.errors, field, "must not be empty");
		}
		else if (first != null) {
			PropertiesValidator.reject(this.errors, field,
					"must be unique, but holdfast.routes[%d] has the same".formatted(first),
					"Give one of holdfast.routes[%d] and [%d] another id.".formatted(first, index));
		}
	}

	private Optional<Route> toRoute(int index) {
		try {
			return Optional.of(this.routes.get(index).toRoute(RoutePolicy.DEFAULTS));
		}
		catch (IllegalArgumentException ex) {
			String message = String.valueOf(ex.getMessage());
			Matcher unusable = UNUSABLE.matcher(message);
			PropertiesValidator
				.reject(this.errors, "routes[%d]".formatted(index), message,
						unusable.matches()
								? "Change the %s of holdfast.routes[%d] to %s.".formatted(unusable.group(1), index,
										unusable.group(2))
								: "Change holdfast.routes[%d]: %s.".formatted(index, message));
			return Optional.empty();
		}
	}

	private void checkMethods(int index) {
		String field = "routes[%d].methods".formatted(index);
		for (String method : this.routes.get(index).methods()) {
			if (NOT_FORWARDED.contains(method)) {
				PropertiesValidator.reject(this.errors, field,
						"must not have %s: the gateway does not forward such requests".formatted(method),
						"Take %s out of holdfast.%s.".formatted(method, field));
			}
			HttpMethods.meantBy(method)
				.ifPresent((meant) -> PropertiesValidator.reject(this.errors, field,
						"must be HTTP methods: %s is none".formatted(method),
						"Did you mean %s in holdfast.%s?".formatted(meant, field)));
		}
	}

	/**
	 * Refuses a route that never gets a request: of routes for the same host and path the
	 * one with more conditions comes first, then the one declared first.
	 */
	private void checkReach(int index, Route route, Map<Integer, Route> earlier) {
		Set<String> taken = new HashSet<>();
		for (Map.Entry<Integer, Route> other : earlier.entrySet()) {
			Route before = other.getValue();
			if (before.host().equals(route.host()) && before.path().equals(route.path())
					&& before.headers().equals(route.headers())
					&& before.methods().isEmpty() == route.methods().isEmpty()) {
				taken.addAll(before.methods());
				if (taken.containsAll(route.methods())) {
					rejectUnreachable(index,
							"holdfast.routes[%d], \"%s\", comes before it".formatted(other.getKey(), before.id()));
					return;
				}
			}
		}
		if (route.path().equals(this.server.livenessPath()) || route.path().equals(this.server.readinessPath())) {
			rejectUnreachable(index, "the gateway itself answers " + route.path());
		}
	}

	private void rejectUnreachable(int index, String reason) {
		PropertiesValidator.reject(this.errors, "routes[%d]".formatted(index), "can never match: " + reason,
				"Take holdfast.routes[%d] out, or give it another host, path, method or header.".formatted(index));
	}

}
