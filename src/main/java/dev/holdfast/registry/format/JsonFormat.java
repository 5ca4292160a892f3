package dev.holdfast.registry.format;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Scheme;

/**
 * Holdfast's own format, and what many others look like: a JSON object with {@code url},
 * or {@code host} and {@code port}, or {@code address}, in this order of precedence, and
 * optionally {@code scheme}, {@code weight}, {@code zone}, {@code version} and
 * {@code metadata}. Other members are passed over.
 */
final class JsonFormat implements RecordFormat {

	private static final String EXPECTED = "url, or host and port, or address";

	@Override
	public String name() {
		return "json";
	}

	@Override
	public boolean recognises(RecordEntry entry) {
		return entry.json() != null
				&& (entry.json().has("url") || entry.json().has("host") || entry.json().has("address"));
	}

	@Override
	public ParsedRecord read(RecordEntry entry) throws UnreadableRecordException {
		JsonMembers members = new JsonMembers(entry.object());
		return entry.registered(this, endpoint(entry, members), members.weight(), members.textOrEmpty("zone"),
				members.textOrEmpty("version"), members.metadata("metadata"));
	}

	private static Endpoint endpoint(RecordEntry entry, JsonMembers members) throws UnreadableRecordException {
		Scheme scheme = scheme(members, entry.defaultScheme());
		String url = members.text("url");
		if (url != null) {
			return RecordEntry.endpoint("url", url, scheme);
		}
		String host = members.text("host");
		if (host != null) {
			return RecordEntry.endpoint("host", host, members.number("port", 1, 65_535, 0), scheme);
		}
		String address = members.text("address");
		if (address != null) {
			return RecordEntry.endpoint("address", address, scheme);
		}
		throw UnreadableRecordException.unexpected("value", entry.text(), EXPECTED);
	}

	private static Scheme scheme(JsonMembers members, Scheme defaultScheme) throws UnreadableRecordException {
		String name = members.text("scheme");
		if (name == null) {
			return defaultScheme;
		}
		return Scheme.parse(name)
			.orElseThrow(() -> UnreadableRecordException.unexpected("scheme", name, "http, https, grpc or grpcs"));
	}

}
