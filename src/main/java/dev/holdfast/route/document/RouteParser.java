package dev.holdfast.route.document;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.service.PrintableText;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads routes from text: YAML or JSON, one document or several. A document is an
 * {@code HTTPRoute}, a {@code GRPCRoute} or a {@code List} of them, or it has routes in
 * the short form: below {@code holdfast.routes} or {@code routes}, as a list, or one
 * alone. Nothing in a text is evaluated.
 */
public final class RouteParser {

	/** The longest text that is read, characters; etcd's own limit is about as much. */
	public static final int MAX_LENGTH = 1_572_864;

	/** Most routes that a text may have. */
	public static final int MOST_ROUTES = 10_000;

	private static final Logger logger = LoggerFactory.getLogger(RouteParser.class);

	private final ShortForm shortForm;

	private final GatewayForm gatewayForm;

	/**
	 * Creates a parser that takes any name of an SSL bundle.
	 * @param defaults what applies where a route says nothing
	 */
	public RouteParser(RoutePolicy defaults) {
		this(defaults, (bundle) -> bundle);
	}

	/**
	 * Creates a parser.
	 * @param defaults what applies where a route says nothing
	 * @param bundles the SSL bundles that routes may name
	 */
	public RouteParser(RoutePolicy defaults, Set<String> bundles) {
		this(defaults, (bundle) -> known(bundle, bundles));
	}

	private RouteParser(RoutePolicy defaults, UnaryOperator<String> bundle) {
		this.shortForm = new ShortForm(defaults, bundle);
		this.gatewayForm = new GatewayForm(defaults);
	}

	private static String known(String bundle, Set<String> bundles) {
		if (!bundle.isEmpty() && !bundles.contains(bundle)) {
			throw new IllegalArgumentException("\"%s\" (expected: %s)".formatted(bundle, bundles.isEmpty()
					? "nothing: the configuration names no bundle for instances"
					: "one that the configuration names for instances: " + String.join(", ", new TreeSet<>(bundles))));
		}
		return bundle;
	}

	/**
	 * Return the routes of a text.
	 * @param text the text
	 * @param origin where it is from, for messages
	 * @return what became of each
	 */
	public RouteDocuments parse(String text, String origin) {
		ParsedText parsed = new ParsedText(origin);
		List<DocumentProblem> unreadable = new YamlText(text, origin).read(parsed::document);
		return new RouteDocuments(parsed.results, unreadable);
	}

	/**
	 * A text that is being read.
	 */
	private final class ParsedText {

		private final String origin;

		private final List<RouteResult> results = new ArrayList<>();

		/** Which line each id is on. */
		private final Map<String, Integer> ids = new HashMap<>();

		/** Which line each name that is in use is on. */
		private final Map<String, Integer> names = new HashMap<>();

		private ParsedText(String origin) {
			this.origin = origin;
		}

		private void document(Node document) {
			YamlValue whole = new YamlValue(document, "", false, new Problems(this.origin));
			if (document instanceof SequenceNode) {
				entries(whole);
			}
			else if (has(document, "kind") || has(document, "apiVersion")) {
				gateway(whole);
			}
			else if (has(document, "holdfast")) {
				YamlValue below = whole.mapping(List.of("holdfast")).get("holdfast");
				entriesBelow(whole, below, "routes");
			}
			else if (has(document, "holdfast.routes")) {
				entriesBelow(whole, whole, "holdfast.routes");
			}
			else if (has(document, "routes")) {
				entriesBelow(whole, whole, "routes");
			}
			else if (!document.getTag().equals(Tag.NULL)) {
				entry(whole);
			}
		}

		private void entriesBelow(YamlValue whole, @Nullable YamlValue parent, String key) {
			YamlValue routes = (parent != null) ? parent.mapping(List.of(key)).required(key, "a list of routes") : null;
			if (!whole.problems().isEmpty()) {
				reject("", whole.node(), whole.problems());
			}
			if (routes != null) {
				entries(routes.in(new Problems(this.origin)));
			}
		}

