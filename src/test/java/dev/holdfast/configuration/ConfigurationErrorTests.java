package dev.holdfast.configuration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

import dev.holdfast.testing.CapturedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.web.servlet.ServletWebServerFactoryAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

class ConfigurationErrorTests {

	private static final String NO_URL = "must be a URL with scheme, host and port";

	private static final String NO_DURATION = "must be a duration such as 500ms, 3s or 5m";

	private static final WrongStarts starts = new WrongStarts(
			wrongConfigurationEndsTheStartWithMessageThatNamesKeyAndExpectation().map((row) -> (String) row.get()[0])
				.toList());

	@ParameterizedTest
	@MethodSource
	void wrongConfigurationEndsTheStartWithMessageThatNamesKeyAndExpectation(String arguments, String said) {
		assertThat(starts.told(arguments)).containsOnlyOnce("APPLICATION FAILED TO START")
			.contains(said)
			.doesNotContain("\tat ");
	}

	static Stream<Arguments> wrongConfigurationEndsTheStartWithMessageThatNamesKeyAndExpectation() {
		return Stream
			.of(prefixes(), endpoints(), keys(), durationsAndPorts(), numbers(), names(), tls(), routes(),
					healthChecks())
			.flatMap(Arrays::stream);
	}

	private static Arguments[] prefixes() {
		return new Arguments[] { argumentSet("overlapping prefixes",
				"holdfast.registry.sources[0].prefix=/a/ holdfast.registry.sources[1].prefix=/a/b/",
				"holdfast.registry.sources[1].prefix: \"/a/b/\" must not overlap with holdfast.registry.sources[0]"),
				argumentSet("gateways among instances", "holdfast.cluster.prefix=/services/gateways/",
						"holdfast.cluster.prefix: \"/services/gateways/\" must not overlap with holdfast.registry.sources[0]"),
				argumentSet("routes among instances", "holdfast.routing.etcd-prefix=/services/routes/",
						"holdfast.routing.etcd-prefix: \"/services/routes/\" must not overlap with holdfast.registry.sources[0]"),
				argumentSet("routes above what gateways share", "holdfast.routing.etcd-prefix=/",
						"holdfast.routing.etcd-prefix: \"/\" must have no keys of holdfast.cluster.prefix"),
				argumentSet("routes among gateways", "holdfast.routing.etcd-prefix=/holdfast/gateways/",
						"holdfast.routing.etcd-prefix: \"/holdfast/gateways/\" must have no keys of holdfast.cluster.prefix"),
				argumentSet("own file among files of routes",
						"holdfast.routing.folder=routes holdfast.routing.snapshot-path=./routes/saved.json",
						"holdfast.routing.snapshot-path: \"./routes/saved.json\" must not be in holdfast.routing.folder"),
				argumentSet("snapshot of the registry among files of routes",
						"holdfast.routing.folder=data/ holdfast.admin.overrides-path= holdfast.routing.snapshot-path=",
						"holdfast.registry.snapshot.path: \"data/registry-snapshot.json\" must not be in holdfast.routing.folder"),
				argumentSet("prefix of routes without slash", "holdfast.routing.etcd-prefix=/routes",
						"holdfast.routing.etcd-prefix: \"/routes\" must end with /, or be empty"),
				argumentSet("cluster prefix without slash", "holdfast.cluster.prefix=/holdfast",
						"holdfast.cluster.prefix: \"/holdfast\" must end with /") };
	}

