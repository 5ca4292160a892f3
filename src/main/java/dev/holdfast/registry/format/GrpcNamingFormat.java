package dev.holdfast.registry.format;

import dev.holdfast.service.Reading;

import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;

/**
 * gRPC naming of the etcd client ({@code go.etcd.io/etcd/client/v3/naming/endpoints}), by
 * which OpenIM registers: {@code openim/user-rpc-service/10.0.0.5:10110} holds
 * {@code {"Op":0,"Addr":"10.0.0.5:10110","Metadata":null}}.
 */
final class GrpcNamingFormat implements RecordFormat {

	private static final int ADD = 0;

	private static final int DELETE = 1;

	// OpenIM keeps Prometheus' targets beside its services, at
	// openim/prometheus_discovery/<component>/<address>.
	private static final String OPENIM_TARGETS = "/prometheus_discovery/";

	@Override
	public String name() {
		return "grpc";
	}

	@Override
	public boolean recognises(RecordEntry entry) {
		return isMonitoringTarget(entry) || (entry.json() != null && entry.json().has("Addr"));
	}

	@Override
	public Reading read(RecordEntry entry) throws UnreadableRecordException {
		if (isMonitoringTarget(entry)) {
			return new Reading.Ignored("a target for Prometheus, not a service");
		}
		Members members = new Members(entry.object());
		if (members.number("Op", ADD, DELETE, ADD) == DELETE) {
			return new Reading.Ignored("the record says that its address was deleted (Op 1)");
		}
		String address = members.textOrEmpty("Addr");
		Endpoint endpoint = RecordEntry.endpoint("Addr", address, entry.defaultScheme());
		return entry.registered(this, endpoint, Instance.DEFAULT_WEIGHT, "", "", metadata(members));
	}

	private static boolean isMonitoringTarget(RecordEntry entry) {
		return ("/" + entry.path()).contains(OPENIM_TARGETS);
	}

	// Metadata is an interface{} in Go: whatever the project put there.
	private static Map<String, String> metadata(Members members) throws UnreadableRecordException {
		JsonNode metadata = members.object().path("Metadata");
		if (!members.has("Metadata") || metadata.isObject()) {
			return members.metadata("Metadata");
		}
		return Map.of("metadata", Members.plain(metadata));
	}

}
