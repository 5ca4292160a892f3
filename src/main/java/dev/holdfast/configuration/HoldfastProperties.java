package dev.holdfast.configuration;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.holdfast.route.Route;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.Balancer;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Pattern;
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
 * @param routing which requests go where without an explicit route
 * @param routes Explicit routes, which come before the routing by path.
 * @param upstream how requests are sent to instances
 * @param admin the operators' API
 */
@Validated
@ConfigurationProperties(prefix = "holdfast", ignoreUnknownFields = false)
public record HoldfastProperties(@Valid @DefaultValue Server server, @Valid @DefaultValue Etcd etcd,
		@Valid @DefaultValue Registry registry, @DefaultValue Routing routing, @DefaultValue List<ExplicitRoute> routes,
		@Valid @DefaultValue Upstream upstream, @DefaultValue Admin admin) {

	private static final String POSITIVE = "must be 1ms or longer";

	private static final String PATH = "|/[^\\s?#]*";

	private static final String PATH_MESSAGE = "must be a path that begins with /, or empty to turn it off";

	/**
	 * The traffic port.
	 *
	 * @param address Address to listen on for traffic.
	 * @param port Port to listen on for traffic, 0 for any that is free.
	 * @param trustedProxies Addresses and CIDR blocks of the proxies whose forwarding
	 * headers are believed.
	 * @param maxHeaderSize Largest head of a request.
	 * @param idleTimeout Time without a byte in either direction after which a client's
	 * connection is closed.
	 * @param shutdownGrace Time that running requests get to finish when the gateway
	 * stops.
	 * @param livenessPath Path on the traffic port that tells whether the gateway is
	 * alive, empty to turn it off.
	 * @param readinessPath Path on the traffic port that tells whether the gateway is
	 * ready, empty to turn it off.
	 */
	public record Server(@DefaultValue("0.0.0.0") @NotBlank String address,
			@DefaultValue("8080") @Min(0) @Max(65_535) int port, @DefaultValue List<String> trustedProxies,
			@DefaultValue("16KB") DataSize maxHeaderSize,
			@DefaultValue("60s") @DurationMin(millis = 1, message = POSITIVE) Duration idleTimeout,
			@DefaultValue("20s") @DurationMin(message = "must not be negative") Duration shutdownGrace,
			@DefaultValue("/livez") @Pattern(regexp = PATH, message = PATH_MESSAGE) String livenessPath,
			@DefaultValue("/readyz") @Pattern(regexp = PATH, message = PATH_MESSAGE) String readinessPath) {
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
	 */
	public record Registry(@DefaultValue @Valid List<Source> sources,
			@DefaultValue("5s") @DurationMin(millis = 1, message = POSITIVE) Duration barrierInterval,
			@DefaultValue("5m") @DurationMin(millis = 1, message = POSITIVE) Duration relistInterval,
			@DefaultValue @Valid SnapshotFile snapshot) {

		/**
		 * Puts the usual source in the place of none.
		 */
		public Registry {
			sources = sources.isEmpty() ? List.of(new Source("/services/", "auto", Scheme.HTTP)) : List.copyOf(sources);
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
	 * Which requests go where without an explicit route.
	 *
	 * @param byPath Whether the first segment of the path names the service.
	 */
	public record Routing(@DefaultValue("true") boolean byPath) {
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
	 */
	public record ExplicitRoute(@DefaultValue("") String id, @DefaultValue("") String host,
			@DefaultValue("/**") String path, @DefaultValue Set<String> methods,
			@DefaultValue Map<String, String> headers, @DefaultValue("") String service,
			@DefaultValue("") String stripPrefix, @DefaultValue("false") boolean preserveHost) {

		/**
		 * Gives the route in the words of the route table.
		 * @return the route
		 * @throws IllegalArgumentException if a part of it cannot be used
		 */
		public Route toRoute() {
			return new Route(this.id, this.host, this.path, this.methods, this.headers, new ServiceName(this.service),
					this.stripPrefix, this.preserveHost);
		}

	}

	/**
	 * How requests are sent to instances.
	 *
	 * @param balancer Way in which an instance is chosen.
	 * @param connectTimeout Longest time that making a connection to an instance may
	 * take.
	 * @param requestTimeout Longest time without progress until the answer begins, over
	 * all tries.
	 */
	public record Upstream(@DefaultValue("least-request") Balancer balancer,
			@DefaultValue("1s") @DurationMin(millis = 1, message = POSITIVE) Duration connectTimeout,
			@DefaultValue("30s") @DurationMin(millis = 1, message = POSITIVE) Duration requestTimeout) {
	}

	/**
	 * The operators' API.
	 *
	 * @param token Bearer token that changes need; without it the API is read-only.
	 */
	public record Admin(@DefaultValue("") String token) {

		/**
		 * Keeps the token out of logs.
		 */
		@Override
		public String toString() {
			return "Admin[token=%s]".formatted(this.token.isEmpty() ? "" : "******");
		}

	}

}