	private static Arguments[] endpoints() {
		return new Arguments[] {
				argumentSet("without scheme", "holdfast.etcd.endpoints=localhost:2379",
						"holdfast.etcd.endpoints[0]: \"localhost:2379\" " + NO_URL),
				argumentSet("without port", "holdfast.etcd.endpoints=http://a:1,http://localhost",
						"holdfast.etcd.endpoints[1]: \"http://localhost\" " + NO_URL),
				argumentSet("with path", "holdfast.etcd.endpoints=http://a:1/v3",
						"holdfast.etcd.endpoints[0]: \"http://a:1/v3\" " + NO_URL),
				argumentSet("negative time until a service is forgotten", "holdfast.upstream.forget-after=-1s",
						"holdfast.upstream.forget-after: \"-1000ms\" must not be negative"),
				argumentSet("too long a time until a service is forgotten", "holdfast.upstream.forget-after=25d",
						"holdfast.upstream.forget-after: \"2160000000ms\" must be at most 24d"),
				argumentSet("port out of range", "holdfast.etcd.endpoints=http://a:70000",
						"holdfast.etcd.endpoints[0]: \"http://a:70000\" " + NO_URL),
				argumentSet("no host name", "holdfast.etcd.endpoints=http://et_cd:2379",
						"holdfast.etcd.endpoints[0]: \"http://et_cd:2379\" " + NO_URL),
				argumentSet("no URL", "holdfast.etcd.endpoints=http://[::1:2379",
						"holdfast.etcd.endpoints[0]: \"http://[::1:2379\" " + NO_URL),
				argumentSet("with and without TLS", "holdfast.etcd.endpoints=https://a:1,http://b:1",
						"holdfast.etcd.endpoints[1]: \"http://b:1\" must be https like holdfast.etcd.endpoints[0]"),
				argumentSet("bundle without TLS", "holdfast.etcd.ssl-bundle=etcd",
						"holdfast.etcd.ssl-bundle: \"etcd\" needs holdfast.etcd.endpoints that begin with https://"),
				argumentSet("no source", "holdfast.registry.sources=",
						"holdfast.registry.sources: \"[]\" must not be empty"),
				argumentSet("no endpoint", "holdfast.etcd.endpoints=",
						"holdfast.etcd.endpoints: \"[]\" must not be empty"),
				argumentSet("admin host with a port", "holdfast.admin.allowed-hosts=gw.example.org,gw:8081",
						"holdfast.admin.allowed-hosts[1]: \"gw:8081\" must be a name without scheme, port and wildcard"),
				argumentSet("admin host with a wildcard", "holdfast.admin.allowed-hosts=*.example.org",
						"holdfast.admin.allowed-hosts[0]: \"*.example.org\" must be a name"),
				argumentSet("issuer without an audience", "holdfast.admin.jwt.issuer-uri=https://login.example.org",
						"holdfast.admin.jwt.audience: \"\" must not be empty when holdfast.admin.jwt.issuer-uri is given"),
				argumentSet("audience without an issuer", "holdfast.admin.jwt.audience=holdfast",
						"holdfast.admin.jwt.issuer-uri: \"\" must not be empty when"),
				argumentSet("issuer that is no URL",
						"holdfast.admin.jwt.issuer-uri=login.example.org holdfast.admin.jwt.audience=holdfast",
						"holdfast.admin.jwt.issuer-uri: \"login.example.org\" must be a URL such as https://"),
				argumentSet("keys that are no URL",
						"holdfast.admin.jwt.issuer-uri=https://a.example holdfast.admin.jwt.audience=holdfast holdfast.admin.jwt.jwk-set-uri=file:/keys",
						"holdfast.admin.jwt.jwk-set-uri: \"file:/keys\" must be a URL such as https://"),
				argumentSet("no scope",
						"holdfast.admin.jwt.issuer-uri=https://a.example holdfast.admin.jwt.audience=holdfast holdfast.admin.jwt.scope=",
						"holdfast.admin.jwt.scope: \"\" must be one scope"),
				argumentSet("clocks too far apart", "holdfast.admin.jwt.clock-skew=11m",
						"holdfast.admin.jwt.clock-skew: \"660000ms\" must not be longer than 10m") };
	}

