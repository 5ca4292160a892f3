package dev.holdfast.configuration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.web.servlet.ServletWebServerFactoryAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

@ExtendWith(OutputCaptureExtension.class)
class ConfigurationErrorTests {

	private static final String NO_URL = "must be a URL with scheme, host and port";

	private static final String NO_DURATION = "must be a duration such as 500ms, 3s or 5m";

	@ParameterizedTest
	@MethodSource
	void wrongConfigurationEndsTheStartWithMessageThatNamesKeyAndExpectation(String arguments, String said,
			CapturedOutput output) {
		assertThatThrownBy(() -> start(arguments)).isNotNull();
		assertThat(output).containsOnlyOnce("APPLICATION FAILED TO START").contains(said).doesNotContain("\tat ");
	}

	static Stream<Arguments> wrongConfigurationEndsTheStartWithMessageThatNamesKeyAndExpectation() {
		return Stream.of(endpoints(), keys(), numbers(), names(), tls(), routes()).flatMap(Arrays::stream);
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
				argumentSet("overlapping prefixes",
						"holdfast.registry.sources[0].prefix=/a/ holdfast.registry.sources[1].prefix=/a/b/",
						"holdfast.registry.sources[1].prefix: \"/a/b/\" must not overlap with holdfast.registry.sources[0]"),
				argumentSet("no endpoint", "holdfast.etcd.endpoints=",
						"holdfast.etcd.endpoints: \"[]\" must not be empty") };
	}

	private static Arguments[] keys() {
		return new Arguments[] {
				argumentSet("misspelt", "holdfast.etcd.endpoint=http://a:1",
						"holdfast.etcd.endpoint: there is no such key (set in"),
				argumentSet("suggestion", "holdfast.etcd.endpoint=http://a:1", "Did you mean holdfast.etcd.endpoints?"),
				argumentSet("wrong place", "holdfast.balancer=random", "Did you mean holdfast.upstream.balancer?"),
				argumentSet("wrong index", "holdfast.routes[0].paths=/a", "Did you mean holdfast.routes[*].path?"),
				argumentSet("unlike any", "holdfast.etcd.quorum=secret",
						"The keys under holdfast.etcd are: endpoints, ssl-bundle, username, password, namespace, discover-members, "),
				argumentSet("unlike any, at the top", "holdfast.zookeeper.address-list=secret",
						"The keys under holdfast are: server.address, server.port"), };
	}

	private static Arguments[] numbers() {
		return new Arguments[] {
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
				argumentSet("request line beyond the header",
						"holdfast.server.max-header-size=4KB holdfast.server.max-request-line-size=8KB",
						"holdfast.server.max-request-line-size: \"8192B\" must be between 256B and"),
				argumentSet("no field at all", "holdfast.server.max-header-count=0",
						"holdfast.server.max-header-count: \"0\" must be greater than or equal to 1"),
				argumentSet("no connection at all", "holdfast.server.max-connections=0",
						"holdfast.server.max-connections: \"0\" must be greater than or equal to 1"),
				argumentSet("negative number of requests", "holdfast.upstream.max-requests=-1",
						"holdfast.upstream.max-requests: \"-1\" must be greater than or equal to 0"),
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
				argumentSet("user without password", "holdfast.etcd.username=gateway",
						"holdfast.etcd.password: \"\" must not be empty"),
				argumentSet("format", "holdfast.registry.sources[0].format=xml",
						"holdfast.registry.sources[0].format: \"xml\" must be one of auto, "),
				argumentSet("prefix", "holdfast.registry.sources[0].prefix=/a",
						"holdfast.registry.sources[0].prefix: \"/a\" must end with /"),
				argumentSet("CIDR block", "holdfast.server.trusted-proxies=10.0.0.0/8,10.0.0.0/33",
						"holdfast.server.trusted-proxies[1]: \"10.0.0.0/33\" must be an IP address or a CIDR block"),
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
						"must be unique, but holdfast.server.server-name-bundles[0] has the same"), };
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
				argumentSet("id missing", "holdfast.routes[0].service=a",
						"holdfast.routes[0].id: \"\" must not be empty"),
				argumentSet("id twice",
						"holdfast.routes[0].id=a holdfast.routes[0].service=a holdfast.routes[1].id=a holdfast.routes[1].service=b",
						"holdfast.routes[1].id: \"a\" must be unique, but holdfast.routes[0] has the same"), };
	}

	@Test
	void unknownKeysAreReportedWithoutTheirValues(CapturedOutput output) {
		assertThatThrownBy(() -> start("holdfast.etcd.passwort=hunter2")).isNotNull();
		assertThat(output).contains("holdfast.etcd.passwort: there is no such key").doesNotContain("hunter2");
	}

	@Test
	void takenAdminPortIsReportedWithItsKey(CapturedOutput output) throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertThatThrownBy(() -> new SpringApplicationBuilder(PropertiesConfiguration.class,
					ServletWebServerFactoryAutoConfiguration.class)
				.run("--server.address=127.0.0.1", "--server.port=" + taken.getLocalPort())).isNotNull();
			assertThat(output).contains(
					"Cannot listen for operators on port %d: it is in use".formatted(taken.getLocalPort()),
					"set server.port to another port");
		}
	}

	private static void start(String arguments) {
		new SpringApplicationBuilder(PropertiesConfiguration.class).web(WebApplicationType.NONE)
			.run(Arrays.stream(arguments.split(" ")).map("--"::concat).toArray(String[]::new))
			.close();
	}

}
