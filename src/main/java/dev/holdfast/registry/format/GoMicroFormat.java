package dev.holdfast.registry.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Scheme;
import org.jspecify.annotations.Nullable;

/**
 * go-micro: {@code /micro/registry/greeter/greeter-1} holds
 * {@code {"name":"greeter","version":"latest","metadata":null,"endpoints":[],"nodes":[{"metadata":{"protocol":"grpc"},"id":"greeter-1","address":"10.0.0.5:8080"}]}}
 * (asim/go-micro, registry/registry.go, and micro/plugins, registry/etcd/etcd.go). Each
 * node is an instance; slashes in the service's name are dashes in the key.
 */
final class GoMicroFormat implements RecordFormat {

	@Override
	public String name() {
		return "go-micro";
	}

	@Override
	public boolean recognises(RecordEntry entry) {
		return isConfiguration(entry) || (entry.json() != null && entry.json().path("nodes").isArray()
				&& (entry.hasMember("name") || entry.json().path("nodes").path(0).has("address")));
	}

	@Override
	public boolean isBeside(RecordEntry entry) {
		return isConfiguration(entry);
	}

	// micro/plugins, config/source/etcd/etcd.go, DefaultPrefix.
	private static boolean isConfiguration(RecordEntry entry) {
		return entry.isIn("micro/config");
	}

	@Override
	public ParsedRecord read(RecordEntry entry) throws UnreadableRecordException {
		if (isConfiguration(entry)) {
			return new ParsedRecord.Ignored("configuration of go-micro, not a service");
		}
		JsonMembers members = new JsonMembers(entry.object());
		String name = members.text("name");
		entry.requireSameName("name", (name != null) ? name.replace('/', '-') : null);
		JsonNode nodes = members.object().path("nodes");
		if (!nodes.isArray() || nodes.isEmpty()) {
			throw UnreadableRecordException.unexpected("nodes", nodes.isMissingNode() ? "" : nodes.toString(),
					"a list of at least one node");
		}
		RecordEntry.requireFew("nodes", nodes.size());
		String version = members.textOrEmpty("version");
		List<Instance> instances = new ArrayList<>();
		for (JsonNode node : nodes) {
			Instance instance = instance(entry, new JsonMembers(node), version, nodes.size());
			if (instance != null) {
				instances.add(instance);
			}
		}
		return instances.isEmpty() ? new ParsedRecord.Ignored("no node speaks HTTP or gRPC")
				: RecordEntry.registered(entry.service(), instances);
	}

	private @Nullable Instance instance(RecordEntry entry, JsonMembers node, String version, int nodes)
			throws UnreadableRecordException {
		if (!node.object().isObject()) {
			throw UnreadableRecordException.unexpected("nodes", node.object().toString(), "a list of objects");
		}
		Map<String, String> metadata = node.metadata("metadata");
		Scheme scheme = scheme(metadata, entry.defaultScheme());
		if (scheme == null) {
			return null;
		}
		String address = node.textOrEmpty("address");
		Endpoint endpoint = RecordEntry.endpoint("address", address, scheme);
		String id = node.textOrEmpty("id");
		if (id.isEmpty()) {
			id = (nodes == 1) ? entry.id() : address;
		}
		return entry.instance(this, id, endpoint, Instance.DEFAULT_WEIGHT, "", version, metadata);
	}

	// What go-micro calls mucp is its own RPC, by default within HTTP, as its README
	// shows
	// with curl. A subscription to the HTTP broker has a topic and takes messages only.
	private static @Nullable Scheme scheme(Map<String, String> metadata, Scheme defaultScheme) {
		if (metadata.containsKey("topic")) {
			return null;
		}
		return switch (metadata.getOrDefault("protocol", "")) {
			case "" -> defaultScheme;
			case "http" -> Scheme.HTTP;
			case "https" -> Scheme.HTTPS;
			case "grpc" -> Scheme.GRPC;
			case "mucp" -> metadata.getOrDefault("transport", "http").equals("http") ? Scheme.HTTP : null;
			default -> null;
		};
	}

}