	private static Arguments[] keys() {
		return new Arguments[] {
				argumentSet("misspelt", "holdfast.etcd.endpoint=http://a:1",
						"holdfast.etcd.endpoint: there is no such key (set in"),
				argumentSet("suggestion", "holdfast.etcd.endpoint=http://a:1", "Did you mean holdfast.etcd.endpoints?"),
				argumentSet("wrong place", "holdfast.balancer=random", "Did you mean holdfast.upstream.balancer?"),
				argumentSet("wrong index", "holdfast.routes[0].paths=/a", "Did you mean holdfast.routes[*].path?"),
				argumentSet("misspelt, of an action", "holdfast.routes[0].redirect.sheme=https",
						"Did you mean holdfast.routes[*].redirect.scheme?"),
				argumentSet("misspelt, of a mirror", "holdfast.routes[0].mirrors[0].servce=a",
						"Did you mean holdfast.routes[*].mirrors[*].service?"),
				argumentSet("unlike any", "holdfast.etcd.quorum=secret",
						"The keys under holdfast.etcd are: endpoints, ssl-bundle, username, password, namespace, discover-members, "),
				argumentSet("misspelt, of a circuit breaker",
						"resilience4j.circuitbreaker.instances.orders.sliding-windwo-size=5",
						"resilience4j.circuitbreaker.instances.orders.sliding-windwo-size: there is no such key"),
				argumentSet("misspelt, of a circuit breaker, suggestion",
						"resilience4j.circuitbreaker.configs.default.sliding-windwo-size=5",
						"Did you mean resilience4j.circuitbreaker.configs.default.sliding-window-size?"),
				argumentSet("misspelt, group of circuit breakers",
						"resilience4j.circuitbreaker.instance.orders.sliding-window-size=5",
						"Did you mean resilience4j.circuitbreaker.instances?"),
				argumentSet("misspelt, circuit breakers",
						"resilience4j.circuitbreakers.instances.orders.sliding-window-size=5",
						"resilience4j.circuitbreakers.instances.orders.sliding-window-size: there is no such key"),
				argumentSet("misspelt, circuit breakers, suggestion",
						"resilience4j.circuitbraker.configs.default.sliding-window-size=5",
						"Did you mean resilience4j.circuitbreaker?"),
				argumentSet("misspelt, of a circuit breaker with a hyphen",
						"resilience4j.circuit-breaker.configs.default.sliding-windwo-size=5",
						"resilience4j.circuit-breaker.configs.default.sliding-windwo-size: there is no such key"),
				argumentSet("unlike any, at the top", "holdfast.zookeeper.address-list=secret",
						"The keys under holdfast are: server.address, server.port"), };
	}

	private static Arguments[] durationsAndPorts() {
		return new Arguments[] {
				argumentSet("duration without unit", "holdfast.upstream.request-timeout=30",
						"holdfast.upstream.request-timeout: \"30\" must have a unit"),
				argumentSet("duration without unit, what to do", "holdfast.upstream.request-timeout=30",
						"Set holdfast.upstream.request-timeout to 30s for seconds or 30ms for milliseconds."),
				argumentSet("duration without unit, of a route",
						"holdfast.routes[0].id=a holdfast.routes[0].service=a holdfast.routes[0].body-timeout=5",
						"holdfast.routes[0].body-timeout: \"5\" must have a unit"),
				argumentSet("duration without unit, of a circuit breaker",
						"resilience4j.circuitbreaker.instances.orders.wait-duration-in-open-state=5",
						"resilience4j.circuitbreaker.instances.orders.wait-duration-in-open-state: \"5\" must have a unit"),
				argumentSet("duration without unit, by a placeholder",
						"holdfast.upstream.request-timeout=${waiting} waiting=30",
						"holdfast.upstream.request-timeout: \"30\" (${waiting}) must have a unit"),
				argumentSet("duration without unit, by a placeholder's default",
						"holdfast.upstream.request-timeout=${waiting:30}",
						"Set holdfast.upstream.request-timeout to 30s for seconds or 30ms for milliseconds."),
				argumentSet("duration without unit, of a circuit breaker, by a placeholder",
						"resilience4j.circuitbreaker.instances.orders.wait-duration-in-open-state=${waiting} waiting=5",
						"resilience4j.circuitbreaker.instances.orders.wait-duration-in-open-state: \"5\" (${waiting}) must"),
				argumentSet("port of operators", "holdfast.server.port=8081 server.port=8081",
						"holdfast.server.port: \"8081\" must not be the port of server.port too"),
				argumentSet("port of operators, what to do", "holdfast.server.port=8081 server.port=8081",
						"Set holdfast.server.port or server.port to another port."),
				argumentSet("port of probes", "management.server.port=8080",
						"holdfast.server.port: \"8080\" must not be the port of management.server.port too"),
				argumentSet("no duration", "holdfast.etcd.connect-timeout=soon",
						"holdfast.etcd.connect-timeout: \"soon\" " + NO_DURATION),
				argumentSet("empty duration", "holdfast.registry.snapshot.max-age=",
						"holdfast.registry.snapshot.max-age: must have a value (set in"),
				argumentSet("negative duration", "holdfast.upstream.request-timeout=-1s",
						"holdfast.upstream.request-timeout: \"-1000ms\" must be 1ms or longer"),
				argumentSet("no time at all", "holdfast.registry.snapshot.max-age=0s",
						"holdfast.registry.snapshot.max-age: \"0ms\" must be 1ms or longer"),
				argumentSet("too long a duration", "holdfast.upstream.total-timeout=25d",
						"holdfast.upstream.total-timeout: \"2160000000ms\" must be at most 24d"),
				argumentSet("too great an age", "holdfast.upstream.max-connection-age=25d",
						"holdfast.upstream.max-connection-age: \"2160000000ms\" must be at most 24d") };
	}

