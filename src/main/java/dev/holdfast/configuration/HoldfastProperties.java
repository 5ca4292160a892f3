package dev.holdfast.configuration;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import dev.holdfast.accesslog.AccessLogFormat;
import dev.holdfast.accesslog.AccessLogSettings;
import dev.holdfast.check.Check;
import dev.holdfast.check.CheckKind;
import dev.holdfast.check.CheckMethod;
import dev.holdfast.check.CheckPolicy;
import dev.holdfast.check.CheckSettings;
import dev.holdfast.check.StatusSet;
import dev.holdfast.jwt.JwtSettings;
import dev.holdfast.proxy.TransportChoice;
import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.registry.etcd.Credentials;
import dev.holdfast.registry.etcd.EtcdPrefix;
import dev.holdfast.registry.etcd.EtcdSettings;
import dev.holdfast.route.BackendProtocol;
import dev.holdfast.route.BackendSecurity;
import dev.holdfast.route.EncodedSlashes;
import dev.holdfast.route.PathRules;
import dev.holdfast.route.RetryPolicy;
import dev.holdfast.route.Route;
import dev.holdfast.route.RouteActions;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.ServiceName;
import dev.holdfast.tls.ClientAuth;
import dev.holdfast.tls.TlsMaterial;
import dev.holdfast.upstream.Balancer;
import dev.holdfast.upstream.EjectionSettings;
import dev.holdfast.upstream.HashOn;
import dev.holdfast.upstream.OutlierSettings;
import dev.holdfast.upstream.UpstreamSettings;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Pattern;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Everything that can be configured under {@code holdfast}.
 *
 * @param server the traffic port
 * @param etcd how etcd is reached
 * @param registry what is read from etcd, and how it is kept
 * @param routing which requests go where without an explicit route, and where other
 * routes come from
 * @param routes Explicit routes, which come before the routing by path.
 * @param upstream how requests are sent to instances
 * @param admin the admin port
 * @param accessLog the access log of the traffic port
 * @param cluster what gateways that share an etcd know of each other
 */
