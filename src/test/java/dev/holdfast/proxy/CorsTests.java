package dev.holdfast.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.holdfast.route.Cors;
import dev.holdfast.route.DirectResponse;
import dev.holdfast.route.FieldChanges;
import dev.holdfast.route.OriginPattern;
import dev.holdfast.route.PathRewrite;
import dev.holdfast.route.Route;
import dev.holdfast.route.RouteActions;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.testing.Http2Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What browsers are told of pages of other origins.
 */
class CorsTests {

	private static final String PAGE = "https://app.test";

	private static final Cors SOME = new Cors(origins(PAGE, "https://*.app.test"), true, List.of("PUT", "DELETE"),
			List.of("Content-Type", "X-Token"), List.of("X-Total"), Duration.ofMinutes(10));

	private static final Cors ALL = new Cors(origins("*"), false, List.of("*"), List.of("*"), List.of("*"),
			Cors.USUAL_MAX_AGE);

	private static final String ANSWER = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n"
			+ "Access-Control-Allow-Credentials: true\r\nAccess-Control-Expose-Headers: X-Secret\r\n"
			+ "Content-Length: 2\r\n\r\nok";

	private static List<OriginPattern> origins(String... origins) {
		return Stream.of(origins).map(OriginPattern::parse).toList();
	}

	private static Gateway gateway(int port, Route... routes) {
		return new Gateway(RoutePolicy.DEFAULTS, List.of(routes), port);
	}

	private static RawClient.Answer preflight(RawClient client, String target, String origin, String method,
			String headers) throws IOException {
		client.send("OPTIONS " + target + " HTTP/1.1\r\nHost: gateway.test\r\nOrigin: " + origin
				+ "\r\nAccess-Control-Request-Method: " + method + "\r\n"
				+ (headers.isEmpty() ? "" : "Access-Control-Request-Headers: " + headers + "\r\n") + "\r\n");
		return client.head();
	}

	private static List<String> cors(RawClient.Answer answer) {
		return answer.fields()
			.stream()
			.filter((line) -> line.regionMatches(true, 0, "access-control", 0, 14) || line.startsWith("vary"))
			.toList();
	}

