package dev.holdfast.registry.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Scheme;

/**
 * Dubbo's registration by application: {@code /services/<app>/10.0.0.5:20000} holds
 * {@code {"ID":"…","ServiceName":"…","Host":"10.0.0.5","Port":20000,"Weight":0,"Enable":true,"Healthy":true,"Metadata":{…}}}
 * (apache/dubbo-go, registry/service_instance.go). Java writes {@code serviceName},
 * {@code host}, {@code port}, {@code enabled}, {@code healthy} and {@code metadata}
 * (apache/dubbo-spi-extensions, EtcdServiceDiscovery).
 */
final class DubboFormat implements RecordFormat {

	private static final String ENDPOINTS = "dubbo.endpoints";

	@Override
	public String name() {
		return "dubbo";
	}

	@Override
	public boolean recognises(RecordEntry entry) {
		return (entry.hasMember("ServiceName") && entry.hasMember("Host")) || (entry.hasMember("serviceName")
				&& entry.hasMember("host") && entry.hasMember("enabled") && entry.hasMember("healthy"));
	}

	@Override
	public ParsedRecord read(RecordEntry entry) throws UnreadableRecordException {
		if (DubboInterfaceFormat.isFolder(entry)) {
			return new ParsedRecord.Ignored("a folder of Dubbo's, not an instance");
		}
		JsonMembers members = new JsonMembers(entry.object());
		boolean java = members.has("serviceName");
		String name = java ? "serviceName" : "ServiceName";
		entry.requireSameName(name, members.text(name));
		if (!members.flag(java ? "enabled" : "Enable", true)) {
			return new ParsedRecord.Ignored("the instance says that it is not enabled");
		}
		if (!members.flag(java ? "healthy" : "Healthy", true)) {
			return new ParsedRecord.Ignored("the instance says that it is not healthy");
		}
		Map<String, String> metadata = new LinkedHashMap<>(members.metadata(java ? "metadata" : "Metadata"));
		String tag = members.textOrEmpty("Tag");
		if (!tag.isEmpty()) {
			metadata.putIfAbsent("tag", tag);
		}
		String host = members.textOrEmpty(java ? "host" : "Host");
		Endpoint registered = RecordEntry.endpoint(java ? "host" : "Host", host,
				members.number(java ? "port" : "Port", 1, 65_535, 0), entry.defaultScheme());
		List<Endpoint> endpoints = endpoints(registered, metadata.getOrDefault(ENDPOINTS, ""));
		if (endpoints.isEmpty()) {
			return new ParsedRecord.Ignored("the instance speaks neither HTTP nor gRPC (Triple)");
		}
		return entry.registered(this, entry.choose(endpoints), weight(members), "", "", metadata);
	}

	// 0 is what an instance has that was given no weight: service_instance.go, GetWeight.
	private static int weight(JsonMembers members) throws UnreadableRecordException {
		int weight = members.number("Weight", Integer.MIN_VALUE, Integer.MAX_VALUE, 0);
		return (weight > 0) ? weight : Instance.DEFAULT_WEIGHT;
	}

	private static List<Endpoint> endpoints(Endpoint registered, String written) throws UnreadableRecordException {
		if (written.isEmpty()) {
			return List.of(registered);
		}
		List<Endpoint> endpoints = new ArrayList<>();
		for (JsonNode element : StrictJson.array(ENDPOINTS, written)) {
			JsonMembers members = new JsonMembers(element);
			Optional<Scheme> scheme = DubboInterfaceFormat.scheme(members.textOrEmpty("protocol"), false);
			if (scheme.isPresent()) {
				endpoints.add(new Endpoint(scheme.get(), registered.host(),
						members.number("port", 1, 65_535, registered.port())));
			}
		}
		return endpoints;
	}

}