@Validated
@ConfigurationProperties(prefix = "holdfast", ignoreUnknownFields = false)
public record HoldfastProperties(@Valid @DefaultValue Server server, @Valid @DefaultValue Etcd etcd,
		@Valid @DefaultValue Registry registry, @Valid @DefaultValue Routing routing,
		@DefaultValue List<ExplicitRoute> routes, @Valid @DefaultValue Upstream upstream,
		@Valid @DefaultValue Admin admin, @Valid @DefaultValue AccessLog accessLog,
		@Valid @DefaultValue Cluster cluster) {

	private static final String POSITIVE = "must be 1ms or longer";

	private static final String NOT_NEGATIVE = "must not be negative";

	private static final String PERCENTAGE = "(100|[0-9]{1,2})%";

	private static final String PERCENTAGE_MESSAGE = "must be a whole percentage such as 30%";

	private static final String PATH = "|/[^\\s?#]*";

	private static final String PATH_MESSAGE = "must be a path that begins with /, or empty to turn it off";

	/**
	 * Gives what applies to requests whose route says nothing else.
	 * @return the policy
	 */
	public RoutePolicy routePolicy() {
		RouteTimes times = new RouteTimes(this.upstream.requestTimeout(), this.upstream.tryTimeout(),
				this.upstream.totalTimeout(), this.server.bodyTimeout(), this.upstream.streamIdleTimeout());
		return new RoutePolicy(this.upstream.protocol(), times, this.server.maxBodySize().toBytes(),
				new BackendSecurity(this.upstream.sslBundle(), ""), this.server.paths(), this.upstream.retry().policy(),
				RouteActions.DEFAULTS);
	}

	private static <T> T either(@Nullable T own, T otherwise) {
		return (own != null) ? own : otherwise;
	}

	private static double share(String percentage) {
		return Integer.parseInt(percentage.substring(0, percentage.length() - 1)) / 100.0;
	}

	/**
	 * The traffic port.
	 *
	 * @param address Address to listen on for traffic.
	 * @param port Port to listen on for traffic, 0 for any that is free.
	 * @param transport What of the operating system tells the gateway what happens to
	 * connections.
	 * @param sslBundle Name of the SSL bundle with the certificate that clients see,
	 * empty for traffic in clear text.
	 * @param serverNameBundles SSL bundles for the names that clients ask for; the others
	 * see the certificate of the one for all.
	 * @param clientAuth Whether clients must show a certificate that the trust store of
	 * the SSL bundle vouches for.
	 * @param handshakeTimeout Longest time that a TLS handshake may take.
	 * @param trustedProxies Addresses and CIDR blocks of the proxies whose forwarding
	 * headers are believed.
	 * @param maxRequestLineSize Largest request line, or path and query in HTTP/2.
	 * @param maxHeaderSize Largest head of a request.
	 * @param maxHeaderCount Most header fields that a request may have.
	 * @param maxBodySize Largest body of a request, 0 for any.
	 * @param encodedSlashes What becomes of requests with an encoded slash or backslash
	 * in their path.
	 * @param mergeSlashes Whether slashes that follow each other in a path count as one.
	 * @param bodyTimeout Time without a byte after which a client that has not sent its
	 * whole request is given up.
	 * @param maxConnections Most connections that clients may have at a time.
	 * @param maxConnectionsPerAddress Most connections that one client address may have
	 * at a time, 0 for as many as all together.
	 * @param maxStreams Most requests that an HTTP/2 connection may carry at a time.
	 * @param maxResets Most streams of an HTTP/2 connection that a client may reset, or
	 * make the gateway reset, within 30 seconds.
	 * @param idleTimeout Time without a request after which a client's connection is
	 * closed.
	 * @param tunnelIdleTimeout Time without a byte in either direction after which a
	 * connection that was switched to another protocol, such as WebSocket, is closed.
	 * @param headerTimeout Longest time that the head of a request may take from its
	 * first byte, or from the beginning of the connection.
	 * @param writeTimeout Time after which a client is given up that takes nothing of its
	 * answer.
	 * @param shutdownGrace Time that running requests get to finish when the gateway
	 * stops.
	 * @param livenessPath Path on the traffic port that tells whether the gateway is
	 * alive, empty to turn it off.
	 * @param readinessPath Path on the traffic port that tells whether the gateway is
	 * ready, empty to turn it off.
	 */
	public record Server(@DefaultValue("0.0.0.0") @NotBlank String address,
			@DefaultValue("8080") @Min(0) @Max(65_535) int port, @DefaultValue("auto") TransportChoice transport,
			@DefaultValue("") String sslBundle, @DefaultValue List<ServerNameBundle> serverNameBundles,
			@DefaultValue("none") ClientAuth clientAuth,
			@DefaultValue("10s") @DurationMin(millis = 1, message = POSITIVE) Duration handshakeTimeout,
			@DefaultValue List<String> trustedProxies, @DefaultValue("8KB") DataSize maxRequestLineSize,
			@DefaultValue("16KB") DataSize maxHeaderSize, @DefaultValue("100") @Min(1) @Max(10_000) int maxHeaderCount,
			@DefaultValue("0") DataSize maxBodySize, @DefaultValue("pass") EncodedSlashes encodedSlashes,
			@DefaultValue("false") boolean mergeSlashes,
			@DefaultValue("20000") @Min(1) @Max(10_000_000) int maxConnections,
			@DefaultValue("0") @Min(0) @Max(10_000_000) int maxConnectionsPerAddress,
			@DefaultValue("100") @Min(1) @Max(10_000) int maxStreams,
			@DefaultValue("200") @Min(1) @Max(1_000_000) int maxResets,
			@DefaultValue("30s") @DurationMin(millis = 1, message = POSITIVE) Duration bodyTimeout,
			@DefaultValue("60s") @DurationMin(millis = 1, message = POSITIVE) Duration idleTimeout,
			@DefaultValue("1h") @DurationMin(millis = 1, message = POSITIVE) Duration tunnelIdleTimeout,
			@DefaultValue("10s") @DurationMin(millis = 1, message = POSITIVE) Duration headerTimeout,
			@DefaultValue("60s") @DurationMin(millis = 1, message = POSITIVE) Duration writeTimeout,
			@DefaultValue("20s") @DurationMin(message = NOT_NEGATIVE) Duration shutdownGrace,
			@DefaultValue("/livez") @Pattern(regexp = PATH, message = PATH_MESSAGE) String livenessPath,
			@DefaultValue("/readyz") @Pattern(regexp = PATH, message = PATH_MESSAGE) String readinessPath) {

		/**
		 * Gives what applies to the paths of requests whose route says nothing else.
		 * @return the rules
		 */
		public PathRules paths() {
			return new PathRules(this.encodedSlashes, this.mergeSlashes);
		}

	}

	/**
	 * The certificate for names that clients ask for.
	 *
	 * @param serverName Name that clients ask for, *.suffix for all names with one more
	 * label.
	 * @param bundle Name of the SSL bundle with the certificate.
	 */
	public record ServerNameBundle(@DefaultValue("") String serverName, @DefaultValue("") String bundle) {
	}

	/**
	 * How etcd is reached.
	 *
	 * @param endpoints URLs of the cluster's members, all http or all https.
	 * @param sslBundle Name of the SSL bundle with the certificates that https endpoints
	 * are trusted by and the one that the gateway shows, empty for the JVM's trust store
	 * and none.
	 * @param username User to log in as, empty when the cluster asks for none.
	 * @param password Password of the user.
	 * @param namespace Text that all keys of this gateway begin with, before the prefixes
	 * of its sources.
	 * @param discoverMembers Whether members that the cluster lists are used besides the
	 * endpoints.
	 * @param connectTimeout Longest time that making a connection may take.
	 * @param keepaliveTime Time without a byte from etcd after which the connection is
	 * probed.
	 * @param keepaliveTimeout Time that etcd has to answer the probe.
	 */
	public record Etcd(@DefaultValue("http://127.0.0.1:2379") @NotEmpty List<String> endpoints,
			@DefaultValue("") String sslBundle, @DefaultValue("") String username, @DefaultValue("") String password,
			@DefaultValue("") String namespace, @DefaultValue("false") boolean discoverMembers,
			@DefaultValue("3s") @DurationMin(millis = 1, message = POSITIVE) Duration connectTimeout,
			@DefaultValue("10s") @DurationMin(millis = 1, message = POSITIVE) Duration keepaliveTime,
			@DefaultValue("5s") @DurationMin(millis = 1, message = POSITIVE) Duration keepaliveTimeout) {

		/**
		 * Gives the settings in the words of the etcd client.
		 * @param prefixes what registrations are read from
		 * @param tls with what connections are secured, empty for the JVM's own trust
		 * store
		 * @return the settings
		 */
		public EtcdSettings settings(List<EtcdPrefix> prefixes, Optional<Supplier<TlsMaterial>> tls) {
			Optional<Credentials> credentials = this.username.isEmpty() ? Optional.empty()
					: Optional.of(new Credentials(this.username, this.password));
			return new EtcdSettings(this.endpoints.stream().map(URI::create).toList(), prefixes, credentials, tls,
					this.discoverMembers, this.connectTimeout, this.keepaliveTime, this.keepaliveTimeout);
		}

		/**
		 * Keeps the password out of logs.
		 */
		@Override
		public String toString() {
			return "Etcd[endpoints=%s, username=%s]".formatted(this.endpoints, this.username);
		}

	}

	/**
	 * What is read from etcd, and how it is kept.
	 *
	 * @param sources Prefixes under which services are registered.
	 * @param barrierInterval Time between two proofs that etcd delivers changes.
	 * @param relistInterval Time between two full lists, which find what the watch
	 * missed.
	 * @param snapshot the snapshot on disk
	 * @param removalGuard which removals are applied at once
	 */
	public record Registry(@Valid @NotEmpty @Nullable List<Source> sources,
			@DefaultValue("5s") @DurationMin(millis = 1, message = POSITIVE) Duration barrierInterval,
			@DefaultValue("5m") @DurationMin(millis = 1, message = POSITIVE) Duration relistInterval,
			@DefaultValue @Valid SnapshotFile snapshot, @DefaultValue @Valid RemovalGuard removalGuard) {

		/**
		 * Puts the usual source in the place of none. An empty list is not none: who
		 * writes one means something else.
		 */
		public Registry {
			sources = (sources == null) ? List.of(new Source("/services/", "auto", Scheme.HTTP)) : List.copyOf(sources);
		}

		/**
		 * The prefixes under which services are registered.
		 * @return the sources
		 */
		@Override
		public List<Source> sources() {
			return Objects.requireNonNull(this.sources);
		}

	}

	/**
	 * Which removals are applied at once.
	 *
	 * @param enabled Whether the removal of many instances at once is held until probes
	 * of them fail.
	 * @param window Time over which the instances of a service that go are counted.
	 * @param maxRemoved Share of a service's instances that may go within the window; one
	 * always may, unless it is the last.
	 * @param holdFor Longest time that an instance stays after its removal, not counting
	 * the time in which etcd is away.
	 */
	public record RemovalGuard(@DefaultValue("true") boolean enabled,
			@DefaultValue("60s") @DurationMin(millis = 1, message = POSITIVE) Duration window,
			@DefaultValue("30%") @Pattern(regexp = PERCENTAGE, message = PERCENTAGE_MESSAGE) String maxRemoved,
			@DefaultValue("10m") @DurationMin(millis = 1, message = POSITIVE) Duration holdFor) {

		/**
		 * Gives the settings in the words of the registry client.
		 * @return the settings
		 */
		public RemovalGuardSettings settings() {
			return new RemovalGuardSettings(this.enabled, this.window, share(this.maxRemoved), this.holdFor);
		}

	}

	/**
	 * A prefix under which services are registered.
	 *
	 * @param prefix Prefix of the keys; ends with a slash.
	 * @param format Name of the format that the records are in, auto to recognise each.
	 * @param scheme Protocol of instances whose record names none.
	 */
	public record Source(
			@DefaultValue("/services/") @Pattern(regexp = ".*/", message = "must end with /") String prefix,
			@DefaultValue("auto") String format, @DefaultValue("http") Scheme scheme) {
	}

	/**
	 * The snapshot on disk, from which a gateway serves that starts while etcd is away.
	 *
	 * @param path File that the snapshot is kept in, empty to keep none.
	 * @param maxAge Age beyond which a snapshot is not used, any age when absent.
	 */
	public record SnapshotFile(@DefaultValue("data/registry-snapshot.json") String path,
			@DurationMin(millis = 1, message = POSITIVE) @Nullable Duration maxAge) {
	}

	/**
	 * Which requests go where without an explicit route, and where other routes come
	 * from.
	 *
	 * @param byPath Whether the first segment of the path names the service.
	 * @param folder Folder whose YAML files have routes and are watched, empty for none.
	 * @param folderInterval Time between two looks at the folder, besides those when the
	 * system tells of a change.
	 * @param etcdPrefix Prefix of the keys in etcd that have routes, after the namespace;
	 * ends with a slash, empty for none.
	 * @param snapshotPath File that the routes of folder and etcd are kept in, empty to
	 * keep none.
	 */
	public record Routing(@DefaultValue("true") boolean byPath, @DefaultValue("") String folder,
			@DefaultValue("5s") @DurationMin(millis = 100, message = "must be 100ms or longer") Duration folderInterval,
			@DefaultValue("/holdfast/routes/") @Pattern(regexp = "|.*/",
					message = "must end with /, or be empty") String etcdPrefix,
			@DefaultValue("data/routes.json") String snapshotPath) {
	}

	/**
	 * An explicit route.
	 *
	 * @param id Unique name of the route, used in meters.
	 * @param host Host that requests must name, *.suffix for all hosts under it, empty
	 * for any.
	 * @param path Path that requests must have, /** at its end for all paths under it.
	 * @param methods Methods that requests must have, empty for any.
	 * @param headers Headers and the values that requests must have.
	 * @param service Service that the requests go to.
	 * @param stripPrefix Prefix that is taken off the path.
	 * @param preserveHost Whether the backend sees the client's Host.
	 * @param protocol Version of HTTP that the instances are spoken to in.
	 * @param requestTimeout Longest time without progress until the answer begins, over
	 * all tries.
	 * @param tryTimeout Longest time without progress until the answer to one try begins,
	 * 0 for as long as the request may take.
	 * @param totalTimeout Longest time that a request may take with its answer, 0 for
	 * any.
	 * @param bodyTimeout Time without a byte after which a client that has not sent its
	 * whole request is given up.
	 * @param streamIdleTimeout Time without a byte after which an answer that has begun
	 * is given up, 0 for any.
	 * @param maxBodySize Largest body of a request, 0 for any.
	 * @param encodedSlashes What becomes of requests with an encoded slash or backslash
	 * in their path.
	 * @param mergeSlashes Whether slashes that follow each other in a path count as one.
	 * @param sslBundle Name of the SSL bundle that instances which speak TLS are trusted
	 * by, with the certificate that the gateway shows them.
	 * @param serverName DNS name that the certificates of instances which speak TLS must
	 * be for, empty for the host that each is registered with.
	 * @param addPrefix Prefix that is put before the path, behind what is stripped.
	 * @param replacePrefix What takes the place of the path's prefix, which is the path
	 * of the route; / for nothing.
	 * @param replacePath Path that takes the place of all.
	 * @param rewriteHost Host that the backend sees, with a port where it needs one.
	 * @param requestHeaders What is changed of the header fields that the backend sees.
	 * @param responseHeaders What is changed of the header fields that the client sees.
	 * @param redirect Where clients are sent in the place of a service.
	 * @param respond What is answered in the place of a service.
	 * @param cors Which pages of other origins may read the answers.
	 * @param mirrors Services that get copies of the requests.
	 * @param retry When requests are tried again.
	 */
	public record ExplicitRoute(@DefaultValue("") String id, @DefaultValue("") String host,
			@DefaultValue("/**") String path, @DefaultValue Set<String> methods,
			@DefaultValue Map<String, String> headers, @DefaultValue("") String service,
			@DefaultValue("") String stripPrefix, @DefaultValue("false") boolean preserveHost,
			@Nullable BackendProtocol protocol, @Nullable Duration requestTimeout, @Nullable Duration tryTimeout,
			@Nullable Duration totalTimeout, @Nullable Duration bodyTimeout, @Nullable Duration streamIdleTimeout,
			@Nullable DataSize maxBodySize, @Nullable EncodedSlashes encodedSlashes, @Nullable Boolean mergeSlashes,
			@Nullable String sslBundle, @DefaultValue("") String serverName, @DefaultValue("") String addPrefix,
			@Nullable String replacePrefix, @DefaultValue("") String replacePath, @DefaultValue("") String rewriteHost,
			@DefaultValue Headers requestHeaders, @DefaultValue Headers responseHeaders, @Nullable Redirect redirect,
			@Nullable Respond respond, @Nullable RouteCors cors, @DefaultValue List<RouteMirror> mirrors,
			@Nullable RouteRetry retry) {

		/**
		 * Gives the route in the words of the route table.
		 * @param defaults what applies where the route says nothing
		 * @return the route
		 * @throws IllegalArgumentException if a part of it cannot be used
		 */
		public Route toRoute(RoutePolicy defaults) {
			RoutePolicy policy = policy(defaults);
			ServiceName goal = (this.service.isEmpty() && policy.actions().isAnswered()) ? null
					: new ServiceName(this.service);
			return new Route(this.id, this.host, this.path, this.methods, this.headers, goal, this.stripPrefix,
					this.preserveHost, policy);
		}

		private RoutePolicy policy(RoutePolicy defaults) {
			RouteTimes times = defaults.times();
			RouteTimes own = new RouteTimes(either(this.requestTimeout, times.request()),
					either(this.tryTimeout, times.perTry()), either(this.totalTimeout, times.total()),
					either(this.bodyTimeout, times.body()), either(this.streamIdleTimeout, times.streamIdle()));
			return new RoutePolicy(either(this.protocol, defaults.protocol()), own,
					(this.maxBodySize != null) ? this.maxBodySize.toBytes() : defaults.maxBodySize(),
					new BackendSecurity(either(this.sslBundle, defaults.security().bundle()), this.serverName),
					new PathRules(either(this.encodedSlashes, defaults.paths().encodedSlashes()),
							either(this.mergeSlashes, defaults.paths().mergeSlashes())),
					ExplicitActions.retry(this.retry, defaults.retry()), ExplicitActions.of(this));
		}

	}

	/**
	 * What is changed of header fields: some are removed, then some set, then some added.
	 *
	 * @param set Fields that are there once, with this value.
	 * @param add Fields that are there besides those of the same name.
	 * @param remove Names of fields that are taken away.
	 */
	public record Headers(@DefaultValue Map<String, String> set, @DefaultValue Map<String, String> add,
			@DefaultValue List<String> remove) {
	}

	/**
	 * Where clients are sent; the path is what the route makes of it.
	 *
	 * @param status Status of the answer.
	 * @param scheme Scheme, http or https, empty for the one that was used.
	 * @param host Host without port, empty for the one that was asked.
	 * @param port Port, 0 for the usual one of the scheme if that is given, else for the
	 * one that was asked.
	 */
	public record Redirect(@DefaultValue("302") int status, @DefaultValue("") String scheme,
			@DefaultValue("") String host, @DefaultValue("0") int port) {
	}

	/**
	 * What is answered to every request.
	 *
	 * @param status Status of the answer.
	 * @param contentType Media type of the body.
	 * @param body Body of the answer.
	 */
	public record Respond(@DefaultValue("200") int status, @DefaultValue("") String contentType,
			@DefaultValue("") String body) {
	}

	/**
	 * Which pages of other origins may read answers.
	 *
	 * @param allowOrigins Origins, * for any, https://*.example.org for all hosts under
	 * one.
	 * @param allowCredentials Whether they may send cookies and credentials.
	 * @param allowMethods Methods that they may use besides GET, HEAD and POST, * for
	 * any.
	 * @param allowHeaders Request fields that they may send, * for any.
	 * @param exposeHeaders Response fields that they may read, * for any.
	 * @param maxAge Time for which browsers may remember that.
	 */
	public record RouteCors(@DefaultValue List<String> allowOrigins, @DefaultValue("false") boolean allowCredentials,
			@DefaultValue List<String> allowMethods, @DefaultValue List<String> allowHeaders,
			@DefaultValue List<String> exposeHeaders, @DefaultValue("5s") Duration maxAge) {
	}

	/**
	 * A service that gets copies of requests.
	 *
	 * @param service Name of the service.
	 * @param share Share of the requests that it gets copies of.
	 */
	public record RouteMirror(@DefaultValue("") String service, @DefaultValue("100%") String share) {
	}

	/**
	 * When a route's requests are tried again.
	 *
	 * @param attempts Most tries after the first.
	 * @param statuses Statuses with which an answer is given up for another instance's.
	 * @param backoff Shortest time before another try, 0 for the first at once.
	 */
	public record RouteRetry(@Nullable Integer attempts, @Nullable Set<Integer> statuses, @Nullable Duration backoff) {
	}

	/**
	 * When requests are tried again whose route says nothing else.
	 *
	 * @param attempts Most tries after the first, each on another instance.
	 * @param statuses Statuses with which an answer is given up for another instance's,
	 * if the request may be sent twice.
	 * @param backoff Shortest time before another try, twice as long before a second, and
	 * up to once more at random; 0 for the first at once.
	 */
	public record Retry(@DefaultValue("2") @Min(0) @Max(2) int attempts, @DefaultValue( {
			"502", "503", "504" }) Set<Integer> statuses,
			@DefaultValue("0") @DurationMin(message = NOT_NEGATIVE) Duration backoff){

		/**
		 * Gives the settings in the words of the route table.
		 * @return the policy
		 */
		public RetryPolicy policy() {
			return new RetryPolicy(this.attempts, this.statuses, this.backoff);
		}

	}

	/**
	 * How requests are sent to instances.
	 *
	 * @param balancer Way in which an instance is chosen.
	 * @param sslBundle Name of the SSL bundle that instances which speak TLS are trusted
	 * by, with the certificate that the gateway shows them, empty for the JVM's trust
	 * store and none.
	 * @param protocol Version of HTTP that instances are spoken to in.
	 * @param ejection When an instance that fails requests gets none while another can
	 * take them.
	 * @param checks Health checks of instances.
	 * @param slowStart Time in which the share of a new or recovered instance grows to
	 * its whole, 0 to give it that at once.
	 * @param zone Zone that the gateway runs in, whose instances are preferred while
	 * enough of them are healthy; empty for none.
	 * @param hashOn What of a request decides to which instance the balancer "hash" sends
	 * it: client, path, header:name or cookie:name.
	 * @param maxRequests Most requests that an instance gets at a time, tunnels and event
	 * streams included, 0 for any number.
	 * @param maxQueued Most requests of a service that wait until an instance can take
	 * one more; as many again for each part of its instances that routes name.
	 * @param queueTimeout Longest time that they wait.
	 * @param connectTimeout Longest time that making a connection to an instance may
	 * take, over all addresses of its name.
	 * @param maxConnectionAge Age, give or take a tenth, from which on a connection to an
	 * instance gets no more requests and is closed when those on it have ended, 0 for
	 * any.
	 * @param requestTimeout Longest time without progress until the answer begins, over
	 * all tries.
	 * @param tryTimeout Longest time without progress until the answer to one try begins,
	 * 0 for as long as the request may take.
	 * @param totalTimeout Longest time that a request may take with its answer, 0 for
	 * any.
	 * @param streamIdleTimeout Time without a byte after which an answer that has begun
	 * is given up, 0 for any.
	 * @param forgetAfter Time after which a service that has lost its last instance loses
	 * its meters and its circuit breaker, 0 for never.
	 * @param retry When requests are tried again.
	 */
	public record Upstream(@DefaultValue("least-request") Balancer balancer, @DefaultValue("") String sslBundle,
			@DefaultValue("auto") BackendProtocol protocol, @Valid @DefaultValue Ejection ejection,
			@Valid @DefaultValue Checks checks,
			@DefaultValue("0") @DurationMin(message = NOT_NEGATIVE) @DurationMax(days = 1,
					message = "must not be longer than a day") Duration slowStart,
			@DefaultValue("") String zone, @DefaultValue("client") String hashOn,
			@DefaultValue("1000") @Min(0) int maxRequests, @DefaultValue("100") @Min(0) int maxQueued,
			@DefaultValue("1s") @DurationMin(millis = 1, message = POSITIVE) Duration queueTimeout,
			@DefaultValue("1s") @DurationMin(millis = 1, message = POSITIVE) Duration connectTimeout,
			@DefaultValue("5m") @DurationMin(message = NOT_NEGATIVE) Duration maxConnectionAge,
			@DefaultValue("30s") @DurationMin(millis = 1, message = POSITIVE) Duration requestTimeout,
			@DefaultValue("0") @DurationMin(message = NOT_NEGATIVE) Duration tryTimeout,
			@DefaultValue("0") @DurationMin(message = NOT_NEGATIVE) Duration totalTimeout,
			@DefaultValue("5m") @DurationMin(message = NOT_NEGATIVE) Duration streamIdleTimeout,
			@DefaultValue("10m") @DurationMin(message = NOT_NEGATIVE) Duration forgetAfter,
			@Valid @DefaultValue Retry retry) {

		/**
		 * Gives the settings in the words of the upstreams.
		 * @return the settings
		 */
		public UpstreamSettings settings() {
			return new UpstreamSettings(this.balancer, this.ejection.settings(), this.maxRequests, this.maxQueued,
					this.slowStart, this.zone, HashOn.parse(this.hashOn));
		}

	}

	/**
	 * When an instance that fails requests gets none while another can take them.
	 *
	 * @param consecutiveFailures Number of requests in a row that an instance must fail,
	 * by a server error, a broken connection or in not answering in time, to be ejected;
	 * 0 for never.
	 * @param time Time that it is ejected for; as long again for each time that it was
	 * before.
	 * @param maxTime Longest time that it is ejected for.
	 * @param maxEjected Share of a service's instances that may be ejected at a time; one
	 * always may.
	 * @param outliers Which instances are ejected because they fail more requests than
	 * the others of their service.
	 */
	public record Ejection(@DefaultValue("5") @Min(0) @Max(1_000) int consecutiveFailures,
			@DefaultValue("30s") @DurationMin(millis = 1, message = POSITIVE) Duration time,
			@DefaultValue("5m") @DurationMax(days = 1, message = "must not be longer than a day") Duration maxTime,
			@DefaultValue("50%") @Pattern(regexp = PERCENTAGE, message = PERCENTAGE_MESSAGE) String maxEjected,
			@Valid @DefaultValue Outliers outliers) {

		/**
		 * Gives the settings in the words of the upstreams.
		 * @return the settings
		 */
		public EjectionSettings settings() {
			EjectionSettings defaults = EjectionSettings.DEFAULTS;
			return new EjectionSettings(defaults.refusalTime(), defaults.maxRefusalTime(), this.consecutiveFailures,
					this.time, this.maxTime, share(this.maxEjected), this.outliers.settings());
		}

	}

	/**
	 * Which instances are ejected because they fail more requests than the others of
	 * their service.
	 *
	 * @param deviations Number of standard deviations by which the part of an instance's
	 * requests that succeeds must be below the mean of its service, 0 for never.
	 * @param minInstances Number of instances that a service must have to compare them.
	 * @param minRequests Number of requests of an instance that must have ended within
	 * the interval.
	 * @param interval Time between two comparisons.
	 */
	public record Outliers(@DefaultValue("1.9") @DecimalMin("0") @DecimalMax(value = "100") double deviations,
			@DefaultValue("5") @Min(3) @Max(100_000) int minInstances,
			@DefaultValue("100") @Min(1) @Max(1_000_000) int minRequests,
			@DefaultValue("10s") @DurationMin(seconds = 1, message = "must be 1s or longer") @DurationMax(days = 1,
					message = "must not be longer than a day") Duration interval) {

		/**
		 * Gives the settings in the words of the upstreams.
		 * @return the settings
		 */
		public OutlierSettings settings() {
			return new OutlierSettings(this.deviations, this.minInstances, this.minRequests, this.interval);
		}

	}

	/**
	 * How instances are asked whether they are well.
	 *
	 * @param type What instances are asked, unless their service or they themselves say
	 * otherwise.
	 * @param path Path that an HTTP check asks for, behind the instance's own.
	 * @param method Method of an HTTP check.
	 * @param statuses Statuses of the answer to an HTTP check that say that the instance
	 * is well, each alone or as a range.
	 * @param body Text that the answer to an HTTP check must have in its first 64 KiB,
	 * empty for any answer.
	 * @param grpcService Service that a gRPC check asks for, empty for the whole server.
	 * @param interval Time from one check of an instance to the next, give or take a
	 * fifth.
	 * @param timeout Longest time that a check may take, with its connection.
	 * @param fall Number of checks in a row that an instance must fail to be avoided.
	 * @param rise Number of checks in a row that it must then pass to be chosen again.
	 * @param fromRegistration Whether an instance may say in its metadata how it is
	 * checked.
	 * @param services What is different for single services.
	 */
	public record Checks(@DefaultValue("none") CheckKind type, @DefaultValue("/") String path,
			@DefaultValue("get") CheckMethod method, @DefaultValue("200-299") List<String> statuses,
			@DefaultValue("") String body, @DefaultValue("") String grpcService,
			@DefaultValue("5s") @DurationMin(millis = 100, message = "must be 100ms or longer") @DurationMax(hours = 1,
					message = "must not be longer than an hour") Duration interval,
			@DefaultValue("2s") @DurationMin(millis = 1, message = POSITIVE) Duration timeout,
			@DefaultValue("3") @Min(1) @Max(100) int fall, @DefaultValue("2") @Min(1) @Max(100) int rise,
			@DefaultValue("true") boolean fromRegistration, @DefaultValue List<ServiceChecks> services) {

		/**
		 * Gives the settings in the words of the checks.
		 * @return the settings for services that have none of their own
		 * @throws IllegalArgumentException if a part of them cannot be used
		 */
		public CheckSettings settings() {
			Optional<Check> check = switch (this.type) {
				case NONE -> Optional.empty();
				case TCP -> Optional.of(new Check.Tcp());
				case HTTP ->
					Optional.of(new Check.Http(this.method, this.path, StatusSet.of(this.statuses), this.body));
				case GRPC -> Optional.of(new Check.Grpc(this.grpcService));
			};
			return new CheckSettings(check, this.interval, this.timeout, this.fall, this.rise);
		}

		/**
		 * Gives the settings of all services in the words of the checks.
		 * @return the policy
		 */
		public CheckPolicy policy() {
			Map<ServiceName, CheckSettings> own = new LinkedHashMap<>();
			this.services
				.forEach((service) -> own.put(new ServiceName(service.service()), service.over(this).settings()));
			return new CheckPolicy(settings(), own, this.fromRegistration);
		}

	}

	/**
	 * What is different in the health checks of one service.
	 *
	 * @param service Name of the service.
	 * @param type What its instances are asked, unless they themselves say otherwise.
	 * @param path Path that an HTTP check asks for, behind the instance's own.
	 * @param method Method of an HTTP check.
	 * @param statuses Statuses of the answer to an HTTP check that say that the instance
	 * is well, each alone or as a range.
	 * @param body Text that the answer to an HTTP check must have in its first 64 KiB,
	 * empty for any answer.
	 * @param grpcService Service that a gRPC check asks for, empty for the whole server.
	 * @param interval Time from one check of an instance to the next, give or take a
	 * fifth.
	 * @param timeout Longest time that a check may take, with its connection.
	 * @param fall Number of checks in a row that an instance must fail to be avoided.
	 * @param rise Number of checks in a row that it must then pass to be chosen again.
	 */
	public record ServiceChecks(@DefaultValue("") String service, @Nullable CheckKind type, @Nullable String path,
			@Nullable CheckMethod method, @Nullable List<String> statuses, @Nullable String body,
			@Nullable String grpcService, @Nullable Duration interval, @Nullable Duration timeout,
			@Nullable Integer fall, @Nullable Integer rise) {

		/**
		 * Gives what applies to the service.
		 * @param usual what applies where it says nothing
		 * @return all of it
		 */
		public Checks over(Checks usual) {
			return new Checks(either(this.type, usual.type), either(this.path, usual.path),
					either(this.method, usual.method), either(this.statuses, usual.statuses),
					either(this.body, usual.body), either(this.grpcService, usual.grpcService),
					either(this.interval, usual.interval), either(this.timeout, usual.timeout),
					either(this.fall, usual.fall), either(this.rise, usual.rise), usual.fromRegistration, List.of());
		}

	}

	/**
	 * The operators' API.
	 *
	 * @param token Bearer token that changes need; without it the admin port is
	 * read-only.
	 * @param allowedHosts Names under which the admin port may be asked for, besides IP
	 * addresses and localhost.
	 * @param maxEventStreams How many clients may follow the event stream at the same
	 * time.
	 * @param overridesPath File that the overrides of operators are kept in, so that they
	 * outlive a restart, empty to keep none.
	 * @param jwt tokens of an OAuth2 issuer
	 */
	public record Admin(@DefaultValue("") String token, @DefaultValue List<String> allowedHosts,
			@DefaultValue("256") @Min(1) @Max(10_000) int maxEventStreams,
			@DefaultValue("data/overrides.json") String overridesPath, @Valid @DefaultValue Jwt jwt) {

		/**
		 * Keeps the token out of logs.
		 */
		@Override
		public String toString() {
			return "Admin[token=%s, allowedHosts=%s, maxEventStreams=%s, overridesPath=%s, jwt=%s]".formatted(
					this.token.isEmpty() ? "" : "******", this.allowedHosts, this.maxEventStreams, this.overridesPath,
					this.jwt);
		}

	}

	/**
	 * Tokens of an OAuth2 issuer that permit writes on the admin port, beside the token
	 * that all operators have.
	 *
	 * @param issuerUri Who issues the tokens, spelled as in their claim "iss"; empty to
	 * take none.
	 * @param jwkSetUri Where the issuer's keys are; empty to find them by the issuer's
	 * metadata.
	 * @param audience Whom the tokens must be issued for, by their claim "aud".
	 * @param scope What the tokens must permit, by their claim "scope" or "scp".
	 * @param clockSkew How far the issuer's clock may be from the gateway's.
	 */
	public record Jwt(@DefaultValue("") String issuerUri, @DefaultValue("") String jwkSetUri,
			@DefaultValue("") String audience, @DefaultValue("holdfast.write") String scope,
			@DefaultValue("30s") @DurationMin(message = NOT_NEGATIVE) @DurationMax(minutes = 10,
					message = "must not be longer than 10m") Duration clockSkew) {

		/**
		 * Gives the settings in the words of those who check tokens.
		 * @return the settings
		 */
		public JwtSettings settings() {
			return new JwtSettings(this.issuerUri,
					this.jwkSetUri.isEmpty() ? Optional.empty() : Optional.of(URI.create(this.jwkSetUri)),
					this.audience, this.scope, this.clockSkew);
		}

	}

	/**
	 * The access log of the traffic port.
	 *
	 * @param enabled Whether each request on the traffic port is logged.
	 * @param format What the lines look like.
	 * @param file File that the lines are written to, empty for standard output.
	 * @param maxFileSize Size from which on the next file is begun.
	 * @param maxFiles Number of full files that are kept.
	 * @param bufferSize Most memory that lines may take that have not been written; the
	 * others are dropped.
	 * @param query Whether lines have the query of the request, which may hold secrets.
	 */
	public record AccessLog(@DefaultValue("false") boolean enabled, @DefaultValue("json") AccessLogFormat format,
			@DefaultValue("") String file, @DefaultValue("100MB") DataSize maxFileSize,
			@DefaultValue("7") @Min(1) @Max(20) int maxFiles, @DefaultValue("8MB") DataSize bufferSize,
			@DefaultValue("false") boolean query) {

		/**
		 * Gives the settings in the words of the access log.
		 * @return the settings
		 */
		public AccessLogSettings settings() {
			return new AccessLogSettings(this.format, this.file, this.maxFileSize.toBytes(), this.maxFiles,
					Math.toIntExact(this.bufferSize.toBytes()), this.query);
		}

	}

	/**
	 * What gateways that share an etcd know of each other.
	 *
	 * @param enabled Whether the gateway lists itself in etcd, sees the others there, and
	 * follows what operators set for all of them.
	 * @param prefix Prefix of the keys that this is done by, behind the namespace; ends
	 * with a slash.
	 */
	public record Cluster(@DefaultValue("true") boolean enabled,
			@DefaultValue("/holdfast/") @Pattern(regexp = ".*/", message = "must end with /") String prefix) {
	}

}
