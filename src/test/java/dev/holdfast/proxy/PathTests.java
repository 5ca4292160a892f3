package dev.holdfast.proxy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.holdfast.route.EncodedSlashes;
import dev.holdfast.route.PathRules;
import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.Http2Backend;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.testing.Http2Wire.Head;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of a request's path on its way to an instance. How paths may be spelled at
 * all is for {@link TargetRows} to tell.
 */
class PathTests {

	private static final PathRules REJECT = new PathRules(EncodedSlashes.REJECT, false);

	private static final PathRules MERGE = new PathRules(EncodedSlashes.PASS, true);

	@ParameterizedTest
	@ValueSource(strings = { "/@scope%2Fname", "/a%5Cb", "//a///b", "/http://example.org//x", "//" })
	void slashesThatAreDataReachTheBackendFromEitherHttp(String path) throws IOException {
		try (RecordingBackend backend = new RecordingBackend();
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client();
				Http2Wire http2 = Http2Wire.connect(gateway.server.port())) {
			assertThat(client.get("/orders" + path).body()).isEqualTo(path);
			assertThat(http2.message(http2.get("/orders" + path)).body()).isEqualTo(path);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/orders/a/..%2fb", "/orders/a%5C..%5cb", "/orders//..", "/orders/..;/b" })
	void whatWouldStepUpIsTurnedAwayInHttp2AsWell(String path) throws IOException {
		try (RecordingBackend backend = new RecordingBackend();
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			assertThat(client.message(client.get(path)).status()).isEqualTo(400);
			assertThat(gateway.recorder.rejections).containsExactly("target");
			assertThat(backend.requests()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/orders/a%2Fb", "/orders/a%5cb", "/nothing%2fhere", "/strict/a%2Fb" })
	void encodedSlashesAreTurnedAwayWhereTheyAreNotToPass(String target) throws IOException {
		List<Route> routes = List.of(route("strict", policy(REJECT)), route("open", RoutePolicy.DEFAULTS));
		try (RecordingBackend backend = new RecordingBackend();
				Gateway gateway = new Gateway(policy(REJECT), routes, backend.port());
				RawClient client = gateway.client();
				RawClient other = gateway.client()) {
			RawClient.Answer answer = client.get(target);
			assertThat(answer.status()).isEqualTo(400);
			assertThat(answer.header("holdfast-error")).isEqualTo("bad-request");
			assertThat(answer.header("connection")).isEqualTo("close");
			assertThat(gateway.recorder.rejections).containsExactly("encoded-slash");
			assertThat(other.get("/open/a%2Fb").body()).isEqualTo("/a%2Fb");
			assertThat(other.get("/orders/a%252Fb?c=%2F").body()).isEqualTo("/a%252Fb?c=%2F");
			assertThat(backend.requests()).hasSize(2);
		}
	}

	@Test
	void routeOfItsOwnMayTurnEncodedSlashesAwayAlone() throws IOException {
		try (RecordingBackend backend = new RecordingBackend();
				Gateway gateway = new Gateway(RoutePolicy.DEFAULTS, List.of(route("strict", policy(REJECT))),
						backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/a%2Fb").body()).isEqualTo("/a%2Fb");
			assertThat(client.get("/strict/a%2Fb").status()).isEqualTo(400);
			assertThat(gateway.recorder.ends).extracting(Gateway.Recorder.Entry::route)
				.containsExactly("by-path", "strict");
		}
	}

	@ParameterizedTest
	@CsvSource({ "/orders//a///b//?c=//, /a/b/?c=//", "//orders/a, /a", "/orders/a%2F%2Fb, /a%2F%2Fb",
			"//raw//a, /raw/a", "/raw//a, /raw//a" })
	void mergedPathIsTheOneThatIsRoutedAndSent(String target, String sent) throws IOException {
		Route raw = new Route("raw", "", "/raw/**", Set.of(), Map.of(), Gateway.ORDERS, "", false,
				RoutePolicy.DEFAULTS);
		try (RecordingBackend backend = new RecordingBackend();
				Gateway gateway = new Gateway(policy(MERGE), List.of(raw), backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.get(target).body()).isEqualTo(sent);
		}
	}

	@Test
	void emptyFirstSegmentNamesNoService() throws IOException {
		try (Gateway gateway = new Gateway(); RawClient client = gateway.client()) {
			assertThat(client.get("//orders/a").header("holdfast-error")).isEqualTo("no-route");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/readyz", "/readyz?verbose", "/readyz?", "http://gateway.test/readyz",
			"HTTPS://gateway.test:8443/readyz?verbose", "/%72eadyz" })
	void probeIsKnownByItsPathWhateverItsQueryAndForm(String target) throws IOException {
		try (Gateway gateway = new Gateway(); RawClient client = gateway.client()) {
			assertThat(client.get(target).body()).isEqualTo("ok\n");
			assertThat(client.send("HEAD " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").head().status()).isEqualTo(200);
			assertThat(client.get(target.replace("ready", "live").replace("%72eady", "%6cive")).body())
				.isEqualTo("ok\n");
			gateway.probes.ready = false;
			assertThat(client.get(target).status()).isEqualTo(503);
			assertThat(gateway.recorder.starts).hasValue(0);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/readyz?verbose", "/livez?a=b", "/%6civez" })
	void probeIsKnownByItsPathInHttp2(String target) throws IOException {
		try (Gateway gateway = new Gateway(); Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			assertThat(client.message(client.get(target)).body()).isEqualTo("ok\n");
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "/readyz/", "/readyz/etcd", "/readyz;verbose", "//readyz", "/readyz%2F", "/orders/readyz" })
	void whatIsNoProbeIsForARoute(String target) throws IOException {
		try (Gateway gateway = new Gateway(); RawClient client = gateway.client()) {
			assertThat(client.get(target).status()).isIn(404, 503);
			assertThat(gateway.recorder.end().errorCode()).isIn("no-route", "no-instance");
		}
	}

	@Test
	void probeIsKnownByItsMergedPathWherePathsAreMerged() throws IOException {
		try (Gateway gateway = new Gateway(policy(MERGE)); RawClient client = gateway.client()) {
			assertThat(client.get("//readyz").body()).isEqualTo("ok\n");
		}
	}

	@ParameterizedTest
	@CsvSource({ "/orders/items?x=1, /api/v1/items?x=1", "/orders, /api/v1/", "/orders/, /api/v1/",
			"/orders//a, /api/v1//a" })
	void instanceIsAskedBehindThePathOfItsOwn(String target, String sent) throws IOException {
		try (RecordingBackend backend = new RecordingBackend();
				Gateway gateway = Gateway.at(new Endpoint(Scheme.HTTP, "127.0.0.1", backend.port(), "/api/v1"));
				RawClient client = gateway.client()) {
			assertThat(client.get(target).body()).isEqualTo(sent);
			List<String> fields = backend.readings().getFirst().requests().getFirst().fields();
			assertThat(ReferenceReader.values(fields, "host")).containsExactly("127.0.0.1:" + backend.port());
			assertThat(ReferenceReader.values(fields, "x-forwarded-prefix")).containsExactly("/orders");
		}
	}

	@Test
	void instanceThatSpeaksHttp2IsAskedBehindThePathOfItsOwn() throws IOException {
		try (Http2Backend backend = new Http2Backend((wire) -> {
			Head head = wire.nextHead();
			wire.answer(head.stream(), "200", true, "x-path", head.header(":path"));
		});
				Gateway gateway = Gateway.at(new Endpoint(Scheme.GRPC, "127.0.0.1", backend.port(), "/api"));
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/items").header("x-path")).isEqualTo("/api/items");
		}
	}

	@Test
	void instancesAtOneAddressShareConnections() throws IOException {
		try (RecordingBackend backend = new RecordingBackend();
				Gateway gateway = Gateway.at(new Endpoint(Scheme.HTTP, "127.0.0.1", backend.port(), "/a"),
						new Endpoint(Scheme.HTTP, "127.0.0.1", backend.port(), "/b"));
				RawClient client = gateway.client()) {
			for (int i = 0; i < 40; i++) {
				assertThat(client.get("/orders/x").body()).isIn("/a/x", "/b/x");
			}
			assertThat(backend.requests()).contains("GET /a/x", "GET /b/x");
			assertThat(backend.readings()).hasSize(1);
		}
	}

	private static Route route(String id, RoutePolicy policy) {
		return new Route(id, "", "/" + id + "/**", Set.of(), Map.of(), Gateway.ORDERS, "/" + id, false, policy);
	}

	private static RoutePolicy policy(PathRules rules) {
		RoutePolicy usual = RoutePolicy.DEFAULTS;
		return new RoutePolicy(usual.protocol(), usual.times(), usual.maxBodySize(), usual.security(), rules);
	}

}
