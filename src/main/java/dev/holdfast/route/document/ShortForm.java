package dev.holdfast.route.document;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.holdfast.route.BackendProtocol;
import dev.holdfast.route.BackendSecurity;
import dev.holdfast.route.EncodedSlashes;
import dev.holdfast.route.PathRules;
import dev.holdfast.route.RequestMatch;
import dev.holdfast.route.Route;
import dev.holdfast.route.RouteActions;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.route.WeightedBackend;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Subset;
import org.jspecify.annotations.Nullable;

/**
 * Reads an entry of {@code holdfast.routes}.
 */
final class ShortForm {

	private static final List<String> OWN_KEYS = List.of("id", "host", "hosts", "matches", "service", "backends",
			"strip-prefix", "preserve-host", "protocol", "request-timeout", "try-timeout", "total-timeout",
			"body-timeout", "stream-idle-timeout", "max-body-size", "encoded-slashes", "merge-slashes", "ssl-bundle",
			"server-name");

	private static final List<String> KEYS = Stream.of(OWN_KEYS, ShortMatches.KEYS, ShortActions.KEYS)
		.flatMap(List::stream)
		.toList();

	private static final List<String> BACKEND_KEYS = List.of("service", "weight", "version", "metadata");

	private static final int MOST_HOSTS = 64;

	private static final int MOST_BACKENDS = 16;

	private static final int MOST_METADATA = 16;

	private final RoutePolicy defaults;

	private final UnaryOperator<String> bundle;

	/**
	 * Creates a reader.
	 * @param defaults what applies where a route says nothing
	 * @param bundle checks the name of an SSL bundle, and throws
	 * {@link IllegalArgumentException}
	 */
	ShortForm(RoutePolicy defaults, UnaryOperator<String> bundle) {
		this.defaults = defaults;
		this.bundle = bundle;
	}

	/**
	 * Return the route, {@code null} when something is wrong with it.
	 */
	@Nullable Route read(YamlValue value) {
		YamlMapping entry = value.mapping(KEYS);
		YamlValue id = entry.required("id", "a unique name");
		String name = (id != null) ? id.text((text) -> {
			Route.checkId(text);
			return text;
		}) : null;
		List<String> hosts = hosts(entry);
		List<RequestMatch> matches = ShortMatches.all(entry);
		RouteActions actions = ShortActions.read(entry, matches);
		List<WeightedBackend> backends = backends(entry, actions);
		String stripPrefix = entry.get("strip-prefix", YamlValue::text, "");
		boolean preserveHost = entry.get("preserve-host", YamlValue::flag, false);
		RoutePolicy policy = policy(entry).with(ShortActions.retry(entry, this.defaults.retry())).with(actions);
		if (name == null || !value.problems().isEmpty()) {
			return null;
		}
		try {
			return new Route(name, hosts, matches, backends, stripPrefix, preserveHost, policy);
		}
		catch (IllegalArgumentException ex) {
			entry.refused(ex);
			return null;
		}
	}

	private static List<String> hosts(YamlMapping entry) {
		if (entry.has("host") && entry.has("hosts")) {
			entry.wrong("hosts", "both \"host\" and \"hosts\"", "only one of them");
		}
		List<YamlValue> values = new ArrayList<>(entry.list("hosts", MOST_HOSTS));
		YamlValue host = entry.get("host");
		if (host != null) {
			values.add(host);
		}
		List<String> hosts = new ArrayList<>();
		for (YamlValue value : values) {
			String checked = value.text(Hosts::checked);
			if (checked != null && !hosts.contains(checked)) {
				hosts.add(checked);
			}
		}
		return hosts;
	}

	private static List<WeightedBackend> backends(YamlMapping entry, RouteActions actions) {
		YamlValue service = entry.get("service");
		YamlValue backends = entry.get("backends");
		if (service != null && backends != null) {
			entry.wrong("backends", "both \"service\" and \"backends\"", "only one of them");
		}
		List<WeightedBackend> all = new ArrayList<>();
		if (backends != null) {
			for (YamlValue backend : backends.list(MOST_BACKENDS)) {
				add(backend(backend.mapping(BACKEND_KEYS)), all);
			}
			if (backends.problems().isEmpty() && all.stream().allMatch((backend) -> backend.weight() == 0)) {
				backends.wrong("no backend with a weight", "one or more");
			}
		}
		else if (service != null) {
			ServiceName name = service.text(ServiceName::new);
			add((name != null) ? WeightedBackend.all(name) : null, all);
		}
		else if (!actions.isAnswered()) {
			entry.wrong("it names no service", "\"service\" or \"backends\"");
		}
		return all;
	}

	private static void add(@Nullable WeightedBackend backend, List<WeightedBackend> all) {
		if (backend != null) {
			all.add(backend);
		}
	}

	private static @Nullable WeightedBackend backend(YamlMapping backend) {
		YamlValue service = backend.required("service", "the name of a service");
		ServiceName name = (service != null) ? service.text(ServiceName::new) : null;
		int weight = backend.get("weight", (value) -> value.number(0, WeightedBackend.MAX_WEIGHT), 1);
		String version = backend.get("version", YamlValue::text, "");
		Map<String, String> metadata = backend.get("metadata", ShortForm::metadata, Map.of());
		return (name != null) ? new WeightedBackend(name, weight, new Subset(version, metadata)) : null;
	}

	private static Map<String, String> metadata(YamlValue value) {
		Map<String, String> metadata = new LinkedHashMap<>();
		YamlMapping.any(value).values().forEach((name, entry) -> {
			String text = entry.text();
			if (text != null) {
				metadata.put(name, text);
			}
		});
		if (metadata.size() > MOST_METADATA) {
			value.wrong("%d names".formatted(metadata.size()), "at most %d".formatted(MOST_METADATA));
		}
		return metadata;
	}

	private RoutePolicy policy(YamlMapping entry) {
		RoutePolicy usual = this.defaults;
		BackendProtocol protocol = entry.get("protocol", (value) -> value.constant(BackendProtocol.class),
				usual.protocol());
		long maxBodySize = entry.get("max-body-size", (value) -> value.scalar(Quantities.SIZE, Quantities::size),
				usual.maxBodySize());
		String bundle = entry.get("ssl-bundle", (value) -> value.text(this.bundle), usual.security().bundle());
		BackendSecurity security = entry.get("server-name",
				(value) -> value.text((name) -> new BackendSecurity(bundle, name)), new BackendSecurity(bundle, ""));
		PathRules paths = new PathRules(
				entry.get("encoded-slashes", (value) -> value.constant(EncodedSlashes.class),
						usual.paths().encodedSlashes()),
				entry.get("merge-slashes", YamlValue::flag, usual.paths().mergeSlashes()));
		try {
			return new RoutePolicy(protocol, times(entry), maxBodySize, security, paths);
		}
		catch (IllegalArgumentException ex) {
			entry.refused(ex);
			return usual;
		}
	}

	private RouteTimes times(YamlMapping entry) {
		RouteTimes usual = this.defaults.times();
		try {
			return new RouteTimes(time(entry, "request-timeout", usual.request()),
					time(entry, "try-timeout", usual.perTry()), time(entry, "total-timeout", usual.total()),
					time(entry, "body-timeout", usual.body()), time(entry, "stream-idle-timeout", usual.streamIdle()));
		}
		catch (IllegalArgumentException ex) {
			entry.refused(ex);
			return usual;
		}
	}

	private static Duration time(YamlMapping entry, String key, Duration usual) {
		return entry.get(key, (value) -> value.scalar(Quantities.DURATION, Quantities::duration), usual);
	}

}
