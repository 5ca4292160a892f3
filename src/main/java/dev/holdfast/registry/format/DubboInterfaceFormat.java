package dev.holdfast.registry.format;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.ServiceName;

/**
 * Dubbo's registration by interface: the key is
 * {@code /dubbo/<interface>/providers/<URL-encoded tri://10.0.0.5:20000/…?…>} and the
 * value is empty (apache/dubbo-go, registry/base_registry.go, processURL and
 * providerRegistry), or the number of its lease (apache/dubbo-spi-extensions,
 * JEtcdClientWrapper, createEphemeral). The URL's parameters are not encoded a second
 * time, and so decoded once.
 *
 * <p>
 * An instance has its address for an id: two versions or groups of an interface at one
 * address are one place to send requests to.
 */
final class DubboInterfaceFormat implements RecordFormat {

	private static final int MAX_URL_SIZE = 16 * 1024;

	private static final String PROVIDERS = "providers";

	private static final Pattern HASH = Pattern.compile("-?[0-9]{1,10}");

	private static final Set<String> CATEGORIES = Set.of(PROVIDERS, "consumers", "configurators", "routers");

	// What Dubbo keeps beside its services: dubbo-go's metadata/report/etcd/report.go,
	// and
	// apache/dubbo-spi-extensions, EtcdMetadataReport and EtcdDynamicConfiguration.
	private static final List<String> OTHER_FOLDERS = List.of("dubbo/metadata", "dubbo/mapping", "dubbo/mapping-data",
			"dubbo/config");

	@Override
	public String name() {
		return "dubbo-interface";
	}

	@Override
	public boolean recognises(RecordEntry entry) {
		String last = entry.segment(0);
		if (CATEGORIES.contains(entry.segment(1))) {
			return last.regionMatches(true, Math.max(last.indexOf('%'), 0), "%3A%2F%2F", 0, 9);
		}
		return isFolder(entry) || isOther(entry);
	}

	/**
	 * Tells whether a record is a folder of Dubbo's: dubbo-go writes nothing into it, and
	 * Java the hash of the key (apache/dubbo-spi-extensions, JEtcdClientWrapper,
	 * createPersistent), both without a lease. Folders are made for services by
	 * application as well, {@code /services/<app>}.
	 */
	static boolean isFolder(RecordEntry entry) {
		String text = entry.text();
		boolean named = CATEGORIES.contains(entry.segment(0)) || entry.isAtOrIn("dubbo");
		return (named && text.isEmpty()) || (entry.raw().lease() == 0 && HASH.matcher(text).matches()
				&& (named || text.equals(Integer.toString(entry.raw().key().hashCode()))));
	}

	@Override
	public ParsedRecord read(RecordEntry entry) throws UnreadableRecordException {
		String category = entry.segment(1);
		if (isOther(entry)) {
			return new ParsedRecord.Ignored("metadata or configuration of Dubbo, not a provider");
		}
		if (!CATEGORIES.contains(category)) {
			if (entry.text().isEmpty() || isFolder(entry)) {
				return new ParsedRecord.Ignored("a folder of Dubbo's, not a provider");
			}
			throw UnreadableRecordException.unexpected("key", entry.raw().key(),
					"<prefix><interface>/providers/<URL-encoded URL>");
		}
		if (!category.equals(PROVIDERS)) {
			return new ParsedRecord.Ignored("of Dubbo's " + category + ", not of its providers");
		}
		String url = decoded(entry.id());
		int query = url.indexOf('?');
		Map<String, String> parameters = parameters((query < 0) ? "" : url.substring(query + 1));
		return provider(entry, (query < 0) ? url : url.substring(0, query), parameters);
	}