	private static Arguments[] healthChecks() {
		return new Arguments[] { argumentSet("relative path of a health check",
				"holdfast.upstream.checks.type=http holdfast.upstream.checks.path=health",
				"holdfast.upstream.checks.path: \"health\" must be a canonical path of at most 1024 characters, "
						+ "without a query"),
				argumentSet("statuses of a health check",
						"holdfast.upstream.checks.type=http holdfast.upstream.checks.statuses=2xx",
						"must be a status such as 204, or a range such as 200-299"),
				argumentSet("health check that takes longer than its interval", "holdfast.upstream.checks.interval=1s",
						"holdfast.upstream.checks.timeout: \"2000ms\" must be more than 0, and no more than the interval"),
				argumentSet("health check of a service of no name", "holdfast.upstream.checks.services[0].type=tcp",
						"holdfast.upstream.checks.services[0].service: \"\" must be the name of a service"),
				argumentSet("health check of a service",
						"holdfast.upstream.checks.services[0].service=orders "
								+ "holdfast.upstream.checks.services[0].fall=0",
						"holdfast.upstream.checks.services[0].fall: \"0\" must be 1 to 100") };
	}

	private static Arguments[] numbers() {
		return new Arguments[] {
				argumentSet("request line beyond the header",
						"holdfast.server.max-header-size=4KB holdfast.server.max-request-line-size=8KB",
						"holdfast.server.max-request-line-size: \"8192B\" must be between 256B and"),
				argumentSet("no field at all", "holdfast.server.max-header-count=0",
						"holdfast.server.max-header-count: \"0\" must be greater than or equal to 1"),
				argumentSet("no connection at all", "holdfast.server.max-connections=0",
						"holdfast.server.max-connections: \"0\" must be greater than or equal to 1"),
				argumentSet("negative number of requests", "holdfast.upstream.max-requests=-1",
						"holdfast.upstream.max-requests: \"-1\" must be greater than or equal to 0"),
				argumentSet("negative number of failures", "holdfast.upstream.ejection.consecutive-failures=-1",
						"holdfast.upstream.ejection.consecutive-failures: \"-1\" must be greater than or equal to 0"),
				argumentSet("no time of ejection", "holdfast.upstream.ejection.time=0",
						"holdfast.upstream.ejection.time: \"0ms\" must be 1ms or longer"),
				argumentSet("too long a time of ejection", "holdfast.upstream.ejection.max-time=25h",
						"holdfast.upstream.ejection.max-time: \"90000000ms\" must not be longer than a day"),
				argumentSet("time of ejection above its bound", "holdfast.upstream.ejection.time=6m",
						"holdfast.upstream.ejection.max-time: \"300000ms\" must be at least "
								+ "holdfast.upstream.ejection.time"),
				argumentSet("share of ejected instances", "holdfast.upstream.ejection.max-ejected=half",
						"holdfast.upstream.ejection.max-ejected: \"half\" must be a whole percentage such as 30%"),
				argumentSet("negative deviations", "holdfast.upstream.ejection.outliers.deviations=-1",
						"holdfast.upstream.ejection.outliers.deviations: \"-1.0\" must be greater than or equal to 0"),
				argumentSet("too few to compare", "holdfast.upstream.ejection.outliers.min-instances=2",
						"holdfast.upstream.ejection.outliers.min-instances: \"2\" must be greater than or equal to 3"),
				argumentSet("negative slow start", "holdfast.upstream.slow-start=-1s",
						"holdfast.upstream.slow-start: \"-1000ms\" must not be negative"),
				argumentSet("no time in the queue", "holdfast.upstream.queue-timeout=0s",
						"holdfast.upstream.queue-timeout: \"0ms\" must be 1ms or longer"),
				argumentSet("no time for a head", "holdfast.server.header-timeout=0s",
						"holdfast.server.header-timeout: \"0ms\" must be 1ms or longer"),
				argumentSet("negative body size", "holdfast.server.max-body-size=-1B",
						"holdfast.server.max-body-size: \"-1B\" must not be negative"),
				argumentSet("negative grace", "holdfast.server.shutdown-grace=-1s",
						"holdfast.server.shutdown-grace: \"-1000ms\" must not be negative"),
				argumentSet("port out of range", "holdfast.server.port=70000",
						"holdfast.server.port: \"70000\" must be less than or equal to 65535"),
				argumentSet("no port", "holdfast.server.port=http",
						"holdfast.server.port: \"http\" must be a whole number"),
				argumentSet("port by the variable of a Service", "holdfast.server.port=tcp://10.96.0.1:80",
						"holdfast.server.port: \"tcp://10.96.0.1:80\" must be a whole number"),
				argumentSet("port by the variable of a Service, what to do", "holdfast.server.port=tcp://10.96.0.1:80",
						"Set enableServiceLinks: false in the pod, or give the Service holdfast-server another name"),
				argumentSet("no boolean", "holdfast.routing.by-path=maybe",
						"holdfast.routing.by-path: \"maybe\" must be true or false"),
				argumentSet("no size", "holdfast.server.max-header-size=big",
						"holdfast.server.max-header-size: \"big\" must be a size such as 16KB"),
				argumentSet("size too small", "holdfast.server.max-header-size=1B",
						"holdfast.server.max-header-size: \"1B\" must be between 1KB and 1MB") };
	}

