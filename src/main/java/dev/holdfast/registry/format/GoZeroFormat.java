package dev.holdfast.registry.format;

import java.util.List;
import java.util.Map;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;

/**
 * go-zero: {@code user.rpc/7587870460981677575} holds {@code 10.0.0.5:8080}, where the
 * number is the id of the key's lease (zeromicro/go-zero, core/discov/publisher.go).
 *
 * <p>
 * go-zero has no folder in common for its services, so a source's prefix often is the
 * service itself: {@code user.rpc/}. The service then is everything before the key's last
 * slash.
 */
final class GoZeroFormat implements RecordFormat {

	private static final int SHORTEST_GENERATED_ID = 16;

	@Override
	public String name() {
		return "go-zero";
	}

	/**
	 * Takes a record for one of go-zero when its key ends with the id of its lease, or,
	 * where a service stands before it, with a number that nobody chose by hand. Of a key
	 * right under the prefix only the lease tells that it is not one that lacks its
	 * service.
	 */
	@Override
	public boolean recognises(RecordEntry entry) {
		String id = entry.lastSegment();
		if (entry.json() != null || !id.matches("[0-9]{1,19}")) {
			return false;
		}
		return (entry.raw().lease() > 0 && id.equals(Long.toString(entry.raw().lease())))
				|| (id.length() >= SHORTEST_GENERATED_ID && !entry.servicePath().isEmpty());
	}

	@Override
	public ParsedRecord read(RecordEntry entry) throws UnreadableRecordException {
		Endpoint endpoint = RecordEntry.endpoint("value", entry.text(), entry.defaultScheme());
		String path = entry.servicePath().isEmpty() ? folder(entry.raw().key()) : entry.servicePath();
		return RecordEntry.registered(entry.service(path),
				List.of(entry.instance(this, entry.id(), endpoint, Instance.DEFAULT_WEIGHT, "", "", Map.of())));
	}

	private static String folder(String key) {
		int start = key.startsWith("/") ? 1 : 0;
		return key.substring(start, Math.max(key.lastIndexOf('/'), start));
	}

}