	private ParsedRecord provider(RecordEntry entry, String address, Map<String, String> parameters)
			throws UnreadableRecordException {
		ServiceName service = service(entry);
		String category = parameters.getOrDefault("category", PROVIDERS);
		if (!category.equals(PROVIDERS)) {
			return new ParsedRecord.Ignored("the URL's category is " + Excerpt.of(category) + ", not providers");
		}
		if (parameters.getOrDefault("enabled", "true").equalsIgnoreCase("false")) {
			return new ParsedRecord.Ignored("the provider says that it is not enabled");
		}
		if (parameters.getOrDefault("disabled", "false").equalsIgnoreCase("true")) {
			return new ParsedRecord.Ignored("the provider says that it is disabled");
		}
		int separator = address.indexOf("://");
		if (separator < 0) {
			throw UnreadableRecordException.unexpected("key", address, "a URL in the last segment");
		}
		String protocol = address.substring(0, separator);
		Optional<Scheme> scheme = scheme(protocol, parameters.getOrDefault("ssl-enabled", "").equals("true"));
		if (scheme.isEmpty()) {
			return new ParsedRecord.Ignored(
					"the provider speaks " + Excerpt.of(protocol) + ", neither HTTP nor gRPC (Triple)");
		}
		// The path is the interface's name, behind a context that HTTP may know or not.
		Endpoint endpoint = RecordEntry.origin("key", scheme.get() + address.substring(separator), scheme.get());
		return RecordEntry.registered(service,
				List.of(entry.instance(this, endpoint.authority(), endpoint, weight(parameters),
						parameters.getOrDefault("zone", ""), parameters.getOrDefault("version", ""), parameters)));
	}

	/**
	 * Translates one of Dubbo's protocols.
	 * @param protocol its name in Dubbo
	 * @param secure whether TLS is spoken
	 * @return the scheme, or empty for what cannot be routed to, such as {@code dubbo}
	 */
	static Optional<Scheme> scheme(String protocol, boolean secure) {
		return switch (protocol) {
			case "tri", "grpc" -> Optional.of(secure ? Scheme.GRPCS : Scheme.GRPC);
			case "rest", "http" -> Optional.of(secure ? Scheme.HTTPS : Scheme.HTTP);
			case "grpcs" -> Optional.of(Scheme.GRPCS);
			case "https" -> Optional.of(Scheme.HTTPS);
			default -> Optional.empty();
		};
	}

	// The interface, and what the prefix leaves before it; or the interface alone, where
	// the source's prefix ends behind it.
	private static ServiceName service(RecordEntry entry) throws UnreadableRecordException {
		String folder = entry.servicePath();
		String service = folder.endsWith("/" + PROVIDERS)
				? folder.substring(0, folder.length() - PROVIDERS.length() - 1) : entry.segment(2);
		return entry.service(decoded(service));
	}

	@Override
	public boolean isBeside(RecordEntry entry) {
		return isOther(entry) && !CATEGORIES.contains(entry.segment(1));
	}

	private static boolean isOther(RecordEntry entry) {
		return OTHER_FOLDERS.stream().anyMatch(entry::isIn);
	}

	// 0 takes no requests here, other than with Dubbo's registration by application.
	private static int weight(Map<String, String> parameters) {
		String weight = parameters.getOrDefault("weight", "");
		return weight.matches("[0-9]{1,9}") ? Integer.parseInt(weight) : Instance.DEFAULT_WEIGHT;
	}

	private static Map<String, String> parameters(String query) {
		Map<String, String> parameters = new LinkedHashMap<>();
		for (String parameter : query.split("&", -1)) {
			int equals = parameter.indexOf('=');
			if (equals > 0) {
				parameters.putIfAbsent(parameter.substring(0, equals), parameter.substring(equals + 1));
			}
		}
		return parameters;
	}

	private static String decoded(String text) throws UnreadableRecordException {
		if (text.length() > MAX_URL_SIZE) {
			throw new UnreadableRecordException(
					"key: a URL of %d characters (expected: at most %d)".formatted(text.length(), MAX_URL_SIZE));
		}
		try {
			return URLDecoder.decode(text, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			throw UnreadableRecordException.unexpected("key", text, "a URL-encoded text");
		}
	}

}
