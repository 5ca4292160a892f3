package dev.holdfast.registry.format;

import java.util.Map;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;

/**
 * An address and nothing else, as go-zero and shell scripts write it:
 * {@code /services/orders/a} holds {@code 10.0.0.5:8080}, {@code [::1]:80} or
 * {@code http://10.0.0.5:8080}.
 */
final class PlainFormat implements RecordFormat {

	@Override
	public String name() {
		return "plain";
	}

	@Override
	public boolean recognises(RecordEntry entry) {
		return entry.json() == null;
	}

	@Override
	public ParsedRecord read(RecordEntry entry) throws UnreadableRecordException {
		Endpoint endpoint = RecordEntry.endpoint("value", entry.text(), entry.defaultScheme());
		return entry.registered(this, endpoint, Instance.DEFAULT_WEIGHT, "", "", Map.of());
	}

}
