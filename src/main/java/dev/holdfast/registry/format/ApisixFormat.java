package dev.holdfast.registry.format;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.ServiceName;

/**
 * APISIX: {@code /apisix/upstreams/1} holds
 * {@code {"type":"roundrobin","scheme":"http","nodes":{"10.0.0.5:80":100}}}, or the nodes
 * as a list of objects with {@code host}, {@code port}, {@code weight}, {@code priority}
 * and {@code metadata} (apache/apisix, apisix/schema_def.lua, upstream_schema). Each node
 * is an instance with its address for an id.
 *
 * <p>
 * Nodes of a lower priority than others are spare ones, to which APISIX sends nothing
 * while one of the others works: they have weight 0.
 */
final class ApisixFormat implements RecordFormat {

	// apache/apisix, apisix/constants.lua and apisix/plugins/server-info.lua, also of
	// older
	// versions; and apache/apisix-dashboard, api/internal/core/store/storehub.go.
	private static final List<String> OTHER_KINDS = Stream
		.of("routes", "services", "consumers", "consumer_groups", "ssls", "ssl", "global_rules", "plugins",
				"plugin_configs", "plugin_metadata", "protos", "proto", "secrets", "kms", "stream_routes",
				"server_info", "data_plane", "node_status", "scripts", "system_config")
		.map("apisix/"::concat)
		.toList();

	@Override
	public String name() {
		return "apisix";
	}

	@Override
	public boolean recognises(RecordEntry entry) {
		return entry.isIn("apisix/upstreams") || isOther(entry) || isFolder(entry) || isUpstream(entry);
	}

	// What APISIX writes when it makes a folder, under a prefix of the project's own
	// choice: apisix/cli/etcd.lua, prepare_dirs_via_http.
	private static boolean isFolder(RecordEntry entry) {
		return entry.text().equals("init_dir") && entry.raw().key().endsWith("/");
	}

	// No upstream has one of the members that generic JSON or Kratos is known by, since
	// its
	// schema allows no others than its own.
	private static boolean isUpstream(RecordEntry entry) {
		if (entry.json() == null || Stream.of("url", "host", "address", "endpoints").anyMatch(entry::hasMember)) {
			return false;
		}
		JsonNode nodes = entry.json().path("nodes");
		return nodes.isObject() || (nodes.isArray() && nodes.path(0).has("host"))
				|| (entry.hasMember("discovery_type") && entry.hasMember("service_name"));
	}

	@Override
	public boolean isBeside(RecordEntry entry) {
		return isOther(entry);
	}

	private static boolean isOther(RecordEntry entry) {
		return OTHER_KINDS.stream().anyMatch(entry::isAtOrIn);
	}

	@Override
	public ParsedRecord read(RecordEntry entry) throws UnreadableRecordException {
		if (isOther(entry)) {
			return new ParsedRecord.Ignored("of APISIX, but not an upstream");
		}
		if (entry.text().equals("init_dir")) {
			return new ParsedRecord.Ignored("a folder of APISIX's");
		}
		JsonMembers members = new JsonMembers(entry.object());
		if (!members.has("nodes") && members.has("service_name") && members.has("discovery_type")) {
			return new ParsedRecord.Ignored("the upstream's nodes are found by the discovery "
					+ Excerpt.of(members.textOrEmpty("discovery_type")) + ", not in the record");
		}
		String protocol = members.textOrEmpty("scheme");
		Scheme scheme = protocol.isEmpty() ? entry.defaultScheme() : Scheme.parse(protocol).orElse(null);
		if (scheme == null) {
			return new ParsedRecord.Ignored("the upstream speaks " + Excerpt.of(protocol) + ", neither HTTP nor gRPC");
		}
		List<Node> nodes = nodes(members.object().path("nodes"), scheme);
		if (nodes.isEmpty()) {
			return new ParsedRecord.Ignored("the upstream has no nodes");
		}
		int highest = nodes.stream().mapToInt(Node::priority).max().orElse(0);
		List<Instance> instances = new ArrayList<>();
		for (Node node : nodes) {
			instances.add(entry.instance(this, node.endpoint().authority(), node.endpoint(),
					(node.priority() == highest) ? node.weight() : 0, "", "", node.metadata()));
		}
		return RecordEntry.registered(service(entry, members), instances);
	}

	// A name may hold what a service's name may not, since APISIX does not look things up
	// by it.
	private static ServiceName service(RecordEntry entry, JsonMembers members) throws UnreadableRecordException {
		String name = members.textOrEmpty("name").replace('/', '-');
		if (RecordEntry.isServiceName(name)) {
			return new ServiceName(name);
		}
		String id = members.has("id") ? JsonMembers.plain(members.object().path("id")) : "";
		return entry.service(id.isEmpty() ? entry.id() : id);
	}

	private static List<Node> nodes(JsonNode written, Scheme scheme) throws UnreadableRecordException {
		RecordEntry.requireFew("nodes", written.size());
		List<Node> nodes = new ArrayList<>();
		if (written.isArray()) {
			for (JsonNode element : written) {
				nodes.add(listed(element, scheme));
			}
		}
		else if (written.isObject()) {
			for (Map.Entry<String, JsonNode> entry : written.properties()) {
				int weight = JsonMembers.number("weight", entry.getValue(), 0, Integer.MAX_VALUE);
				nodes.add(new Node(keyed(entry.getKey(), scheme), weight, 0, Map.of()));
			}
		}
		else {
			throw UnreadableRecordException.unexpected("nodes", written.isMissingNode() ? "" : written.toString(),
					"an object of addresses with weights, or a list of nodes");
		}
		return nodes;
	}

	// With a scheme before it the address may lack a port, as it may in APISIX.
	private static Endpoint keyed(String address, Scheme scheme) throws UnreadableRecordException {
		if (address.indexOf('/') >= 0) {
			throw UnreadableRecordException.unexpected("nodes", address, "host:port or host");
		}
		return RecordEntry.endpoint("nodes", scheme + "://" + address, scheme);
	}

	private static Node listed(JsonNode element, Scheme scheme) throws UnreadableRecordException {
		if (!element.isObject()) {
			throw UnreadableRecordException.unexpected("nodes", element.toString(), "a list of objects");
		}
		JsonMembers members = new JsonMembers(element);
		int port = members.number("port", 1, 65_535, scheme.defaultPort());
		Endpoint endpoint = RecordEntry.endpoint("host", members.textOrEmpty("host"), port, scheme);
		int priority = members.number("priority", Integer.MIN_VALUE, Integer.MAX_VALUE, 0);
		Map<String, String> metadata = members.metadata("metadata");
		if (priority != 0) {
			metadata = new HashMap<>(metadata);
			metadata.put("priority", Integer.toString(priority));
		}
		return new Node(endpoint, members.weight(), priority, metadata);
	}

	private record Node(Endpoint endpoint, int weight, int priority, Map<String, String> metadata) {
	}

}
