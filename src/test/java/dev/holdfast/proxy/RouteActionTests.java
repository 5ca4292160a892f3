package dev.holdfast.proxy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.route.DirectResponse.Fixed;
import dev.holdfast.route.DirectResponse.Redirect;
import dev.holdfast.route.FieldChanges;
import dev.holdfast.route.PathRewrite;
import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.Http2Backend;
import dev.holdfast.testing.Http2Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.holdfast.proxy.Actions.field;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What routes do to requests and responses, as instances and clients see it.
 */
class RouteActionTests {

	private static final FieldChanges CHANGES = new FieldChanges(
			List.of(field("X-Set", "gateway"), field("X-New", "set")), List.of(field("X-Add", "second")),
			List.of("X-Secret"));

	private static final String ANSWER = "HTTP/1.1 200 OK\r\nX-Set: one\r\nx-set: two\r\nX-Add: first\r\n"
			+ "X-Secret: 1\r\nX-Kept: 2\r\nContent-Length: 2\r\n\r\nok";

	private static Gateway gateway(Route route, int... ports) {
		return new Gateway(RoutePolicy.DEFAULTS, List.of(route), ports);
	}

	private static Http2Backend recording(CompletableFuture<Http2Wire.Head> asked) {
		return new Http2Backend((wire) -> {
			Http2Wire.Head head = wire.nextHead();
			asked.complete(head);
			wire.answer(head.stream(), "200", true);
			wire.awaitEnd();
		});
	}

