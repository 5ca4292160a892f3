package dev.holdfast.route.document;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.holdfast.route.RequestMatch;
import dev.holdfast.route.RetryPolicy;
import dev.holdfast.route.Route;
import dev.holdfast.route.RouteActions;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.route.TimeLimits;
import dev.holdfast.route.WeightedBackend;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Subset;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads an {@code HTTPRoute} or {@code GRPCRoute} of Gateway API v1, with that standard's
 * names and defaults.
 */
final class GatewayForm {

	static final String API_VERSION = "gateway.networking.k8s.io/v1";

	private static final String HTTP_ROUTE = "HTTPRoute";

	private static final String GRPC_ROUTE = "GRPCRoute";

	private static final List<String> KEYS = List.of("apiVersion", "kind", "metadata", "spec", "status");

	/** What Kubernetes writes into the metadata of anything. */
	private static final List<String> METADATA_KEYS = List.of("name", "namespace", "labels", "annotations",
			"creationTimestamp", "uid", "resourceVersion", "generation", "generateName", "managedFields",
			"ownerReferences", "finalizers", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds");

	private static final List<String> SPEC_KEYS = List.of("parentRefs", "hostnames", "rules");

	private static final List<String> HTTP_RULE_KEYS = List.of("name", "matches", "filters", "backendRefs", "timeouts",
			"retry");

	private static final List<String> GRPC_RULE_KEYS = List.of("name", "matches", "filters", "backendRefs");

	private static final List<String> BACKEND_KEYS = List.of("group", "kind", "name", "namespace", "port", "weight");

	private static final int MOST_HOSTS = 16;

	private static final int MOST_RULES = 64;

	private static final int MOST_MATCHES = 64;

	private static final int MOST_BACKENDS = 16;

	private static final int MOST_CODES = 64;

	private final RoutePolicy defaults;

	GatewayForm(RoutePolicy defaults) {
		this.defaults = defaults;
	}

	/**
	 * Return what a document says; without routes when something is wrong with it.
	 */
	Parts read(YamlValue document) {
		YamlMapping object = document.mapping(KEYS);
		YamlValue kind = object.required("kind", "HTTPRoute or GRPCRoute");
		RouteForm form = (kind != null) ? form(kind) : null;
		YamlValue version = object.required("apiVersion", API_VERSION);
		if (version != null && !API_VERSION.equals(version.text())) {
			version.unexpected(API_VERSION);
		}
		object.withoutEffect("status", "nobody reads it");
		YamlValue metadata = object.required("metadata", "the name of the route");
		YamlMapping about = (metadata != null) ? metadata.mapping(METADATA_KEYS) : null;
		String name = (about != null) ? name(about) : "";
		Instant created = (about != null) ? created(about) : Instant.MAX;
		YamlValue spec = object.required("spec", "hostnames and rules");
		if (spec == null || form == null) {
			return new Parts(name, RouteForm.HTTP_ROUTE, created, List.of());
		}
		List<Route> routes = rules(spec.mapping(SPEC_KEYS, List.of("useDefaultGateways")), name, form);
		return new Parts(name, form, created, routes);
	}

	private static @Nullable RouteForm form(YamlValue kind) {
		String text = kind.text();
		if (HTTP_ROUTE.equals(text)) {
			return RouteForm.HTTP_ROUTE;
		}
		if (GRPC_ROUTE.equals(text)) {
			return RouteForm.GRPC_ROUTE;
		}
		if (text != null) {
			kind.unexpected("HTTPRoute or GRPCRoute");
		}
		return null;
	}

	private static String name(YamlMapping metadata) {
		metadata.withoutEffect("namespace", "routes are told apart by their names alone");
		YamlValue name = metadata.required("name", "a unique name");
		String text = (name != null) ? name.text((read) -> {
			Route.checkId(read);
			return read;
		}) : null;
		return (text != null) ? text : "";
	}

	private static Instant created(YamlMapping metadata) {
		YamlValue created = metadata.get("creationTimestamp");
		if (created == null || created.node().getTag().equals(Tag.NULL)) {
			return Instant.MAX;
		}
		return metadata.get("creationTimestamp", (value) -> value.text(GatewayForm::instant), Instant.MAX);
	}

	private static Instant instant(String text) {
		try {
			return Instant.parse(text);
		}
		catch (DateTimeException ex) {
			throw new IllegalArgumentException("\"%s\" (expected: a time such as 2026-01-31T12:00:00Z)".formatted(text),
					ex);
		}
	}

	private List<Route> rules(YamlMapping spec, String name, RouteForm form) {
		spec.withoutEffect("parentRefs", "every route is for the traffic port");
		List<String> hosts = new ArrayList<>();
		for (YamlValue host : spec.list("hostnames", MOST_HOSTS)) {
			String checked = host.text(Hosts::checked);
			if (checked != null && !hosts.contains(checked)) {
				hosts.add(checked);
			}
		}
		YamlValue rules = spec.required("rules", "one rule or more");
		List<YamlValue> each = (rules != null) ? rules.list(MOST_RULES) : List.of();
		if (rules != null && each.isEmpty() && rules.problems().isEmpty()) {
			rules.wrong("an empty list", "one rule or more");
		}
		List<Route> routes = new ArrayList<>();
		for (int i = 0; i < each.size(); i++) {
			Route route = rule(each.get(i), name, i, hosts, form);
			if (route != null) {
				routes.add(route);
			}
		}
		return spec.whole().problems().isEmpty() ? routes : List.of();
	}

	private @Nullable Route rule(YamlValue value, String route, int index, List<String> hosts, RouteForm form) {
		boolean grpc = form == RouteForm.GRPC_ROUTE;
		YamlMapping rule = value.mapping(grpc ? GRPC_RULE_KEYS : HTTP_RULE_KEYS, List.of("sessionPersistence"));
		String id = id(rule, route, index);
		List<RequestMatch> matches = new ArrayList<>();
		for (YamlValue match : rule.list("matches", MOST_MATCHES)) {
			RequestMatch read = grpc ? GatewayMatches.grpc(match) : GatewayMatches.http(match);
			if (read != null) {
				matches.add(read);
			}
		}
		if (!rule.has("matches") || rule.list("matches", MOST_MATCHES).isEmpty()) {
			matches.add(grpc ? GatewayMatches.ANY_GRPC : RequestMatch.ANY);
		}
		RouteActions actions = GatewayFilters.read(rule, form, matches);
		List<WeightedBackend> backends = backends(rule, actions);
		RoutePolicy policy = policy(rule).with(retry(rule)).with(actions);
		if (!value.problems().isEmpty()) {
			return null;
		}
		try {
			return new Route(id, hosts, matches, backends, "", false, policy);
		}
		catch (IllegalArgumentException ex) {
			rule.refused(ex);
			return null;
		}
	}

	/**
	 * The first rule without a name has the route's. Names in Kubernetes have no
	 * underscore, so that no other route is called so.
	 */
	private static String id(YamlMapping rule, String route, int index) {
		String name = rule.get("name", YamlValue::text, "");
		if (!name.isEmpty()) {
			return route + "_" + name;
		}
		return (index == 0) ? route : route + "_" + index;
	}

	private static List<WeightedBackend> backends(YamlMapping rule, RouteActions actions) {
		List<WeightedBackend> backends = new ArrayList<>();
		YamlValue refs = rule.get("backendRefs");
		if (refs == null && !actions.isAnswered()) {
			rule.wrong("it names no service", "\"backendRefs\", or a filter RequestRedirect");
		}
		if (refs == null) {
			return backends;
		}
		for (YamlValue ref : refs.list(MOST_BACKENDS)) {
			WeightedBackend backend = backend(ref.mapping(BACKEND_KEYS, List.of("filters")));
			if (backend != null) {
				backends.add(backend);
			}
		}
		if (refs.problems().isEmpty() && !actions.isAnswered()
				&& backends.stream().allMatch((backend) -> backend.weight() == 0)) {
			refs.wrong("no backend with a weight", "one or more");
		}
		return backends;
	}

	private static @Nullable WeightedBackend backend(YamlMapping ref) {
		ServiceName service = service(ref);
		int weight = ref.get("weight", (value) -> value.number(0, WeightedBackend.MAX_WEIGHT), 1);
		return (service != null) ? new WeightedBackend(service, weight, Subset.ALL) : null;
	}

	/**
	 * Return the service that a reference names: one that is registered.
	 */
	static @Nullable ServiceName service(YamlMapping ref) {
		only(ref, "group", "");
		only(ref, "kind", "Service");
		ref.withoutEffect("namespace", "services are told apart by their names alone");
		ref.withoutEffect("port", "instances are registered with their ports");
		YamlValue name = ref.required("name", "the name of a service that is registered");
		return (name != null) ? name.text(ServiceName::new) : null;
	}

	private static void only(YamlMapping ref, String key, String value) {
		YamlValue given = ref.get(key);
		String text = (given != null) ? given.text() : value;
		if (given != null && text != null && !text.equals(value)) {
			given.unexpected(value.isEmpty() ? "\"\"" : value);
		}
	}

	private RoutePolicy policy(YamlMapping rule) {
		YamlValue timeouts = rule.get("timeouts");
		if (timeouts == null) {
			return this.defaults;
		}
		RouteTimes usual = this.defaults.times();
		YamlMapping times = timeouts.mapping(List.of("request", "backendRequest"));
		Duration total = time(times, "request");
		Duration perTry = time(times, "backendRequest");
		if (total != null && perTry != null && !total.isZero() && perTry.compareTo(total) > 0) {
			times.wrong("backendRequest", "longer than \"request\"", "at most as long");
		}
		try {
			// It is for the answer as a whole, and so for its beginning.
			RouteTimes own = new RouteTimes(
					(total == null) ? usual.request() : total.isZero() ? TimeLimits.LONGEST : total,
					(perTry != null) ? perTry : usual.perTry(), (total != null) ? total : usual.total(), usual.body(),
					usual.streamIdle());
			return new RoutePolicy(this.defaults.protocol(), own, this.defaults.maxBodySize(), this.defaults.security(),
					this.defaults.paths(), this.defaults.retry(), this.defaults.actions());
		}
		catch (IllegalArgumentException ex) {
			times.refused(ex);
			return this.defaults;
		}
	}

	private RetryPolicy retry(YamlMapping rule) {
		RetryPolicy usual = this.defaults.retry();
		YamlValue value = rule.get("retry");
		if (value == null) {
			return usual;
		}
		YamlMapping retry = value.mapping(List.of("codes", "attempts", "backoff"));
		Set<Integer> codes = retry.has("codes") ? new HashSet<>() : usual.statuses();
		for (YamlValue code : retry.list("codes", MOST_CODES)) {
			Integer status = code.number(400, 599);
			if (status != null) {
				codes.add(status);
			}
		}
		int attempts = retry.get("attempts", (number) -> number.number(0, RetryPolicy.MOST_ATTEMPTS), usual.attempts());
		Duration backoff = retry.get("backoff", (text) -> text.text(Quantities::gatewayDuration), usual.backoff());
		try {
			return new RetryPolicy(attempts, codes, backoff);
		}
		catch (IllegalArgumentException ex) {
			retry.refused(ex);
			return usual;
		}
	}

	private static @Nullable Duration time(YamlMapping times, String key) {
		YamlValue value = times.get(key);
		return (value != null) ? value.text(Quantities::gatewayDuration) : null;
	}

	/**
	 * What a document says.
	 *
	 * @param name its name, empty when it has none
	 * @param form its kind
	 * @param created when it was created
	 * @param routes its rules
	 */
	record Parts(String name, RouteForm form, Instant created, List<Route> routes) {
	}

}
