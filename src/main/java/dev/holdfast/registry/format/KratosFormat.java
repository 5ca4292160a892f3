package dev.holdfast.registry.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Scheme;

/**
 * Kratos: {@code /microservices/helloworld/<id>} holds
 * {@code {"id":"…","name":"helloworld","version":"v1","metadata":{},"endpoints":["http://10.0.0.5:8000","grpc://10.0.0.5:9000"]}}.
 *
 * <p>
 * Of the endpoints the first HTTP one is taken, or the first gRPC one where there is none
 * or the source's default scheme is gRPC. A URL's query has parameters of Kratos' own.
 * The key names the service, since etcd's permissions are given by key; a record whose
 * {@code name} disagrees is unreadable, as Kratos' own client (contrib/registry/etcd)
 * passes over it as well.
 */
final class KratosFormat implements RecordFormat {

	@Override
	public String name() {
		return "kratos";
	}

	@Override
	public boolean recognises(RecordEntry entry) {
		// go-micro has endpoints too, of another kind, and its addresses in nodes.
		return entry.json() != null && entry.json().path("endpoints").isArray() && !entry.json().has("nodes");
	}

	@Override
	public ParsedRecord read(RecordEntry entry) throws UnreadableRecordException {
		JsonMembers members = new JsonMembers(entry.object());
		entry.requireSameName("name", members.text("name"));
		Map<String, String> metadata = members.metadata("metadata");
		return entry.registered(this, entry.choose(endpoints(members)),
				weight(members.object().path("metadata").path("weight")), "", members.textOrEmpty("version"), metadata);
	}

	private static List<Endpoint> endpoints(JsonMembers members) throws UnreadableRecordException {
		JsonNode array = members.object().path("endpoints");
		List<Endpoint> endpoints = new ArrayList<>();
		for (JsonNode element : array) {
			String url = element.textValue();
			if (url == null) {
				throw UnreadableRecordException.unexpected("endpoints", array.toString(), "a list of URLs");
			}
			int separator = url.indexOf("://");
			// Protocols of the project's own stand beside those that can be routed to.
			if (separator > 0 && Scheme.parse(url.substring(0, separator)).isPresent()) {
				endpoints.add(endpoint(url));
			}
		}
		if (endpoints.isEmpty()) {
			throw UnreadableRecordException.unexpected("endpoints", array.isMissingNode() ? "" : array.toString(),
					"at least one http, https, grpc or grpcs URL");
		}
		return endpoints;
	}

	private static Endpoint endpoint(String url) throws UnreadableRecordException {
		int query = url.indexOf('?');
		Endpoint endpoint = RecordEntry.endpoint("endpoints", (query < 0) ? url : url.substring(0, query), Scheme.HTTP);
		for (String parameter : url.substring(query + 1).split("&", -1)) {
			if (parameter.equals("isSecure=true")) {
				return new Endpoint(RecordEntry.isGrpc(endpoint.scheme()) ? Scheme.GRPCS : Scheme.HTTPS,
						endpoint.host(), endpoint.port(), endpoint.path());
			}
		}
		return endpoint;
	}

	// Kratos' own balancers read the weight from here, and pass over what is no number.
	private static int weight(JsonNode written) {
		if (written.isTextual() && written.textValue().matches("[0-9]{1,9}")) {
			return Integer.parseInt(written.textValue());
		}
		return JsonMembers.wholeNumber(written, 0, Integer.MAX_VALUE).orElse(Instance.DEFAULT_WEIGHT);
	}

}
