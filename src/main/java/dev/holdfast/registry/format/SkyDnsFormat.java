package dev.holdfast.registry.format;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;

/**
 * CoreDNS and SkyDNS: {@code /skydns/local/skydns/<service>/x1} holds
 * {@code {"host":"10.0.0.5","port":8080,"priority":10,"weight":5,"ttl":60}}, and stands
 * for the name {@code x1.<service>.skydns.local} (coredns/coredns,
 * plugin/etcd/msg/service.go and path.go). The labels that the source's prefix leaves
 * name the service in the order of DNS.
 */
final class SkyDnsFormat implements RecordFormat {

	private static final List<String> MEMBERS = List.of("host", "port", "priority", "weight", "text", "mail", "ttl",
			"targetstrip", "group");

	private static final List<String> METADATA = List.of("priority", "ttl", "group", "text");

	@Override
	public String name() {
		return "skydns";
	}

	@Override
	public boolean recognises(RecordEntry entry) {
		// Not without the key: generic JSON may have each of the members as well.
		return isConfiguration(entry) || (entry.isIn("skydns") && MEMBERS.stream().anyMatch(entry::hasMember)
				&& !entry.hasMember("url") && !entry.hasMember("address"));
	}

	// Of SkyDNS itself: skynetservices/skydns, main.go, loadConfig.
	private static boolean isConfiguration(RecordEntry entry) {
		return entry.raw().key().equals("/skydns/config") && entry.json() != null
				&& Stream.of("host", "text", "url", "address").noneMatch(entry::hasMember);
	}

	@Override
	public ParsedRecord read(RecordEntry entry) throws UnreadableRecordException {
		if (isConfiguration(entry)) {
			return new ParsedRecord.Ignored("the configuration of SkyDNS, not a DNS record");
		}
		JsonMembers members = new JsonMembers(entry.object());
		String host = members.textOrEmpty("host");
		if (host.isEmpty()) {
			return new ParsedRecord.Ignored("a DNS record without a host");
		}
		if (members.flag("mail", false)) {
			return new ParsedRecord.Ignored("a DNS record of a mail server");
		}
		int port = members.number("port", 0, 65_535, 0);
		if (port == 0) {
			return new ParsedRecord.Ignored("a DNS record without a port cannot be routed to");
		}
		Endpoint endpoint = RecordEntry.endpoint("host", host, port, entry.defaultScheme());
		Map<String, String> metadata = new LinkedHashMap<>();
		for (String name : METADATA) {
			if (members.has(name)) {
				metadata.put(name, JsonMembers.plain(members.object().path(name)));
			}
		}
		return RecordEntry.registered(entry.service(reversed(entry.servicePath())),
				List.of(entry.instance(this, entry.id(), endpoint, weight(members), "", "", metadata)));
	}

	// 0 is what a record has that was given no weight, and counts as 100 in a SRV answer:
	// plugin/backend_lookup.go.
	private static int weight(JsonMembers members) throws UnreadableRecordException {
		int weight = members.number("weight", 0, Integer.MAX_VALUE, 0);
		return (weight > 0) ? weight : Instance.DEFAULT_WEIGHT;
	}

	private static String reversed(String path) {
		List<String> labels = Arrays.asList(path.split("/", -1));
		Collections.reverse(labels);
		return String.join(".", labels);
	}

}
