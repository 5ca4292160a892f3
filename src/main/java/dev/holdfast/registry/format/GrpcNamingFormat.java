package dev.holdfast.registry.format;

import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;

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

	// What OpenIM keeps beside its services: its configuration center (open-im-server,
	// pkg/common/discovery/etcd, ConfigKeyPrefix), and locks of its scheduled tasks, with
	// the holder's name (internal/tools/cron).
	private static final String OPENIM_CONFIGURATION = "open-im/config";

	private static final String OPENIM_LOCKS = "openim/crontask";

	@Override
	public String name() {
		return "grpc";
	}

	@Override
	public boolean recognises(RecordEntry entry) {
		return !reasonToIgnore(entry).isEmpty() || entry.hasMember("Addr");
	}

	@Override
	public ParsedRecord read(RecordEntry entry) throws UnreadableRecordException {
		String reason = reasonToIgnore(entry);
		if (!reason.isEmpty()) {
			return new ParsedRecord.Ignored(reason);
		}
		JsonMembers members = new JsonMembers(entry.object());
		if (members.number("Op", ADD, DELETE, ADD) == DELETE) {
			return new ParsedRecord.Ignored("the record says that its address was deleted (Op 1)");
		}
		String address = members.textOrEmpty("Addr");
		Endpoint endpoint = RecordEntry.endpoint("Addr", address, entry.defaultScheme());
		return entry.registered(this, endpoint, Instance.DEFAULT_WEIGHT, "", "", metadata(members));
	}

	@Override
	public boolean isBeside(RecordEntry entry) {
		return isMonitoringTarget(entry) || entry.isIn(OPENIM_CONFIGURATION);
	}

	private static boolean isMonitoringTarget(RecordEntry entry) {
		return ("/" + entry.path()).contains(OPENIM_TARGETS);
	}

	private static String reasonToIgnore(RecordEntry entry) {
		if (isMonitoringTarget(entry)) {
			return "a target for Prometheus, not a service";
		}
		if (entry.hasMember("Addr")) {
			return "";
		}
		if (entry.isIn(OPENIM_CONFIGURATION)) {
			return "configuration of OpenIM, not a service";
		}
		return (isLock(entry) || entry.isIn(OPENIM_LOCKS)) ? "a lock, not a service" : "";
	}

	/**
	 * Tells whether a record is a lock of the etcd client (client/v3/concurrency,
	 * mutex.go): an empty value, and the number of its lease in hexadecimal behind the
	 * lock's name.
	 */
	private static boolean isLock(RecordEntry entry) {
		return entry.text().isEmpty() && entry.raw().lease() != 0
				&& entry.segment(0).equals(Long.toHexString(entry.raw().lease()));
	}

	// Metadata is an interface{} in Go: whatever the project put there.
	private static Map<String, String> metadata(JsonMembers members) throws UnreadableRecordException {
		JsonNode metadata = members.object().path("Metadata");
		if (!members.has("Metadata") || metadata.isObject()) {
			return members.metadata("Metadata");
		}
		return Map.of("metadata", JsonMembers.plain(metadata));
	}

}
