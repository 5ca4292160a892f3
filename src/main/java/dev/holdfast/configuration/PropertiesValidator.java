package dev.holdfast.configuration;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.holdfast.admin.AdminSettings;
import dev.holdfast.proxy.TrustedProxies;
import dev.holdfast.registry.format.RecordReader;
import dev.holdfast.route.TimeLimits;
import dev.holdfast.service.CanonicalPath;
import dev.holdfast.tls.ClientAuth;
import dev.holdfast.tls.ServerName;
import dev.holdfast.upstream.HashOn;

import org.springframework.util.unit.DataSize;
import org.springframework.validation.Errors;
import org.springframework.validation.FieldError;
import org.springframework.validation.Validator;

/**
 * Checks what the annotations on {@link HoldfastProperties} cannot express.
 */
final class PropertiesValidator implements Validator {

	private static final DataSize SMALLEST_LINE = DataSize.ofBytes(256);

	private static final DataSize SMALLEST_HEADER = DataSize.ofKilobytes(1);

	private static final DataSize LARGEST_HEADER = DataSize.ofMegabytes(1);

	private static final DataSize SMALLEST_FILE = DataSize.ofMegabytes(1);

	private static final DataSize SMALLEST_BUFFER = DataSize.ofMegabytes(1);

	private static final DataSize LARGEST_BUFFER = DataSize.ofGigabytes(1);

	private static final List<String> CLUSTER_KEYS = List.of("gateways/", "overrides/", "commands/");

	private static final String CODE = "invalid";

	private final AdminPorts adminPorts;

	PropertiesValidator(AdminPorts adminPorts) {
		this.adminPorts = adminPorts;
	}

	@Override
	public boolean supports(Class<?> type) {
		return type == HoldfastProperties.class;
	}

	@Override
	public void validate(Object target, Errors errors) {
		HoldfastProperties properties = (HoldfastProperties) target;
		checkServer(properties.server(), errors);
		checkPort(properties.server(), errors);
		checkTls(properties.server(), errors);
		checkEndpoints(properties.etcd(), errors);
		if (properties.etcd().username().isEmpty() != properties.etcd().password().isEmpty()) {
			reject(errors, properties.etcd().username().isEmpty() ? "etcd.username" : "etcd.password",
					"must not be empty when the other one of username and password is given");
		}
		checkSources(properties.registry().sources(), errors);
		checkCluster(properties, errors);
		checkRoutePrefix(properties, errors);
		checkRouteFolder(properties, errors);
		new RouteChecks(properties, errors).check();
		HealthCheckRules.check(properties.upstream().checks(), errors);
		checkTimes(properties, errors);
		checkHashOn(properties.upstream().hashOn(), errors);
		checkAdmin(properties.admin(), errors);
		checkAccessLog(properties.accessLog(), errors);
	}

	private static void checkServer(HoldfastProperties.Server server, Errors errors) {
		if (server.maxBodySize().isNegative()) {
			reject(errors, "server.maxBodySize", "must not be negative");
		}
		checkProbe(server, server.livenessPath(), "server.livenessPath", errors);
		checkProbe(server, server.readinessPath(), "server.readinessPath", errors);
		DataSize size = server.maxHeaderSize();
		if (size.compareTo(SMALLEST_HEADER) < 0 || size.compareTo(LARGEST_HEADER) > 0) {
			reject(errors, "server.maxHeaderSize", "must be between 1KB and 1MB");
		}
		if (server.maxRequestLineSize().compareTo(SMALLEST_LINE) < 0
				|| server.maxRequestLineSize().compareTo(size) > 0) {
			reject(errors, "server.maxRequestLineSize", "must be between 256B and holdfast.server.max-header-size");
		}
		for (int i = 0; i < server.trustedProxies().size(); i++) {
			if (!TrustedProxies.isAddressOrBlock(server.trustedProxies().get(i))) {
				reject(errors, "server.trustedProxies[%d]".formatted(i),
						"must be an IP address or a CIDR block such as 10.0.0.0/8");
			}
		}
	}

	private static void checkProbe(HoldfastProperties.Server server, String path, String field, Errors errors) {
		String canonical = path.startsWith("/") ? CanonicalPath.of(path) : path;
		if (canonical == null || !path.equals(server.paths().spelling(canonical))) {
			reject(errors, field,
					"must be spelled as requests are compared with it: no dot segment, escapes in capital letters and "
							+ "only where they are needed",
					"Set %s to %s.".formatted(ProblemDescriptions.key(field),
							(canonical != null) ? server.paths().spelling(canonical) : "a path such as /readyz"));
		}
	}