	private static Arguments[] names() {
		return new Arguments[] {
				argumentSet("scheme", "holdfast.registry.sources[0].scheme=ftp",
						"holdfast.registry.sources[0].scheme: \"ftp\" must be one of http, https, grpc, grpcs"),
				argumentSet("protocol", "holdfast.upstream.protocol=spdy",
						"holdfast.upstream.protocol: \"spdy\" must be one of auto, http1, h2"),
				argumentSet("balancer", "holdfast.upstream.balancer=fastest",
						"holdfast.upstream.balancer: \"fastest\" must be one of least-request"),
				argumentSet("key of requests", "holdfast.upstream.hash-on=header",
						"holdfast.upstream.hash-on: \"header\" must be client, path, header:<name> or cookie:<name>"),
				argumentSet("user without password", "holdfast.etcd.username=gateway",
						"holdfast.etcd.password: \"\" must not be empty"),
				argumentSet("format", "holdfast.registry.sources[0].format=xml",
						"holdfast.registry.sources[0].format: \"xml\" must be one of auto, "),
				argumentSet("prefix", "holdfast.registry.sources[0].prefix=/a",
						"holdfast.registry.sources[0].prefix: \"/a\" must end with /"),
				argumentSet("CIDR block", "holdfast.server.trusted-proxies=10.0.0.0/8,10.0.0.0/33",
						"holdfast.server.trusted-proxies[1]: \"10.0.0.0/33\" must be an IP address or a CIDR block"),
				argumentSet("encoded slashes", "holdfast.server.encoded-slashes=decode",
						"holdfast.server.encoded-slashes: \"decode\" must be one of pass, reject"),
				argumentSet("transport", "holdfast.server.transport=kqueue",
						"holdfast.server.transport: \"kqueue\" must be one of auto, epoll, io-uring, nio"),
				argumentSet("probe path that steps up", "holdfast.server.readiness-path=/a/../readyz",
						"holdfast.server.readiness-path: \"/a/../readyz\" must be spelled as requests are compared with it"),
				argumentSet("probe path with an escape", "holdfast.server.liveness-path=/%6civez",
						"holdfast.server.liveness-path: \"/%6civez\" must be spelled as requests are compared with it"),
				argumentSet("probe path with an escape, what to do", "holdfast.server.liveness-path=/%6civez",
						"Set holdfast.server.liveness-path to /livez."),
				argumentSet("probe path above the root, what to do", "holdfast.server.readiness-path=/../readyz",
						"Set holdfast.server.readiness-path to a path such as /readyz."),
				argumentSet("probe path", "holdfast.server.liveness-path=livez",
						"holdfast.server.liveness-path: \"livez\" must be a path that begins with /"), };
	}

