package dev.holdfast.route;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Subset;
import org.jspecify.annotations.Nullable;

/**
 * An explicit rule that sends requests to a service, or to several by their weights. A
 * request takes it when it names one of the hosts and has all that one of the matches
 * asks for.
 *
 * @param id its unique name, a label of meters: 1 to 128 of {@code A-Za-z0-9._-}, and not
 * {@code by-path}, {@code match}, {@code schema} or {@code sources}
 * @param hosts exact host names and {@code *.suffix}, none for any; without port. A
 * suffix stands for one label or more before it
 * @param matches what requests must have, one of them
 * @param backends where its requests go, none if the gateway answers them itself
 * @param stripPrefix a prefix of whole segments taken off the path, empty for none
 * @param preserveHost whether the backend sees the client's Host rather than its own
 * address
 * @param policy how its requests are treated
 */
public record Route(String id, List<String> hosts, List<RequestMatch> matches, List<WeightedBackend> backends,
		String stripPrefix, boolean preserveHost, RoutePolicy policy) {

	private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

	/** The rule by path, and what stands beside routes in the operators' API. */
	private static final List<String> RESERVED = List.of(RouteTable.BY_PATH, "match", "schema", "sources");

	private static final int MAX_HOST_LENGTH = 253;

	/** Possessive, since others recurse once for each label. */
	private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-z0-9_-]++(\\.[a-z0-9_-]++)*+|\\[[0-9a-f:.]++\\]");

	/**
	 * Copies the collections, brings hosts to lower case, and checks all parts.
	 * @throws IllegalArgumentException if a part could never match, or would match other
	 * requests than it seems to
	 */
	public Route {
		hosts = hosts.stream().map((host) -> host.toLowerCase(Locale.ROOT)).toList();
		matches = List.copyOf(matches);
		backends = List.copyOf(backends);
		checkId(id);
		Set<String> names = HashSet.newHashSet(hosts.size());
		for (String host : hosts) {
			checkHost(host);
			if (!names.add(host)) {
				throw RoutePart.invalid("host", host, "each host once");
			}
		}
		if (matches.isEmpty()) {
			throw new IllegalArgumentException("matches: none (expected: one or more)");
		}
		if (!backends.isEmpty() && backends.stream().allMatch((backend) -> backend.weight() == 0)) {
			throw new IllegalArgumentException("service: none with a weight (expected: one or more)");
		}
		policy.actions().check(!backends.isEmpty(), stripPrefix, preserveHost);
		for (RequestMatch match : matches) {
			if (!stripPrefix.isEmpty() && (stripPrefix.endsWith("/") || !match.path().beginsWith(stripPrefix))) {
				throw RoutePart.invalid("strip-prefix", stripPrefix,
						"whole segments at the beginning of the path " + match.path().text());
			}
		}
	}

	/**
	 * Creates a route for one host and path, to one service.
	 * @param id its unique name
	 * @param host an exact host name or {@code *.suffix}, empty for any
	 * @param path the path as {@link PathMatch#of} reads it
	 * @param methods the methods it is for, empty for any
	 * @param headers header names and the exact values they must have
	 * @param service where its requests go, {@code null} if the gateway answers them
	 * itself
	 * @param stripPrefix what is taken off the path, empty for nothing
	 * @param preserveHost whether the backend sees the client's Host
	 * @param policy how its requests are treated
	 * @throws IllegalArgumentException if a part could never match
	 */
	public Route(String id, String host, String path, Set<String> methods, Map<String, String> headers,
			@Nullable ServiceName service, String stripPrefix, boolean preserveHost, RoutePolicy policy) {
		this(id, host.isEmpty() ? List.of() : List.of(host),
				List.of(new RequestMatch(PathMatch.of(path), methods, exact(headers), List.of(), List.of())),
				(service != null) ? List.of(WeightedBackend.all(service)) : List.of(), stripPrefix, preserveHost,
				policy);
	}

	private static List<FieldMatch> exact(Map<String, String> headers) {
		return headers.entrySet()
			.stream()
			.map((header) -> FieldMatch.header(header.getKey(), new ValueMatch.Exact(header.getValue())))
			.toList();
	}

	/**
	 * Checks an id.
	 * @param id the id
	 * @throws IllegalArgumentException if it can be none
	 */
	public static void checkId(String id) {
		if (!ID.matcher(id).matches() || RESERVED.contains(id)) {
			throw RoutePart.invalid("id", id,
					"1 to 128 of A-Z a-z 0-9 . _ - and none of " + String.join(", ", RESERVED));
		}
	}

	/**
	 * Checks a host.
	 * @param host the host in lower case
	 * @throws IllegalArgumentException if no request would name it
	 */
	public static void checkHost(String host) {
		if (host.length() > MAX_HOST_LENGTH || !HOST.matcher(host).matches()) {
			throw RoutePart.invalid("host", host,
					"a host name without port, *.suffix, or nothing; at most %d characters".formatted(MAX_HOST_LENGTH));
		}
	}

	/**
	 * Return the hosts in one text.
	 * @return the hosts, empty for any
	 */
	public String host() {
		return String.join(", ", this.hosts);
	}

	/**
	 * Return the paths of all matches in one text.
	 * @return the paths as operators write them
	 */
	public String path() {
		return this.matches.stream()
			.map((match) -> match.path().text())
			.collect(Collectors.toCollection(LinkedHashSet::new))
			.stream()
			.collect(Collectors.joining(", "));
	}

	/**
	 * Return the methods of the first match.
	 * @return the methods, empty for any
	 */
	public Set<String> methods() {
		return this.matches.getFirst().methods();
	}

	/**
	 * Return the header fields of the first match that must have one value.
	 * @return the values by names
	 */
	public Map<String, String> headers() {
		Map<String, String> headers = new TreeMap<>();
		for (FieldMatch header : this.matches.getFirst().headers()) {
			if (header.value() instanceof ValueMatch.Exact exact) {
				headers.put(header.name(), exact.value());
			}
		}
		return headers;
	}

	/**
	 * Return the service that gets the most of the requests.
	 * @return the service, {@code null} if the gateway answers them itself
	 */
	public @Nullable ServiceName service() {
		WeightedBackend heaviest = heaviest();
		return (heaviest != null) ? heaviest.service() : null;
	}

	private @Nullable WeightedBackend heaviest() {
		WeightedBackend heaviest = null;
		for (WeightedBackend backend : this.backends) {
			heaviest = (heaviest == null || backend.weight() > heaviest.weight()) ? backend : heaviest;
		}
		return heaviest;
	}

	/**
	 * Takes a request, by the weights.
	 */
	RouteMatch match(String requestPath) {
		return switch (this.backends.size()) {
			case 0 -> match(requestPath, null);
			case 1 -> match(requestPath, this.backends.getFirst());
			default -> match(requestPath, any());
		};
	}

	/**
	 * Takes a request that nobody sends: always the same way.
	 */
	RouteMatch explain(String requestPath) {
		return match(requestPath, heaviest());
	}

	private RouteMatch match(String requestPath, @Nullable WeightedBackend backend) {
		String rest = requestPath.substring(this.stripPrefix.length());
		PathRewrite rewrite = this.policy.actions().path();
		String stripped = this.stripPrefix.isEmpty() ? rewrite.strippedOff(rest) : this.stripPrefix;
		return new RouteMatch(this.id, (backend != null) ? backend.service() : null, rewrite.apply(rest), stripped,
				this.preserveHost, this.policy, (backend != null) ? backend.subset() : Subset.ALL);
	}

	private WeightedBackend any() {
		int sum = 0;
		for (int i = 0; i < this.backends.size(); i++) {
			sum += this.backends.get(i).weight();
		}
		int left = ThreadLocalRandom.current().nextInt(sum);
		int chosen = 0;
		while (left >= this.backends.get(chosen).weight()) {
			left -= this.backends.get(chosen).weight();
			chosen++;
		}
		return this.backends.get(chosen);
	}

}