		private void entries(YamlValue routes) {
			for (YamlValue entry : routes.list(MOST_ROUTES)) {
				entry(entry.in(new Problems(this.origin)));
			}
			if (!routes.problems().isEmpty()) {
				reject("", routes.node(), routes.problems());
			}
		}

		private void entry(YamlValue entry) {
			String id = text(entry.node(), "id");
			guarded(entry, id, () -> {
				Route route = RouteParser.this.shortForm.read(entry);
				add(entry, id, RouteForm.SHORT, Instant.MAX, (route != null) ? List.of(route) : List.of());
			});
		}

		private void gateway(YamlValue document) {
			if (text(document.node(), "kind").equals("List")) {
				YamlValue items = document.mapping(List.of("apiVersion", "kind", "metadata", "items"))
					.required("items", "a list of routes");
				for (YamlValue item : (items != null) ? items.list(MOST_ROUTES) : List.<YamlValue>of()) {
					object(item.in(new Problems(this.origin)));
				}
				if (!document.problems().isEmpty()) {
					reject("", document.node(), document.problems());
				}
			}
			else {
				object(document);
			}
		}

		private void object(YamlValue document) {
			Node metadata = find(document.node(), "metadata");
			guarded(document, (metadata != null) ? text(metadata, "name") : "", () -> {
				GatewayForm.Parts parts = RouteParser.this.gatewayForm.read(document);
				add(document, parts.name(), parts.form(), parts.created(), parts.routes());
			});
		}

		/** A defect of the gateway's own must cost one route at most. */
		private void guarded(YamlValue value, String name, Runnable reading) {
			try {
				reading.run();
			}
			catch (RuntimeException | StackOverflowError ex) {
				logger.error("A route of {} could not be read for an error of the gateway's own",
						PrintableText.of(this.origin), ex);
				value.wrong("internal error: " + ex, "");
				reject(name, value.node(), value.problems());
			}
		}

		private void add(YamlValue value, String name, RouteForm form, Instant created, List<Route> routes) {
			int line = value.node().getStartMark().getLine() + 1;
			if (this.results.size() >= MOST_ROUTES) {
				if (this.results.size() == MOST_ROUTES) {
					value.wrong("one route too many", "at most %d in a text".formatted(MOST_ROUTES));
					reject(name, value.node(), value.problems());
				}
				return;
			}
			Set<String> own = new HashSet<>();
			for (Route route : routes) {
				Integer first = this.ids.get(route.id());
				if (first != null) {
					value.wrong("\"%s\" is the id of the route on line %d".formatted(route.id(), first),
							"each id once");
				}
				else if (!own.add(route.id())) {
					value.wrong("\"%s\" is the id of two of its rules".formatted(route.id()), "each id once");
				}
			}
			Integer named = this.names.get(name);
			if (named != null && value.problems().isEmpty()) {
				value.wrong("\"%s\" is the name of the route on line %d".formatted(name, named), "each name once");
			}
			if (!value.problems().isEmpty()) {
				reject(name, value.node(), value.problems());
				return;
			}
			routes.forEach((route) -> this.ids.put(route.id(), line));
			this.names.put(name, line);
			this.results.add(new ParsedRoute(name, line, form, created, routes, value.problems().withoutEffect()));
		}

		private void reject(String name, Node place, Problems problems) {
			this.results
				.add(new RejectedRoute(PrintableText.of(name), place.getStartMark().getLine() + 1, problems.all()));
		}

		private static boolean has(Node node, String key) {
			return find(node, key) != null;
		}

		private static String text(Node node, String key) {
			return (find(node, key) instanceof ScalarNode scalar) ? scalar.getValue() : "";
		}

		private static @Nullable Node find(Node node, String key) {
			if (node instanceof MappingNode mapping) {
				for (NodeTuple tuple : mapping.getValue()) {
					if (tuple.getKeyNode() instanceof ScalarNode scalar && scalar.getValue().equals(key)) {
						return tuple.getValueNode();
					}
				}
			}
			return null;
		}

	}

}
