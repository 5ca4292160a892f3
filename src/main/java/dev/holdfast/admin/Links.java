package dev.holdfast.admin;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the calls of the operators' API are found.
 */
final class Links {

	/** All reads that need no name of anything, by what they give. */
	static final Map<String, String> READS = sorted(Map.ofEntries(Map.entry("registry", "/registry"),
			Map.entry("status", "/registry/status"), Map.entry("services", "/registry/services"),
			Map.entry("held", "/registry/held"), Map.entry("diff", "/registry/diff"),
			Map.entry("unreadable", "/registry/unreadable"), Map.entry("journal", "/registry/journal"),
			Map.entry("state", "/registry/state"), Map.entry("events", "/registry/events"),
			Map.entry("overrides", "/registry/overrides"), Map.entry("gateways", "/registry/gateways"),
			Map.entry("routes", "/registry/routes"), Map.entry("routeMatch", "/registry/routes/match"),
			Map.entry("routeSchema", "/registry/routes/schema"), Map.entry("traffic", "/registry/traffic"),
			Map.entry("certificates", "/registry/certificates"), Map.entry("audit", "/registry/audit"),
			Map.entry("export", "/registry/export"), Map.entry("openapi", "/registry/openapi.json")));

	/** The same and what can be written to, as {@code GET /registry} shows them. */
	static final Map<String, String> ALL = all();

	private Links() {
	}

	private static Map<String, String> all() {
		Map<String, String> links = new TreeMap<>(READS);
		links.remove("registry");
		links.putAll(Map.of("self", "/registry", "refresh", "/registry/refresh", "reconnect", "/registry/reconnect",
				"freeze", "/registry/freeze"));
		return sorted(links);
	}

	private static Map<String, String> sorted(Map<String, String> links) {
		return Collections.unmodifiableMap(new TreeMap<>(links));
	}

}