	@Test
	void preflightIsAnsweredByTheGateway() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(ANSWER);
				Gateway gateway = gateway(backend.port(), Actions.cors(SOME));
				RawClient client = gateway.client()) {
			RawClient.Answer answer = preflight(client, "/a/b", PAGE, "PUT", "x-token");
			assertThat(answer.status()).isEqualTo(204);
			assertThat(cors(answer)).containsExactly("vary: Origin", "access-control-allow-origin: https://app.test",
					"access-control-allow-credentials: true", "access-control-allow-methods: PUT, DELETE",
					"access-control-allow-headers: content-type, x-token", "access-control-max-age: 600");
			assertThat(answer.header("content-length")).isEmpty();
			assertThat(gateway.recorder.end())
				.isEqualTo(new Gateway.Recorder.Entry("a", "orders", "OPTIONS", 204, "", 0));
			assertThat(client.get("/a").body()).isEqualTo("ok");
			assertThat(backend.heads()).hasSize(1);
		}
	}

	@Test
	void anyOriginIsToldByAnAsterisk() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(ANSWER);
				Gateway gateway = gateway(backend.port(), Actions.cors(ALL));
				RawClient client = gateway.client()) {
			assertThat(cors(preflight(client, "/a", "null", "PATCH", "x-any"))).containsExactly(
					"access-control-allow-origin: *", "access-control-allow-methods: *",
					"access-control-allow-headers: *", "access-control-max-age: 5");
			assertThat(cors(client.get("/a", "Origin: " + PAGE))).containsExactly("access-control-allow-origin: *",
					"access-control-expose-headers: *");
		}
	}

	/**
	 * With credentials browsers take an asterisk for a name.
	 */
	@Test
	void withCredentialsWhatIsAskedForIsToldInsteadOfAnAsterisk() throws IOException {
		Cors cors = new Cors(origins("*"), true, List.of("*"), List.of("*"), List.of(), Cors.USUAL_MAX_AGE);
		try (ScriptedBackend backend = ScriptedBackend.answering(ANSWER);
				Gateway gateway = gateway(backend.port(), Actions.cors(cors));
				RawClient client = gateway.client()) {
			assertThat(cors(preflight(client, "/a", PAGE, "PATCH", "x-one,x-two"))).containsExactly("vary: Origin",
					"access-control-allow-origin: https://app.test", "access-control-allow-credentials: true",
					"access-control-allow-methods: PATCH", "access-control-allow-headers: x-one,x-two",
					"access-control-max-age: 5");
			assertThat(cors(preflight(client, "/a", PAGE, "PATCH", ""))).contains("access-control-allow-methods: PATCH")
				.noneMatch((line) -> line.startsWith("access-control-allow-headers"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://evil.test", "http://app.test", "https://app.test.evil.test", "null" })
	void preflightOfAnotherOriginIsToldNothing(String origin) throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(ANSWER);
				Gateway gateway = gateway(backend.port(), Actions.cors(SOME));
				RawClient client = gateway.client()) {
			RawClient.Answer answer = preflight(client, "/a", origin, "PUT", "");
			assertThat(answer.status()).isEqualTo(204);
			assertThat(cors(answer)).containsExactly("vary: Origin");
			assertThat(cors(client.get("/a", "Origin: " + origin))).containsExactly("vary: Origin");
		}
	}

	/**
	 * As long as a head may be: matching it must not cost the event loop's stack.
	 */
	@Test
	void originOfManyLabelsIsToldNothing() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(ANSWER);
				Gateway gateway = gateway(backend.port(), Actions.cors(SOME));
				RawClient client = gateway.client()) {
			String origin = "https://a" + ".a".repeat(7_000) + ".app.test";
			assertThat(cors(preflight(client, "/a", origin, "PUT", ""))).containsExactly("vary: Origin");
			assertThat(cors(client.get("/a", "Origin: " + origin))).containsExactly("vary: Origin");
		}
	}

	@Test
	void whatTheRouteSetsOfItIsNotToldTwice() throws IOException {
		FieldChanges set = new FieldChanges(List.of(Actions.field("Access-Control-Allow-Origin", "https://old.test"),
				Actions.field("Access-Control-Max-Age", "1")), List.of(), List.of());
		Route route = new Route("a", "", "/a/**", Set.of(), Map.of(), Gateway.ORDERS, "", false,
				RoutePolicy.DEFAULTS.with(new RouteActions(FieldChanges.NONE, set, PathRewrite.NONE, "",
						DirectResponse.NONE, SOME, List.of())));
		try (Gateway gateway = gateway(ScriptedBackend.refusedPort(), route); RawClient client = gateway.client()) {
			assertThat(cors(preflight(client, "/a", PAGE, "PUT", ""))).containsExactly("vary: Origin",
					"access-control-allow-origin: https://app.test", "access-control-allow-credentials: true",
					"access-control-allow-methods: PUT, DELETE", "access-control-allow-headers: content-type, x-token",
					"access-control-max-age: 600");
		}
	}

	@Test
	void gatewaysWordCountsAndNotTheInstances() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(ANSWER);
				Gateway gateway = gateway(backend.port(), Actions.cors(SOME));
				RawClient client = gateway.client()) {
			RawClient.Answer answer = client.get("/a", "Origin: https://x.app.test");
			assertThat(cors(answer)).containsExactly("vary: Origin", "access-control-allow-origin: https://x.app.test",
					"access-control-allow-credentials: true", "access-control-expose-headers: x-total");
			assertThat(answer.body()).isEqualTo("ok");
			assertThat(cors(client.get("/a"))).containsExactly("vary: Origin");
			assertThat(cors(client.get("/orders/", "Origin: https://evil.test")))
				.contains("Access-Control-Allow-Origin: *");
		}
	}

	/**
	 * A page must be able to read why it got nothing.
	 */
	@Test
	void errorsOfTheGatewayCanBeReadToo() throws IOException {
		try (Gateway gateway = gateway(ScriptedBackend.refusedPort(), Actions.cors(SOME));
				RawClient client = gateway.client()) {
			RawClient.Answer answer = client.get("/a", "Origin: " + PAGE);
			assertThat(answer.status()).isEqualTo(502);
			assertThat(answer.header("access-control-allow-origin")).isEqualTo(PAGE);
		}
	}

	@Test
	void preflightIsOfTheRouteThatTheRequestWillTake() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(ANSWER);
				Gateway gateway = gateway(backend.port(), Actions.cors(SOME, "PUT"));
				RawClient client = gateway.client()) {
			assertThat(preflight(client, "/a", PAGE, "PUT", "").header("access-control-allow-origin")).isEqualTo(PAGE);
			assertThat(preflight(client, "/a", PAGE, "DELETE", "").status()).isEqualTo(404);
		}
	}

	/**
	 * The route that OPTIONS takes may allow what the one of the request does not.
	 */
	@Test
	void preflightIsNotOfTheRouteThatTakesOptions() throws IOException {
		Route open = Actions.cors(ALL, "OPTIONS");
		try (ScriptedBackend backend = ScriptedBackend.answering(ANSWER);
				Gateway gateway = gateway(backend.port(), open, withCors("strict", SOME, "PUT"),
						withCors("silent", Cors.NONE, "DELETE"));
				RawClient client = gateway.client()) {
			assertThat(cors(preflight(client, "/a", "https://evil.test", "PUT", ""))).containsExactly("vary: Origin");
			assertThat(preflight(client, "/a", PAGE, "PUT", "").header("access-control-allow-origin")).isEqualTo(PAGE);
			assertThat(backend.heads()).isEmpty();
			RawClient.Answer instances = preflight(client, "/a", "https://evil.test", "DELETE", "");
			assertThat(cors(instances)).containsExactly("Access-Control-Allow-Origin: *",
					"Access-Control-Allow-Credentials: true", "Access-Control-Expose-Headers: X-Secret");
			assertThat(backend.heads()).hasSize(1);
		}
		try (Gateway gateway = gateway(ScriptedBackend.refusedPort(), open); RawClient client = gateway.client()) {
			assertThat(preflight(client, "/a", PAGE, "PUT", "").header("access-control-allow-origin")).isEqualTo("*");
		}
	}

	private static Route withCors(String id, Cors cors, String method) {
		return new Route(id, "", "/a/**", Set.of(method), Map.of(), Gateway.ORDERS, "", false,
				RoutePolicy.DEFAULTS.with(new RouteActions(FieldChanges.NONE, FieldChanges.NONE, PathRewrite.NONE, "",
						DirectResponse.NONE, cors, List.of())));
	}

	@Test
	void optionsThatIsNoPreflightIsTheInstances() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(ANSWER);
				Gateway gateway = gateway(backend.port(), Actions.cors(SOME));
				RawClient client = gateway.client()) {
			client.send("OPTIONS /a HTTP/1.1\r\nHost: gateway.test\r\nOrigin: " + PAGE + "\r\n\r\n");
			assertThat(client.answer().body()).isEqualTo("ok");
			assertThat(backend.heads()).hasSize(1);
			assertThat(preflight(client, "/orders/", PAGE, "PUT", "").status()).isEqualTo(200);
		}
	}

	@Test
	void preflightByHttp2IsAnsweredByTheGateway() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(ANSWER);
				Gateway gateway = gateway(backend.port(), Actions.cors(SOME));
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			Http2Wire.Message message = client
				.message(client.request("OPTIONS", "/a", true, "origin", PAGE, "access-control-request-method", "PUT"));
			assertThat(message.status()).isEqualTo(204);
			assertThat(message.head().header("access-control-allow-methods")).isEqualTo("PUT, DELETE");
			assertThat(client.message(client.get("/a", "origin", PAGE)).head().header("access-control-allow-origin"))
				.isEqualTo(PAGE);
			assertThat(backend.heads()).hasSize(1);
		}
	}

}