	@Test
	void requestFieldsAreRemovedSetAndAdded() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(ANSWER);
				Gateway gateway = gateway(Actions.request(CHANGES), backend.port());
				RawClient client = gateway.client()) {
			client.get("/a", "X-Set: one", "x-set: two", "X-Add: first", "X-Secret: 1", "x-SECRET: 2", "X-Kept: 3");
			assertThat(backend.heads()
				.getFirst()
				.lines()
				.filter((line) -> line.regionMatches(true, 0, "x-", 0, 2)
						&& !line.regionMatches(true, 0, "x-forwarded", 0, 11) && !line.startsWith("x-request-id")))
				.containsExactly("X-Add: first", "X-Kept: 3", "x-set: gateway", "x-new: set", "x-add: second");
		}
	}

	@Test
	void requestFieldsAreChangedForAnInstanceThatSpeaksHttp2() throws IOException {
		CompletableFuture<Http2Wire.Head> asked = new CompletableFuture<>();
		try (Http2Backend backend = recording(asked);
				Gateway gateway = new Gateway(Gateway.settings(), List.of(Actions.request(CHANGES)), Scheme.GRPC,
						backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			client.message(client.get("/a", "x-set", "one", "x-add", "first", "x-secret", "1"));
			assertThat(asked.join().fields()).contains("x-set: gateway", "x-new: set", "x-add: first", "x-add: second")
				.noneMatch((field) -> field.startsWith("x-secret") || field.equals("x-set: one"));
		}
	}

	@Test
	void gatewaysOwnFieldsCanBeTakenOff() throws IOException {
		FieldChanges anonymous = new FieldChanges(List.of(), List.of(), List.of("X-Forwarded-For", "Forwarded"));
		try (ScriptedBackend backend = ScriptedBackend.answering(ANSWER);
				Gateway gateway = gateway(Actions.request(anonymous), backend.port());
				RawClient client = gateway.client()) {
			client.get("/a", "X-Forwarded-For: 192.0.2.1");
			assertThat(backend.heads().getFirst()).doesNotContainIgnoringCase("\r\nx-forwarded-for")
				.doesNotContainIgnoringCase("\r\nforwarded")
				.contains("\r\nx-forwarded-host: gateway.test");
		}
	}

	@Test
	void clientCannotStripWhatARouteSets() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(ANSWER);
				Gateway gateway = gateway(Actions.request(CHANGES), backend.port());
				RawClient client = gateway.client()) {
			client.get("/a", "Connection: x-set, x-add");
			assertThat(backend.heads().getFirst()).contains("\r\nx-set: gateway\r\n", "\r\nx-add: second\r\n");
		}
	}

	@Test
	void responseFieldsAreRemovedSetAndAdded() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(ANSWER);
				Gateway gateway = gateway(Actions.response(CHANGES), backend.port());
				RawClient client = gateway.client()) {
			RawClient.Answer answer = client.get("/a");
			assertThat(answer.fields())
				.contains("X-Add: first", "X-Kept: 2", "x-set: gateway", "x-new: set", "x-add: second")
				.noneMatch((line) -> line.startsWith("X-Secret") || line.endsWith("one") || line.endsWith("two"));
			assertThat(answer.body()).isEqualTo("ok");
			assertThat(client.get("/orders/").fields()).contains("X-Set: one", "x-set: two", "X-Secret: 1");
		}
	}

	@Test
	void responseFieldsAreChangedForAClientThatSpeaksHttp2() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(ANSWER);
				Gateway gateway = gateway(Actions.response(CHANGES), backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			Http2Wire.Message message = client.message(client.get("/a"));
			assertThat(message.head().fields()).contains("x-add: first", "x-set: gateway", "x-add: second")
				.noneMatch((field) -> field.startsWith("x-secret") || field.equals("x-set: one"));
			assertThat(message.body()).isEqualTo("ok");
		}
	}

	@Test
	void gatewaysOwnErrorsOnTheRouteAreChangedToo() throws IOException {
		FieldChanges security = new FieldChanges(List.of(field("X-Frame-Options", "DENY")), List.of(), List.of());
		try (Gateway gateway = gateway(Actions.response(security), ScriptedBackend.refusedPort());
				RawClient client = gateway.client()) {
			RawClient.Answer answer = client.get("/a");
			assertThat(answer.status()).isEqualTo(502);
			assertThat(answer.header("x-frame-options")).isEqualTo("DENY");
			assertThat(client.get("/orders/").header("x-frame-options")).isEmpty();
		}
	}

	@ParameterizedTest
	@CsvSource({ "/a/x?y=1, /v2/x?y=1", "/a, /v2", "/a/, /v2/", "/a//b, /v2//b", "/a/%2F;p, /v2/%2F;p",
			"/a/%7ex, /v2/~x" })
	void prefixOfThePathIsReplaced(String target, String seen) throws IOException {
		try (RecordingBackend backend = new RecordingBackend();
				Gateway gateway = gateway(Actions.rewrite(new PathRewrite.ReplacePrefix("/a", "/v2"), ""),
						backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.get(target).body()).isEqualTo(seen);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a/../b", "/a/%2e%2e/b", "/a/..%2fb", "/a/x/..;/b" })
	void pathThatCanBeReadInTwoWaysIsStillTurnedAway(String target) throws IOException {
		try (RecordingBackend backend = new RecordingBackend();
				Gateway gateway = gateway(Actions.rewrite(new PathRewrite.ReplacePrefix("/a", "/v2"), ""),
						backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.get(target).status()).isEqualTo(400);
			assertThat(backend.requests()).isEmpty();
		}
	}

	@Test
	void wholePathIsReplacedAndTheQueryStays() throws IOException {
		try (RecordingBackend backend = new RecordingBackend();
				Gateway gateway = gateway(Actions.rewrite(new PathRewrite.ReplaceFull("/index.html"), ""),
						backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/a/b/c?d=e").body()).isEqualTo("/index.html?d=e");
		}
	}

	@Test
	void hostIsRewritten() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(ANSWER);
				Gateway gateway = gateway(Actions.rewrite(PathRewrite.NONE, "internal.test:8443"), backend.port());
				RawClient client = gateway.client()) {
			client.get("/a");
			assertThat(backend.heads().getFirst()).contains("\r\nhost: internal.test:8443\r\n",
					"\r\nx-forwarded-host: gateway.test\r\n");
		}
	}

	@Test
	void hostIsRewrittenForAnInstanceThatSpeaksHttp2() throws IOException {
		CompletableFuture<Http2Wire.Head> asked = new CompletableFuture<>();
		try (Http2Backend backend = recording(asked);
				Gateway gateway = new Gateway(Gateway.settings(),
						List.of(Actions.rewrite(PathRewrite.NONE, "internal.test")), Scheme.GRPC, backend.port());
				RawClient client = gateway.client()) {
			client.get("/a");
			assertThat(asked.join().header(":authority")).isEqualTo("internal.test");
		}
	}

	@ParameterizedTest
	@CsvSource({ "301, https, '', 0, https://gateway.test/a/b?c=d", "308, '', new.test, 0, http://new.test/a/b?c=d",
			"302, '', '', 8443, http://gateway.test:8443/a/b?c=d",
			"307, https, new.test, 8443, " + "https://new.test:8443/a/b?c=d" })
	void clientIsRedirected(int status, String scheme, String host, int port, String location) throws IOException {
		try (Gateway gateway = gateway(Actions.respond(new Redirect(status, scheme, host, port)));
				RawClient client = gateway.client()) {
			RawClient.Answer answer = client.get("/a/b?c=d");
			assertThat(answer.status()).isEqualTo(status);
			assertThat(answer.header("location")).isEqualTo(location);
			assertThat(answer.header("content-length")).isEqualTo("0");
			assertThat(client.get("/livez").status()).isEqualTo(200);
			assertThat(gateway.recorder.end()).isEqualTo(new Gateway.Recorder.Entry("a", "", "GET", status, "", 0));
		}
	}

	@Test
	void redirectKeepsThePortThatWasAsked() throws IOException {
		try (Gateway gateway = gateway(Actions.respond(new Redirect(302, "", "new.test", 0)));
				RawClient client = gateway.client()) {
			client.send("GET /a HTTP/1.1\r\nHost: gateway.test:8080\r\n\r\n");
			assertThat(client.answer().header("location")).isEqualTo("http://new.test:8080/a");
		}
	}

	@Test
	void redirectChangesThePath() throws IOException {
		try (Gateway gateway = gateway(Actions.respond(new Redirect(302, "", "", 0),
				new PathRewrite.ReplacePrefix("/a", "/new"), FieldChanges.NONE)); RawClient client = gateway.client()) {
			assertThat(client.get("/a/b?c=d").header("location")).isEqualTo("http://gateway.test/new/b?c=d");
		}
	}

	/**
	 * Only a trusted proxy can say that the client came by TLS.
	 */
	@ParameterizedTest
	@CsvSource({ "'', http://gateway.test/new", "127.0.0.1, https://public.test/new" })
	void redirectGoesWhereTheClientCameFromAsATrustedProxyTells(String trusted, String location) throws IOException {
		String[] proxies = trusted.isEmpty() ? new String[0] : new String[] { trusted };
		Route route = Actions.respond(new Redirect(302, "", "", 0), new PathRewrite.ReplaceFull("/new"),
				FieldChanges.NONE);
		try (Gateway gateway = new Gateway(Gateway.settings(proxies), List.of(route), Scheme.HTTP);
				RawClient client = gateway.client()) {
			assertThat(client.get("/a", "X-Forwarded-Proto: https", "X-Forwarded-Host: public.test").header("location"))
				.isEqualTo(location);
		}
	}

	@Test
	void clientThatSpeaksHttp2IsRedirected() throws IOException {
		try (Gateway gateway = gateway(Actions.respond(new Redirect(308, "https", "", 0)));
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			Http2Wire.Head head = client.message(client.get("/a")).head();
			assertThat(head.header(":status")).isEqualTo("308");
			assertThat(head.header("location")).startsWith("https://").endsWith("/a").doesNotContain(":80");
		}
	}

	@Test
	void requestsAreAnsweredAlike() throws IOException {
		FieldChanges changes = new FieldChanges(List.of(field("Retry-After", "3600")), List.of(), List.of());
		Route route = Actions.respond(new Fixed(503, "application/json", "{\"back\":\"später\"}"), PathRewrite.NONE,
				changes);
		try (Gateway gateway = gateway(route); RawClient client = gateway.client()) {
			client.send("POST /a HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 2\r\n\r\nhi");
			RawClient.Answer answer = client.answer();
			assertThat(answer.line()).isEqualTo("HTTP/1.1 503 Service Unavailable");
			assertThat(answer.header("content-type")).isEqualTo("application/json");
			assertThat(answer.header("content-length")).isEqualTo("18");
			assertThat(answer.header("retry-after")).isEqualTo("3600");
			assertThat(answer.header("holdfast-error")).isEmpty();
			client.send("HEAD /a HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			assertThat(client.head().header("content-length")).isEqualTo("18");
			assertThat(client.get("/livez").status()).isEqualTo(200);
		}
	}

	@Test
	void answerWithoutContentHasNoLength() throws IOException {
		try (Gateway gateway = gateway(Actions.respond(new Fixed(204, "", ""))); RawClient client = gateway.client()) {
			client.send("GET /a HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			RawClient.Answer head = client.head();
			assertThat(head.status()).isEqualTo(204);
			assertThat(head.header("content-length")).isEmpty();
			assertThat(head.header("transfer-encoding")).isEmpty();
			assertThat(client.get("/livez").status()).isEqualTo(200);
		}
	}

	@Test
	void clientThatSpeaksHttp2IsAnsweredAlike() throws IOException {
		try (Gateway gateway = gateway(Actions.respond(new Fixed(410, "text/html", "<p>gone</p>")));
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			Http2Wire.Message message = client.message(client.request("POST", "/a", true));
			assertThat(message.status()).isEqualTo(410);
			assertThat(message.body()).isEqualTo("<p>gone</p>");
			assertThat(message.head().header("content-type")).isEqualTo("text/html");
		}
	}

}