	private static Arguments[] tls() {
		return new Arguments[] {
				argumentSet("client certificates without TLS", "holdfast.server.client-auth=need",
						"holdfast.server.client-auth: \"NEED\" needs holdfast.server.ssl-bundle"),
				argumentSet("client certificates, unknown", "holdfast.server.client-auth=maybe",
						"holdfast.server.client-auth: \"maybe\" must be one of none, want, need"),
				argumentSet("names without a certificate for others",
						"holdfast.server.server-name-bundles[0].server-name=a.b holdfast.server.server-name-bundles[0].bundle=a",
						"needs holdfast.server.ssl-bundle, for clients that ask for no name or for another"),
				argumentSet("names without a certificate for others, what to do",
						"holdfast.server.server-name-bundles[0].server-name=a.b holdfast.server.server-name-bundles[0].bundle=a",
						"Set holdfast.server.ssl-bundle, or take holdfast.server.server-name-bundles out."),
				argumentSet("name with a port",
						"holdfast.server.ssl-bundle=a holdfast.server.server-name-bundles[0].server-name=a.b:443",
						"holdfast.server.server-name-bundles[0].server-name: \"a.b:443\" must be a DNS name such as"),
				argumentSet("wildcard in the middle",
						"holdfast.server.ssl-bundle=a holdfast.server.server-name-bundles[0].server-name=a.*.b",
						"holdfast.server.server-name-bundles[0].server-name: \"a.*.b\" must be a DNS name such as"),
				argumentSet("address as a name",
						"holdfast.server.ssl-bundle=a holdfast.server.server-name-bundles[0].server-name=10.0.0.1",
						"holdfast.server.server-name-bundles[0].server-name: \"10.0.0.1\" must be a DNS name such as"),
				argumentSet("name without a bundle",
						"holdfast.server.ssl-bundle=a holdfast.server.server-name-bundles[0].server-name=a.b",
						"holdfast.server.server-name-bundles[0].bundle: \"\" must not be empty"),
				argumentSet("name twice",
						"holdfast.server.ssl-bundle=a holdfast.server.server-name-bundles[0].server-name=a.b holdfast.server.server-name-bundles[0].bundle=a holdfast.server.server-name-bundles[1].server-name=A.b holdfast.server.server-name-bundles[1].bundle=b",
						"must be unique, but holdfast.server.server-name-bundles[0] has the same"),
				argumentSet("name twice, what to do",
						"holdfast.server.ssl-bundle=a holdfast.server.server-name-bundles[0].server-name=a.b holdfast.server.server-name-bundles[0].bundle=a holdfast.server.server-name-bundles[1].server-name=a.b holdfast.server.server-name-bundles[1].bundle=b",
						"Take one of holdfast.server.server-name-bundles[0] and [1] out, or give it another name."), };
	}

