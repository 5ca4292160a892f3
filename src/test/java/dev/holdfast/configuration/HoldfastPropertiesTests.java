package dev.holdfast.configuration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.holdfast.check.CheckKind;
import dev.holdfast.check.CheckMethod;
import dev.holdfast.check.CheckPolicy;
import dev.holdfast.proxy.TransportChoice;
import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.route.BackendProtocol;
import dev.holdfast.route.BackendSecurity;
import dev.holdfast.route.EncodedSlashes;
import dev.holdfast.route.PathRules;
import dev.holdfast.route.Cors;
import dev.holdfast.route.DirectResponse;
import dev.holdfast.route.FieldChanges;
import dev.holdfast.route.Mirror;
import dev.holdfast.route.OriginPattern;
import dev.holdfast.route.PathRewrite;
import dev.holdfast.route.RetryPolicy;
import dev.holdfast.route.Route;
import dev.holdfast.route.RouteActions;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.ServiceName;
import dev.holdfast.tls.ClientAuth;
import dev.holdfast.upstream.Balancer;
import dev.holdfast.upstream.UpstreamSettings;
import org.junit.jupiter.api.Test;

import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.unit.DataSize;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class HoldfastPropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(PropertiesConfiguration.class);

	@Test
	void withoutConfigurationEveryKeyHasItsDefault() {
		this.runner.run((context) -> {
			HoldfastProperties properties = context.getBean(HoldfastProperties.class);
			assertThat(properties.server()).isEqualTo(new HoldfastProperties.Server("0.0.0.0", 8080,
					TransportChoice.AUTO, "", List.of(), ClientAuth.NONE, Duration.ofSeconds(10), List.of(),
					DataSize.ofKilobytes(8), DataSize.ofKilobytes(16), 100, DataSize.ofBytes(0), EncodedSlashes.PASS,
					false, 20_000, 0, 100, 200, Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofHours(1),
					Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(20), "/livez", "/readyz"));
			assertThat(properties.etcd()).isEqualTo(new HoldfastProperties.Etcd(List.of("http://127.0.0.1:2379"), "",
					"", "", "", false, Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(5)));
			assertThat(properties.registry()).isEqualTo(new HoldfastProperties.Registry(
					List.of(new HoldfastProperties.Source("/services/", "auto", Scheme.HTTP)), Duration.ofSeconds(5),
					Duration.ofMinutes(5), new HoldfastProperties.SnapshotFile("data/registry-snapshot.json", null),
					new HoldfastProperties.RemovalGuard(true, Duration.ofSeconds(60), "30%", Duration.ofMinutes(10))));
			assertThat(properties.registry().removalGuard().settings()).isEqualTo(RemovalGuardSettings.DEFAULTS);
			assertThat(properties.cluster()).isEqualTo(new HoldfastProperties.Cluster(true, "/holdfast/"));
			assertThat(properties.routing().byPath()).isTrue();
			assertThat(properties.routes()).isEmpty();
			assertThat(properties.upstream())
				.isEqualTo(new HoldfastProperties.Upstream(Balancer.LEAST_REQUEST, "", BackendProtocol.AUTO,
						new HoldfastProperties.Ejection(5, Duration.ofSeconds(30), Duration.ofMinutes(5), "50%",
								new HoldfastProperties.Outliers(1.9, 5, 100, Duration.ofSeconds(10))),
						new HoldfastProperties.Checks(CheckKind.NONE, "/", CheckMethod.GET, List.of("200-299"), "", "",
								Duration.ofSeconds(5), Duration.ofSeconds(2), 3, 2, true, List.of()),
						Duration.ZERO, "", "client", 1000, 100, Duration.ofSeconds(1), Duration.ofSeconds(1),
						Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ZERO, Duration.ZERO,
						Duration.ofMinutes(5), Duration.ofMinutes(10),
						new HoldfastProperties.Retry(2, Set.of(502, 503, 504), Duration.ZERO)));
			assertThat(properties.upstream().settings()).isEqualTo(UpstreamSettings.DEFAULTS);
			assertThat(properties.upstream().checks().policy()).isEqualTo(CheckPolicy.DEFAULTS);
			assertThat(properties.routePolicy()).isEqualTo(RoutePolicy.DEFAULTS);
			assertThat(properties.admin())
				.isEqualTo(new HoldfastProperties.Admin("", List.of(), 256, "data/overrides.json",
						new HoldfastProperties.Jwt("", "", "", "holdfast.write", Duration.ofSeconds(30))));
		});
	}

	@Test
	void routeInYamlBecomesRouteOfTheTable() {
		this.runner.withInitializer((context) -> context.getEnvironment().getPropertySources().addFirst(yaml("""
				holdfast.routes:
				- { id: users, host: api.example.org, path: /users/**, methods: [GET], headers: {X-Beta: "1"},
				    service: user-api, strip-prefix: /users, preserve-host: true }
				"""))).run((context) -> {
			Route route = context.getBean(HoldfastProperties.class).routes().getFirst().toRoute(RoutePolicy.DEFAULTS);
			assertThat(route.host()).isEqualTo("api.example.org");
			assertThat(route.path()).isEqualTo("/users/**");
			assertThat(route.methods()).isEqualTo(Set.of("GET"));
			assertThat(route.headers().entrySet()).singleElement()
				.matches((header) -> header.getKey().equalsIgnoreCase("X-Beta") && header.getValue().equals("1"));
			assertThat(route.service()).isEqualTo(new ServiceName("user-api"));
			assertThat(route.stripPrefix()).isEqualTo("/users");
			assertThat(route.preserveHost()).isTrue();
			assertThat(route.policy()).isEqualTo(RoutePolicy.DEFAULTS);
		});
	}

	@Test
	void routeOverridesWhatAppliesToTheOthers() {
		this.runner.withInitializer((context) -> context.getEnvironment().getPropertySources().addFirst(yaml("""
				holdfast:
				  server: { max-body-size: 10MB, encoded-slashes: reject, merge-slashes: true }
				  upstream: { try-timeout: 5s, protocol: http1, ssl-bundle: usual }
				  routes:
				  - { id: chat, path: /chat/**, service: chat, protocol: h2, request-timeout: 10s, try-timeout: 0,
				      total-timeout: 1h, body-timeout: 2m, stream-idle-timeout: 0s, max-body-size: 1KB,
				      encoded-slashes: pass, merge-slashes: false, ssl-bundle: own, server-name: Users.internal }
				  - { id: users, path: /users/**, service: users, total-timeout: 1m }
				"""))).run((context) -> {
			HoldfastProperties properties = context.getBean(HoldfastProperties.class);
			assertThat(properties.routes()).extracting((route) -> route.toRoute(properties.routePolicy()).policy())
				.containsExactly(
						new RoutePolicy(BackendProtocol.H2,
								new RouteTimes(Duration.ofSeconds(10), Duration.ZERO, Duration.ofHours(1),
										Duration.ofMinutes(2), Duration.ZERO),
								1024, new BackendSecurity("own", "users.internal"),
								new PathRules(EncodedSlashes.PASS, false)),
						new RoutePolicy(BackendProtocol.HTTP1,
								new RouteTimes(Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofMinutes(1),
										Duration.ofSeconds(30), Duration.ofMinutes(5)),
								10 * 1024 * 1024, new BackendSecurity("usual", ""),
								new PathRules(EncodedSlashes.REJECT, true)));
		});
	}

	@Test
	void routeSaysWhatIsDoneToRequestsAndWhenTheyAreTriedAgain() {
		this.runner.withInitializer((context) -> context.getEnvironment().getPropertySources().addFirst(yaml("""
				holdfast:
				  upstream.retry: { attempts: 1, statuses: [503], backoff: 10ms }
				  routes:
				  - id: users
				    path: /users/**
				    service: users
				    replace-prefix: /people
				    rewrite-host: people.internal:8443
				    request-headers: { set: { X-Tenant: acme }, add: { X-Way: gateway }, remove: [X-Debug] }
				    response-headers: { remove: [Server] }
				    cors: { allow-origins: ["https://*.example.org"], allow-methods: [PUT], max-age: 1h }
				    mirrors: [{ service: shadow, share: 2.5% }]
				    retry: { statuses: [429] }
				  - { id: old, path: /old/**, replace-prefix: /new, redirect: { status: 308, scheme: https } }
				  - { id: gone, path: /gone/**, respond: { status: 410, body: gone } }
				"""))).run((context) -> {
			HoldfastProperties properties = context.getBean(HoldfastProperties.class);
			List<Route> routes = properties.routes()
				.stream()
				.map((route) -> route.toRoute(properties.routePolicy()))
				.toList();
			assertThat(routes.getFirst().policy().retry())
				.isEqualTo(new RetryPolicy(1, Set.of(429), Duration.ofMillis(10)));
			assertThat(routes.getFirst().policy().actions())
				.isEqualTo(new RouteActions(
						new FieldChanges(List.of(new FieldChanges.Field("x-tenant", "acme")),
								List.of(new FieldChanges.Field("x-way", "gateway")), List.of("x-debug")),
						new FieldChanges(List.of(), List.of(), List.of("server")),
						new PathRewrite.ReplacePrefix("/users", "/people"), "people.internal:8443", DirectResponse.NONE,
						new Cors(List.of(OriginPattern.parse("https://*.example.org")), false, List.of("PUT"),
								List.of(), List.of(), Duration.ofHours(1)),
						List.of(new Mirror(new ServiceName("shadow"), 0.025))));
			assertThat(routes.get(1).service()).isNull();
			assertThat(routes.get(1).policy().actions().response())
				.isEqualTo(new DirectResponse.Redirect(308, "https", "", 0));
			assertThat(routes.get(1).policy().retry()).isEqualTo(properties.upstream().retry().policy());
			assertThat(routes.get(2).policy().actions().response())
				.isEqualTo(new DirectResponse.Fixed(410, "text/plain; charset=utf-8", "gone"));
		});
	}

	@Test
	void environmentNamesEndpointsAndTurnsSnapshotOffAndMayHoldWhatKubernetesPutsThere() {
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.replace("systemEnvironment", new SystemEnvironmentPropertySource("systemEnvironment",
						Map.of("HOLDFAST_ETCD_ENDPOINTS", "http://etcd-1:2379,http://[::1]:2379",
								"HOLDFAST_REGISTRY_SNAPSHOT_PATH", "", "HOLDFAST_PORT", "tcp://10.96.0.1:8080"))))
			.run((context) -> {
				HoldfastProperties properties = context.getBean(HoldfastProperties.class);
				assertThat(properties.etcd().endpoints()).containsExactly("http://etcd-1:2379", "http://[::1]:2379");
				assertThat(properties.registry().snapshot().path()).isEmpty();
			});
	}

	@Test
	void emptyValuesInYamlTurnThingsOff() {
		this.runner.withInitializer((context) -> context.getEnvironment().getPropertySources().addFirst(yaml("""
				holdfast:
				  server: { trusted-proxies: [] }
				  registry: { snapshot: { path: } }
				  routes: []
				  admin: { token: }
				"""))).run((context) -> {
			HoldfastProperties properties = context.getBean(HoldfastProperties.class);
			assertThat(properties.server().trustedProxies()).isEmpty();
			assertThat(properties.registry().snapshot().path()).isEmpty();
			assertThat(properties.routes()).isEmpty();
			assertThat(properties.admin().token()).isEmpty();
		});
	}

	@Test
	void tokenIsNotInTheTextForm() {
		this.runner.withPropertyValues("holdfast.admin.token=hunter2").run((context) -> {
			HoldfastProperties properties = context.getBean(HoldfastProperties.class);
			assertThat(properties.admin().token()).isEqualTo("hunter2");
			assertThat(properties).asString().doesNotContain("hunter2");
		});
	}

	@Test
	void emptyListOfSourcesIsRefusedAndNotTakenForNone() {
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(yaml("holdfast.registry.sources: []")))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("holdfast.registry.sources: \"[]\" must not be empty"));
	}

	@Test
	void durationsWithoutUnitAreRefusedWhereverTheyStandAndZeroAndSizesNeedNone() {
		this.runner.withInitializer((context) -> context.getEnvironment().getPropertySources().addFirst(yaml("""
				holdfast:
				  server: { max-header-size: 16384, shutdown-grace: 0 }
				  upstream: { request-timeout: 30 }
				""")))
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.replace("systemEnvironment",
						new SystemEnvironmentPropertySource("systemEnvironment",
								Map.of("HOLDFAST_SERVER_IDLE_TIMEOUT", "60", "HOLDFAST_SERVER_WRITETIMEOUT", "1m"))))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationException.class,
						(invalid) -> assertThat(invalid.problems()).extracting(ConfigurationProblem::key)
							.containsExactlyInAnyOrder("holdfast.upstream.request-timeout",
									"holdfast.server.idle-timeout")));
	}

	@Test
	void headerOfRouteFromTheEnvironmentHasNoDash() {
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.replace("systemEnvironment",
						new SystemEnvironmentPropertySource("systemEnvironment",
								Map.of("HOLDFAST_ROUTES_0_ID", "users", "HOLDFAST_ROUTES_0_SERVICE", "users",
										"HOLDFAST_ROUTES_0_STRIP_PREFIX", "", "HOLDFAST_ROUTES_0_HEADERS_BETA", "1",
										"HOLDFAST_ROUTES_0_HEADERS_X_BETA", "1"))))
			.run((context) -> assertThat(context.getBean(HoldfastProperties.class).routes().getFirst().headers())
				.containsOnlyKeys("beta", "x.beta"));
	}

	private static PropertySource<?> yaml(String text) {
		try {
			return new YamlPropertySourceLoader().load("test", new ByteArrayResource(text.getBytes(UTF_8))).getFirst();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