	private static void checkAdmin(HoldfastProperties.Admin admin, Errors errors) {
		for (int i = 0; i < admin.allowedHosts().size(); i++) {
			if (!AdminSettings.isHostName(admin.allowedHosts().get(i))) {
				reject(errors, "admin.allowedHosts[%d]".formatted(i),
						"must be a name without scheme, port and wildcard, such as gateway.example.org");
			}
		}
		checkJwt(admin.jwt(), errors);
	}

	private static void checkJwt(HoldfastProperties.Jwt jwt, Errors errors) {
		if (jwt.issuerUri().isEmpty()) {
			if (!jwt.jwkSetUri().isEmpty() || !jwt.audience().isEmpty()) {
				reject(errors, "admin.jwt.issuerUri",
						"must not be empty when holdfast.admin.jwt.jwk-set-uri or holdfast.admin.jwt.audience is given");
			}
			return;
		}
		if (!isUrl(jwt.issuerUri())) {
			reject(errors, "admin.jwt.issuerUri", "must be a URL such as https://login.example.org/realms/ops");
		}
		if (!jwt.jwkSetUri().isEmpty() && !isUrl(jwt.jwkSetUri())) {
			reject(errors, "admin.jwt.jwkSetUri", "must be a URL such as https://login.example.org/keys, or empty");
		}
		if (jwt.audience().isBlank()) {
			reject(errors, "admin.jwt.audience",
					"must not be empty when holdfast.admin.jwt.issuer-uri is given: tokens for other applications would count",
					"Set holdfast.admin.jwt.audience to what the issuer writes into the claim \"aud\" of tokens for this gateway.");
		}
		if (jwt.scope().isBlank() || jwt.scope().contains(" ")) {
			reject(errors, "admin.jwt.scope", "must be one scope, without spaces");
		}
	}