	private static Arguments[] routes() {
		return new Arguments[] {
				argumentSet("service", "holdfast.routes[0].id=a holdfast.routes[0].service=a/b",
						"holdfast.routes[0]: service name: \"a/b\" (expected: "),
				argumentSet("time of a route",
						"holdfast.routes[0].id=a holdfast.routes[0].service=a holdfast.routes[0].body-timeout=0s",
						"holdfast.routes[0]: body-timeout: PT0S (expected: 1ms to 24d)"),
				argumentSet("size of a route",
						"holdfast.routes[0].id=a holdfast.routes[0].service=a holdfast.routes[0].max-body-size=-1B",
						"holdfast.routes[0]: max-body-size: -1 (expected: >= 0)"),
				argumentSet("service of a redirect", route(0, "a", "redirect.scheme=https"),
						"holdfast.routes[0]: service: one (expected: none where the gateway answers itself)"),
				argumentSet("redirect and answer",
						"holdfast.routes[0].id=a holdfast.routes[0].redirect.port=1 holdfast.routes[0].respond.body=a",
						"holdfast.routes[0]: redirect: besides an answer (expected: one of redirect and respond)"),
				argumentSet("field that frames", route(0, "a", "request-headers.remove=Content-Length"),
						"holdfast.routes[0]: field: \"Content-Length\" (expected: one that does not belong"),
				argumentSet("two paths", route(0, "a", "add-prefix=/b") + " holdfast.routes[0].replace-path=/c",
						"holdfast.routes[0]: path: rewritten in 2 ways (expected: one of"),
				argumentSet("share of a mirror",
						route(0, "a", "mirrors[0].service=b") + " holdfast.routes[0].mirrors[0].share=101%",
						"holdfast.routes[0]: share of the mirror: \"101%\" (expected: a percentage such as 10% or 0.5%)"),
				argumentSet("retries", route(0, "a", "retry.attempts=3"),
						"holdfast.routes[0]: retry attempts: 3 (expected: 0 to 2)"),
				argumentSet("method that is none", route(0, "a", "methods=GETT,POST"),
						"holdfast.routes[0].methods: \"[GETT, POST]\" must be HTTP methods: GETT is none"),
				argumentSet("method that is none, suggestion", route(0, "a", "methods=POTS"),
						"Did you mean POST in holdfast.routes[0].methods?"),
				argumentSet("method with a letter missing", route(0, "a", "methods=PATH"),
						"Did you mean PATCH in holdfast.routes[0].methods?"),
				argumentSet("method in lower case", route(0, "a", "methods=get"),
						"Change the method of holdfast.routes[0] to an HTTP method in upper case."),
				argumentSet("method that is not forwarded", route(0, "a", "methods=TRACE"),
						"holdfast.routes[0].methods: \"[TRACE]\" must not have TRACE"),
				argumentSet("route behind the same", route(0, "a", "path=/x/**") + " " + route(1, "b", "path=/x/**"),
						"holdfast.routes[1]: can never match: holdfast.routes[0], \"a\", comes before it"),
				argumentSet("route behind several that take its methods",
						route(0, "a", "methods=GET") + " " + route(1, "b", "methods=PUT,POST") + " "
								+ route(2, "c", "methods=GET,PUT"),
						"holdfast.routes[2]: can never match: holdfast.routes[1], \"b\", comes before it"),
				argumentSet("route behind a probe", route(0, "a", "path=/livez"),
						"holdfast.routes[0]: can never match: the gateway itself answers /livez"),
				argumentSet("first of a list missing", "holdfast.routes[1].id=x",
						"holdfast.routes[1].id: holdfast.routes[0] is missing (set in"),
				argumentSet("one of a list missing, what to do",
						"holdfast.etcd.endpoints[0]=http://a:1 "
								+ "holdfast.etcd.endpoints[1]=http://b:1 holdfast.etcd.endpoints[3]=http://d:1",
						"Add holdfast.etcd.endpoints[2] in the same place: a list is read from one place, from 0 on."),
				argumentSet("id missing", "holdfast.routes[0].service=a",
						"holdfast.routes[0].id: \"\" must not be empty"),
				argumentSet("id twice",
						"holdfast.routes[0].id=a holdfast.routes[0].service=a holdfast.routes[1].id=a holdfast.routes[1].service=b",
						"holdfast.routes[1].id: \"a\" must be unique, but holdfast.routes[0] has the same"), };
	}

