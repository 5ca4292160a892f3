package dev.holdfast.registry.format;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.ServiceName;

/**
 * Traefik's key-value tree, a leaf for each property:
 * {@code traefik/http/services/<service>/loadbalancer/servers/<n>/url} holds
 * {@code http://10.0.0.5:8080}, and {@code …/servers/<n>/weight} the weight of the same
 * server (traefik/traefik, pkg/provider/kv/kv.go and pkg/config/dynamic/http_config.go).
 * The rest of the tree is passed over. As in Traefik, the case of the tree's own names
 * does not matter, and a URL's path does not count. Where the server's
 * {@code preservePath} says that it does, that key is refused rather than passed over.
 */
final class TraefikFormat implements RecordFormat {

	// A server without a weight has this in Traefik, so it must have it here beside
	// others
	// that have one: pkg/server/service/loadbalancer/wrr/wrr.go.
	private static final int DEFAULT_WEIGHT = 1;

	private static final List<String> FOLDERS = List.of("traefik/http", "traefik/tcp", "traefik/udp", "traefik/tls");

	// HTTP/2 without TLS, which Traefik's services of gRPC are written with.
	private static final String H2C = "h2c://";

	@Override
	public String name() {
		return "traefik";
	}

	@Override
	public boolean recognises(RecordEntry entry) {
		return isServer(entry) || FOLDERS.stream().anyMatch(entry::isIn);
	}

	@Override
	public boolean isBeside(RecordEntry entry) {
		return !isServer(entry) && FOLDERS.stream().anyMatch(entry::isIn);
	}

	@Override
	public ParsedRecord read(RecordEntry entry) throws UnreadableRecordException {
		if (!isServer(entry)) {
			return new ParsedRecord.Ignored("of Traefik's tree, but not an HTTP server's url or weight");
		}
		ServiceName service = entry.service(entry.segment(4));
		String id = entry.segment(1);
		return switch (entry.segment(0).toLowerCase(Locale.ROOT)) {
			case "url" -> RecordEntry.registered(service,
					List.of(entry.instance(this, id, endpoint(entry), DEFAULT_WEIGHT, "", "", Map.of())));
			case "preservepath" -> preservePath(entry.text());
			case "weight" -> new ParsedRecord.Weighted(service, id, weight(entry.text()));
			default ->
				new ParsedRecord.Ignored("a server's " + Excerpt.of(entry.segment(0)) + ", not its url or weight");
		};
	}

	private static boolean isServer(RecordEntry entry) {
		return !entry.segment(1).isEmpty() && entry.segment(2).equalsIgnoreCase("servers")
				&& entry.segment(3).equalsIgnoreCase("loadbalancer") && entry.segment(5).equalsIgnoreCase("services")
				&& entry.segment(6).equalsIgnoreCase("http");
	}

	private static Endpoint endpoint(RecordEntry entry) throws UnreadableRecordException {
		String url = entry.text();
		return RecordEntry.origin("value",
				url.startsWith(H2C) ? Scheme.GRPC + "://" + url.substring(H2C.length()) : url, entry.defaultScheme());
	}

	private static ParsedRecord preservePath(String text) throws UnreadableRecordException {
		if (text.equalsIgnoreCase("true")) {
			throw UnreadableRecordException.unexpected("preservePath", text,
					"false, since the path of a server's URL is not used");
		}
		return new ParsedRecord.Ignored("a server's preservePath that asks for nothing");
	}

	// A server whose weight is not positive gets no requests: wrr.go, Add.
	private static int weight(String text) throws UnreadableRecordException {
		if (!text.matches("-?[0-9]{1,9}")) {
			throw UnreadableRecordException.unexpected("value", text, "a weight, a whole number");
		}
		return Math.clamp(Integer.parseInt(text), 0, Instance.MAX_WEIGHT);
	}

}