	private static boolean isUrl(String text) {
		try {
			URI uri = new URI(text).parseServerAuthority();
			return ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()))
					&& uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawFragment() == null;
		}
		catch (URISyntaxException ex) {
			return false;
		}
	}

	private static void checkAccessLog(HoldfastProperties.AccessLog log, Errors errors) {
		if (log.file().indexOf('%') >= 0 || log.file().endsWith("/")) {
			reject(errors, "accessLog.file", "must be the path of a file, without a percent sign, or empty");
		}
		if (log.maxFileSize().compareTo(SMALLEST_FILE) < 0) {
			reject(errors, "accessLog.maxFileSize", "must be 1MB or more");
		}
		if (log.bufferSize().compareTo(SMALLEST_BUFFER) < 0 || log.bufferSize().compareTo(LARGEST_BUFFER) > 0) {
			reject(errors, "accessLog.bufferSize", "must be between 1MB and 1GB");
		}
	}

	private void checkPort(HoldfastProperties.Server server, Errors errors) {
		this.adminPorts.keyOf(server.port(), server.address())
			.ifPresent((key) -> reject(errors, "server.port", "must not be the port of %s too".formatted(key),
					"Set holdfast.server.port or %s to another port.".formatted(key)));
	}

	private static void checkTls(HoldfastProperties.Server server, Errors errors) {
		if (server.sslBundle().isEmpty() && server.clientAuth() != ClientAuth.NONE) {
			reject(errors, "server.clientAuth", "needs holdfast.server.ssl-bundle");
		}
		if (server.sslBundle().isEmpty() && !server.serverNameBundles().isEmpty()) {
			reject(errors, "server.serverNameBundles",
					"needs holdfast.server.ssl-bundle, for clients that ask for no name or for another",
					"Set holdfast.server.ssl-bundle, or take holdfast.server.server-name-bundles out.");
		}
		Map<String, Integer> names = new HashMap<>();
		for (int i = 0; i < server.serverNameBundles().size(); i++) {
			HoldfastProperties.ServerNameBundle named = server.serverNameBundles().get(i);
			String field = "server.serverNameBundles[%d]".formatted(i);
			if (named.bundle().isEmpty()) {
				reject(errors, field + ".bundle", "must not be empty");
			}
			try {
				Integer first = names.putIfAbsent(new ServerName(named.serverName()).pattern(), i);
				if (first != null) {
					reject(errors, field + ".serverName",
							"must be unique, but holdfast.server.server-name-bundles[%d] has the same".formatted(first),
							"Take one of holdfast.server.server-name-bundles[%d] and [%d] out, or give it another name."
								.formatted(first, i));
				}
			}
			catch (IllegalArgumentException ex) {
				reject(errors, field + ".serverName", "must be a DNS name such as api.example.org, or *.example.org");
			}
		}
	}

	private static void checkEndpoints(HoldfastProperties.Etcd etcd, Errors errors) {
		List<String> endpoints = etcd.endpoints();
		for (int i = 0; i < endpoints.size(); i++) {
			String field = "etcd.endpoints[%d]".formatted(i);
			endpointProblem(endpoints.get(i)).ifPresent((problem) -> reject(errors, field, problem));
			if (isSecure(endpoints.get(i)) != isSecure(endpoints.getFirst())) {
				reject(errors, field,
						"must be %s like holdfast.etcd.endpoints[0]: a password could be sent in the clear otherwise"
							.formatted(isSecure(endpoints.getFirst()) ? "https" : "http"));
			}
		}
		if (!etcd.sslBundle().isEmpty() && endpoints.stream().noneMatch(PropertiesValidator::isSecure)) {
			reject(errors, "etcd.sslBundle", "needs holdfast.etcd.endpoints that begin with https://");
		}
	}

	private static boolean isSecure(String endpoint) {
		return endpoint.regionMatches(true, 0, "https:", 0, 6);
	}

	private static Optional<String> endpointProblem(String text) {
		try {
			URI uri = new URI(text).parseServerAuthority();
			boolean bare = uri.getRawUserInfo() == null && uri.getRawQuery() == null && uri.getRawFragment() == null
					&& ("".equals(uri.getRawPath()) || "/".equals(uri.getRawPath()));
			boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
			if (http && uri.getHost() != null && uri.getPort() > 0 && uri.getPort() <= 65_535 && bare) {
				return Optional.empty();
			}
			return Optional.of("must be a URL with scheme, host and port, and nothing more, such as http://etcd:2379");
		}
		catch (URISyntaxException ex) {
			return Optional
				// The exception's own message repeats the text, with what may be a
				// password.
				.of("must be a URL with scheme, host and port, such as http://etcd:2379: " + ex.getReason());
		}
	}

	private static void checkSources(List<HoldfastProperties.Source> sources, Errors errors) {
		for (int i = 0; i < sources.size(); i++) {
			if (!RecordReader.formatNames().contains(sources.get(i).format())) {
				reject(errors, "registry.sources[%d].format".formatted(i),
						"must be one of " + String.join(", ", RecordReader.formatNames()));
			}
			for (int j = 0; j < i; j++) {
				if (overlap(sources.get(i).prefix(), sources.get(j).prefix())) {
					reject(errors, "registry.sources[%d].prefix".formatted(i),
							"must not overlap with holdfast.registry.sources[%d]: a key is read by one source"
								.formatted(j),
							"Take one of holdfast.registry.sources[%d] and [%d] out, or narrow its prefix.".formatted(j,
									i));
				}
			}
		}
	}

	private static void checkCluster(HoldfastProperties properties, Errors errors) {
		List<HoldfastProperties.Source> sources = properties.registry().sources();
		for (int i = 0; i < sources.size() && properties.cluster().enabled(); i++) {
			if (overlap(properties.cluster().prefix(), sources.get(i).prefix())) {
				reject(errors, "cluster.prefix",
						"must not overlap with holdfast.registry.sources[%d]: gateways would be taken for instances"
							.formatted(i),
						"Set holdfast.cluster.prefix to a prefix of its own, or holdfast.cluster.enabled to false.");
			}
		}
	}

	private static void checkRoutePrefix(HoldfastProperties properties, Errors errors) {
		String prefix = properties.routing().etcdPrefix();
		List<HoldfastProperties.Source> sources = properties.registry().sources();
		for (int i = 0; i < sources.size() && !prefix.isEmpty(); i++) {
			if (overlap(prefix, sources.get(i).prefix())) {
				reject(errors, "routing.etcdPrefix",
						"must not overlap with holdfast.registry.sources[%d]: routes would be taken for instances"
							.formatted(i),
						"Set holdfast.routing.etcd-prefix to a prefix of its own, or to nothing.");
			}
		}
		String cluster = properties.cluster().prefix();
		boolean shared = cluster.startsWith(prefix)
				|| CLUSTER_KEYS.stream().anyMatch((keys) -> prefix.startsWith(cluster + keys));
		if (!prefix.isEmpty() && properties.cluster().enabled() && shared) {
			reject(errors, "routing.etcdPrefix",
					"must have no keys of holdfast.cluster.prefix: what gateways share would be taken for routes",
					"Set holdfast.routing.etcd-prefix to a prefix of its own such as %sroutes/, or to nothing."
						.formatted(cluster));
		}
	}

	/** The gateway's own files would be read as routes, and be written anew for it. */
	private static void checkRouteFolder(HoldfastProperties properties, Errors errors) {
		String folder = properties.routing().folder();
		Map<String, String> files = Map.of("routing.snapshotPath", properties.routing().snapshotPath(),
				"registry.snapshot.path", properties.registry().snapshot().path(), "admin.overridesPath",
				properties.admin().overridesPath());
		files.forEach((field, file) -> {
			if (!folder.isEmpty() && !file.isEmpty() && absolute(folder).equals(absolute(file).getParent())) {
				reject(errors, field, "must not be in holdfast.routing.folder, whose files are read as routes",
						"Set %s to a file in another folder.".formatted(ProblemDescriptions.key(field)));
			}
		});
	}

	private static Path absolute(String path) {
		return Path.of(path).toAbsolutePath().normalize();
	}

	private static boolean overlap(String one, String other) {
		return one.startsWith(other) || other.startsWith(one);
	}

	private static void checkTimes(HoldfastProperties properties, Errors errors) {
		checkTime(properties.server().idleTimeout(), "server.idleTimeout", errors);
		checkTime(properties.server().headerTimeout(), "server.headerTimeout", errors);
		checkTime(properties.server().bodyTimeout(), "server.bodyTimeout", errors);
		checkTime(properties.server().handshakeTimeout(), "server.handshakeTimeout", errors);
		checkTime(properties.server().writeTimeout(), "server.writeTimeout", errors);
		HoldfastProperties.Upstream upstream = properties.upstream();
		checkTime(upstream.queueTimeout(), "upstream.queueTimeout", errors);
		checkTime(upstream.connectTimeout(), "upstream.connectTimeout", errors);
		checkTime(upstream.maxConnectionAge(), "upstream.maxConnectionAge", errors);
		checkTime(upstream.requestTimeout(), "upstream.requestTimeout", errors);
		checkTime(upstream.tryTimeout(), "upstream.tryTimeout", errors);
		checkTime(upstream.totalTimeout(), "upstream.totalTimeout", errors);
		checkTime(upstream.streamIdleTimeout(), "upstream.streamIdleTimeout", errors);
		if (upstream.ejection().time().compareTo(upstream.ejection().maxTime()) > 0) {
			reject(errors, "upstream.ejection.maxTime", "must be at least holdfast.upstream.ejection.time");
		}
		checkTime(upstream.forgetAfter(), "upstream.forgetAfter", errors);
		checkTime(upstream.retry().backoff(), "upstream.retry.backoff", errors);
		if (upstream.retry().statuses().stream().anyMatch((status) -> status < 400 || status > 599)) {
			reject(errors, "upstream.retry.statuses", "must be statuses of errors, 400 to 599");
		}
	}

	private static void checkHashOn(String text, Errors errors) {
		try {
			HashOn.parse(text);
		}
		catch (IllegalArgumentException ex) {
			reject(errors, "upstream.hashOn", "must be client, path, header:<name> or cookie:<name>");
		}
	}

	private static void checkTime(Duration time, String field, Errors errors) {
		if (time.compareTo(TimeLimits.LONGEST) > 0) {
			reject(errors, field, "must be at most 24d");
		}
	}

	/**
	 * Gives what to do about an error that this validator found, where it says more than
	 * the message does.
	 */
	static Optional<String> remedy(FieldError error) {
		Object[] arguments = error.getArguments();
		return (CODE.equals(error.getCode()) && arguments != null && arguments.length > 0)
				? Optional.of(String.valueOf(arguments[0])) : Optional.empty();
	}

	static void reject(Errors errors, String field, String message) {
		errors.rejectValue(field, CODE, message);
	}

	/**
	 * Refuses a value.
	 * @param remedy a sentence that tells what to do
	 */
	static void reject(Errors errors, String field, String message, String remedy) {
		errors.rejectValue(field, CODE, new Object[] { remedy }, message);
	}

}