	@Test
	void methodsThatAreNoSlipsOfOthersAreRight() {
		start(route(0, "a", "methods=BCOPY,BDELETE,BMOVE,BPROPFIND,BPROPPATCH,TRACK,NOTIFY,SUBSCRIBE,FIND,STOP,LIST,"
				+ "BAN,M-SEARCH"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://root:hunter2@etcd:2379", "root:hunter2@etcd:2379", "http://root:hunter2@",
			"http://root:hun/hunter2@etcd:2379", "http://root:hun@hunter2@etcd:2379",
			"http://root:hunter2^@etcd:2379" })
	void passwordInAnEndpointIsNotTold(String endpoint, CapturedLog output) {
		assertThatThrownBy(() -> start("holdfast.etcd.endpoints=" + endpoint)).isNotNull();
		assertThat(output).contains("holdfast.etcd.endpoints[0]: \"", "***@", NO_URL).doesNotContain("hunter2");
	}

	@Test
	void whatStandsInAnotherPlaceFillsNoGapInAList(@TempDir Path folder, CapturedLog output) throws IOException {
		Path file = Files.writeString(folder.resolve("gateway.yml"),
				"holdfast.routes: [ { id: a, service: a, path: /a } ]");
		assertThatThrownBy(() -> start("spring.config.additional-location=" + file.toUri()
				+ " holdfast.routes[1].id=b holdfast.routes[1].service=b"))
			.isNotNull();
		assertThat(output).contains("holdfast.routes[1].id: holdfast.routes[0] is missing (set in",
				"Add holdfast.routes[0] in the same place");
	}

	private static String route(int index, String id, String more) {
		String key = "holdfast.routes[%d].".formatted(index);
		return "%sid=%s %sservice=s %s%s".formatted(key, id, key, key, more);
	}

	@Test
	void routesThatOverlapInPartAndMethodsThatNobodyListedAreRight() {
		start(route(0, "a", "methods=GET") + " " + route(1, "b", "methods=GET,PURGE") + " "
				+ route(2, "c", "methods=BAN") + " " + route(3, "d", "path=/livez/**") + " "
				+ route(4, "e", "path=/livez/x") + " " + route(5, "f", "headers.X-Beta=1"));
	}

	@Test
	void portsMayBeEqualOnOtherAddresses() {
		start("holdfast.server.port=8081 server.port=8081 holdfast.server.address=10.0.0.1 server.address=127.0.0.1");
	}

	@Test
	void everythingThatIsWrongIsToldInOneStartWithWhatToDo(CapturedLog output) {
		assertThatThrownBy(() -> start("holdfast.etcd.connect-timeout=soon holdfast.upstream.balancer=fastest "
				+ "holdfast.upstream.try-timeout=5 holdfast.etcd.endpoints=a:1 holdfast.etcd.endpoint=http://a:1 "
				+ "holdfast.server.max-streams=0 resilience4j.circuitbreaker.configs.default.size=5"))
			.isNotNull();
		assertThat(output).containsOnlyOnce("APPLICATION FAILED TO START")
			.contains("holdfast.etcd.connect-timeout: \"soon\"", "holdfast.upstream.balancer: \"fastest\"",
					"holdfast.upstream.try-timeout: \"5\"", "holdfast.etcd.endpoints[0]: \"a:1\"",
					"holdfast.etcd.endpoint: there is no such key", "holdfast.server.max-streams: \"0\"",
					"resilience4j.circuitbreaker.configs.default.size: there is no such key")
			.contains("Set holdfast.etcd.connect-timeout to a duration such as 500ms, 3s or 5m.",
					"Set holdfast.upstream.balancer to one of least-request, ",
					"Set holdfast.etcd.endpoints[0] to a URL with scheme, host and port",
					"Did you mean holdfast.etcd.endpoints?",
					"Set holdfast.server.max-streams to a number that is greater than or equal to 1.",
					"The keys under resilience4j.circuitbreaker.configs.default are: ")
			.doesNotContain("\tat ");
	}

	@Test
	void fileThatIsNoYamlIsNamedWithItsLine(@TempDir Path folder, CapturedLog output) throws IOException {
		Path file = Files.writeString(folder.resolve("gateway.yml"), "holdfast:\n  server: { port: 8080 }\n etcd: x\n");
		assertThatThrownBy(() -> start("spring.config.additional-location=" + file.toUri())).isNotNull();
		assertThat(output).containsOnlyOnce("APPLICATION FAILED TO START")
			.contains(file + ", line 3, column 2: this is no YAML: ")
			.doesNotContain("\tat ");
	}

	@Test
	void unknownKeysAreReportedWithoutTheirValues(CapturedLog output) {
		assertThatThrownBy(() -> start("holdfast.etcd.passwort=hunter2")).isNotNull();
		assertThat(output).contains("holdfast.etcd.passwort: there is no such key").doesNotContain("hunter2");
	}

	@Test
	void takenAdminPortIsReportedWithItsKey(CapturedLog output) throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertThatThrownBy(() -> new SpringApplicationBuilder(PropertiesConfiguration.class,
					ServletWebServerFactoryAutoConfiguration.class)
				.run("--server.address=127.0.0.1", "--server.port=" + taken.getLocalPort())).isNotNull();
			assertThat(output).contains(
					"Cannot listen for operators on port %d: it is in use".formatted(taken.getLocalPort()),
					"set server.port to another port");
		}
	}

	static void start(String arguments) {
		new SpringApplicationBuilder(PropertiesConfiguration.class).web(WebApplicationType.NONE)
			.run(Arrays.stream(arguments.split(" ")).map("--"::concat).toArray(String[]::new))
			.close();
	}

}
