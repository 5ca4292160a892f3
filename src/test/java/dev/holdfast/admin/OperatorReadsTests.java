package dev.holdfast.admin;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.MemberState;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.registry.UnreadableRecord;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.UpstreamInstance;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The reads of operators over the wire.
 */
class OperatorReadsTests {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final FakeRegistry registry = new FakeRegistry().with("orders", "o1", "o2", "o3-idle").with("users", "u1");

	private final FakeTraffic traffic = new FakeTraffic(
			FakeTraffic.route("beta", "", "/orders/**", Set.of(), Map.of("X-Beta", "1", "X-Api-Key", "s3cret"), "users",
					"/orders"),
			FakeTraffic.route("shop", "shop.example.org", "/**", Set.of("GET"), Map.of(), "orders", ""))
		.follow(this.registry);

	@TempDir
	private Path folder;

	private AdminServer server;

	private List<UsedBundle> bundles = List.of();

	@BeforeEach
	void start() {
		SnapshotChanges changes = new SnapshotChanges();
		this.registry.subscribe(changes);
		this.server = new AdminServer(FakeRegistry.class, this.registry, this.registry, new AdminApi(this.registry),
				changes, new EventStreamSettings(1), (context) -> {
					this.traffic.register(context);
					context.removeBeanDefinition(UsedBundles.class.getName());
					context.registerBean(UsedBundles.class, () -> () -> this.bundles);
				});
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void everyReadIsLinkedFromTheOverviewAndFromTheFirstPage() {
		for (String page : List.of("/registry", "/")) {
			JsonNode links = json(this.server.get(page)).path("links");
			assertThat(links).extracting(JsonNode::asText)
				.contains("/registry/journal", "/registry/state", "/registry/events", "/registry/routes",
						"/registry/routes/match", "/registry/traffic", "/registry/certificates", "/registry/audit",
						"/registry/export", "/registry/diff");
		}
		json(this.server.get("/registry")).path("links").forEach((link) -> {
			String path = link.asText();
			if (!Set.of("/registry/events", "/registry/diff").contains(path)) {
				assertThat(this.server.get(path).statusCode()).as(path).isIn(200, 400, 405);
			}
		});
	}

	@Test
	void routesAreListedInTheOrderOfPrecedenceWithAllThatTheyAskFor() {
		JsonNode routes = json(this.server.get("/registry/routes"));
		assertThat(routes.path("items").findValuesAsText("id")).containsExactly("shop", "beta", "by-path");
		JsonNode beta = routes.path("items").get(1);
		assertThat(beta.path("headers").toString()).isEqualTo("{\"x-api-key\":\"******\",\"x-beta\":\"1\"}");
		assertThat(beta.path("service").asText()).isEqualTo("users");
		assertThat(beta.path("stripPrefix").asText()).isEqualTo("/orders");
		assertThat(beta.at("/times/requestSeconds").asDouble()).isEqualTo(30);
		assertThat(json(this.server.get("/registry/routes?q=USERS&sort=-id")).path("items").findValuesAsText("id"))
			.containsExactly("beta");
		assertThat(json(this.server.get("/registry/routes?sort=id&size=1&page=1")).path("items").findValuesAsText("id"))
			.containsExactly("by-path");
	}

	@Test
	void aRouteTellsWhereItIsWrittenWhetherItIsInForceAndWhichValuesAreItsOwn() {
		JsonNode beta = json(this.server.get("/registry/routes/beta"));
		assertThat(beta.path("state").asText()).isEqualTo("IN_FORCE");
		assertThat(beta.path("reason").asText()).isEmpty();
		assertThat(beta.at("/origin/source").asText()).isEqualTo("CONFIGURATION");
		assertThat(beta.at("/origin/place").asText()).isEqualTo("holdfast.routes[beta]");
		assertThat(beta.path("service").asText()).isEqualTo("users");
		assertThat(beta.path("others")).isEmpty();
		JsonNode byPath = json(this.server.get("/registry/routes/by-path")).path("valueOrigins");
		assertThat(byPath.path("times.requestSeconds").asText()).isEqualTo("default");
		assertThat(byPath.path("protocol").asText()).isEqualTo("default");
		assertThat(byPath.properties()).extracting(Map.Entry::getKey)
			.contains("retry.attempts", "retry.statuses", "retry.backoffSeconds");
		HttpResponse<String> none = this.server.get("/registry/routes/none");
		assertThat(none.statusCode()).isEqualTo(404);
		assertThat(json(none).path("code").asText()).isEqualTo("unknown-route");
		assertThat(json(this.server.get("/registry/routes/sources")).path("items")).isEmpty();
	}

	@Test
	void aMatchTellsTheRouteTheInstancesAndTheirShares() {
		JsonNode match = json(this.server.get("/registry/routes/match?path=/orders/1%3Fx=1"));
		assertThat(match.path("matched").asBoolean()).isTrue();
		assertThat(match.at("/route/id").asText()).isEqualTo("by-path");
		assertThat(match.path("service").asText()).isEqualTo("orders");
		assertThat(match.path("upstreamPath").asText()).isEqualTo("/1?x=1");
		assertThat(match.path("candidates").findValuesAsText("share")).containsExactly("0.5", "0.5", "0.0");
		assertThat(match.at("/candidates/2/reasons/0").asText()).isEqualTo("its weight is 0");
		assertThat(match.path("considered").findValuesAsText("why"))
			.containsExactly("host: none (expected: shop.example.org)", "header x-api-key: none", "it is taken");
		JsonNode beta = json(this.server
			.get("/registry/routes/match?path=/orders/1&header=X-Beta:1&header=X-Api-Key:%20s3cret&method=post"));
		assertThat(beta.at("/route/id").asText()).isEqualTo("beta");
		assertThat(beta.path("service").asText()).isEqualTo("users");
		assertThat(beta.toString()).doesNotContain("s3cret");
		assertThat(
				this.server.get("/registry/routes/match?path=/orders/1&header=X-Beta:1&header=X-Api-Key:guess").body())
			.isEqualTo(this.server.get("/registry/routes/match?path=/orders/1&header=X-Beta:1&header=X-Api-Key:s3cret")
				.body())
			.contains("is not told");
		assertThat(
				json(this.server.get("/registry/routes/match?path=/a&host=shop.example.org&method=get")).path("matched")
					.asBoolean())
			.isFalse();
		JsonNode probe = json(this.server.get("/registry/routes/match?path=/livez&host=shop.example.org"));
		assertThat(probe.path("matched").asBoolean()).isFalse();
		assertThat(probe.path("note").asText()).isEqualTo("it is a probe");
		JsonNode shop = json(this.server.get("/registry/routes/match?path=/a&host=SHOP.example.org:8080"));
		assertThat(shop.at("/route/id").asText()).isEqualTo("shop");
		JsonNode none = json(this.server.get("/registry/routes/match?path=/nobody"));
		assertThat(none.path("matched").asBoolean()).isFalse();
		assertThat(none.path("note").asText()).contains("404 no-route");
		assertThat(json(this.server.get("/registry/routes/match?path=/a/%252e%252e/b")).path("note").asText())
			.contains("400");
	}

	@Test
	void aMatchSendsNothingCountsNothingAndUsesUpNoTrial() {
		UpstreamInstance instance = this.traffic.instance("users", "u1");
		instance.end(Outcome.CONNECT_FAILURE, instance.start());
		this.traffic.pass(Duration.ofSeconds(2));
		for (int i = 0; i < 3; i++) {
			JsonNode match = json(this.server.get("/registry/routes/match?path=/users/7"));
			assertThat(match.at("/candidates/0/eligible").asBoolean()).isTrue();
			assertThat(match.at("/candidates/0/reasons/0").asText()).contains("one request at a time");
		}
		assertThat(instance.total()).isEqualTo(1);
		assertThat(instance.active()).isZero();
		assertThat(this.traffic.upstream("users").choose(List.of())).isSameAs(instance);
	}

	@Test
	void aMatchSaysWhatKeepsARequestFromEveryInstance() {
		UpstreamInstance instance = this.traffic.instance("users", "u1");
		instance.start();
		instance.start();
		JsonNode full = json(this.server.get("/registry/routes/match?path=/users/7"));
		assertThat(full.at("/candidates/0/eligible").asBoolean()).isFalse();
		assertThat(full.at("/candidates/0/reasons/0").asText()).contains("all the requests");
		assertThat(full.path("note").asText()).contains("503 overloaded");
		this.registry.with("users");
		assertThat(json(this.server.get("/registry/routes/match?path=/users/7")).path("note").asText())
			.contains("503 no-instance");
	}

	@Test
	void trafficIsListedInPointsForServicesThatHadSome() {
		this.traffic.end("orders", 3, Outcome.SUCCESS, Duration.ofMillis(10));
		this.traffic.end("orders", 1, Outcome.SERVER_ERROR, Duration.ofMillis(10));
		this.traffic.pass(Duration.ofSeconds(10));
		this.traffic.history().read();
		HttpResponse<String> answer = this.server.get("/registry/traffic");
		String tag = answer.headers().firstValue("ETag").orElseThrow();
		assertThat(answer.headers().allValues("Cache-Control")).containsExactly("no-cache");
		assertThat(this.server.get("/registry/traffic", "If-None-Match", tag).statusCode()).isEqualTo(304);
		JsonNode page = json(answer);
		assertThat(page.path("stepSeconds").asInt()).isEqualTo(10);
		assertThat(page.path("points").asInt()).isEqualTo(60);
		assertThat(page.at("/total/requests")).hasSize(60);
		assertThat(page.path("total").path("requests").get(59).asInt()).isEqualTo(4);
		assertThat(page.path("items").findValuesAsText("name")).containsExactly("orders");
		assertThat(page.at("/items/0/errors/59").asInt()).isEqualTo(1);
		assertThat(page.at("/items/0/p95Millis/58").isNull()).isTrue();
		assertThat(page.at("/items/0/p95Millis/59").asDouble()).isBetween(9.0, 11.0);
		assertThat(json(this.server.get("/registry/traffic?q=USER")).path("total").path("requests").get(59).asInt())
			.isEqualTo(4);
		assertThat(json(this.server.get("/registry/traffic?q=USER&sort=-requests")).path("items")).isEmpty();
		this.traffic.end("users", 5, Outcome.SUCCESS, Duration.ofMillis(10));
		this.traffic.pass(Duration.ofSeconds(20));
		this.traffic.history().read();
		HttpResponse<String> next = this.server.get("/registry/traffic?sort=-requests", "If-None-Match", tag);
		assertThat(next.statusCode()).isEqualTo(200);
		assertThat(json(next).at("/total/requests/58").isNull()).isTrue();
		assertThat(json(this.server.get("/registry/traffic?sort=-errors")).path("items").findValuesAsText("name"))
			.containsExactly("orders");
	}

	@Test
	void trafficIsATableOfSumsAtATerminal() {
		this.traffic.end("orders", 3, Outcome.SUCCESS, Duration.ofMillis(10));
		this.traffic.end("users", 1, Outcome.SUCCESS, Duration.ofMillis(10));
		this.traffic.pass(Duration.ofSeconds(10));
		this.traffic.history().read();
		this.traffic.end("orders", 1, Outcome.SERVER_ERROR, Duration.ofMillis(10));
		this.traffic.pass(Duration.ofSeconds(10));
		this.traffic.history().read();
		HttpResponse<String> answer = this.server.get("/registry/traffic?size=1", "Accept", "text/plain");
		assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain;charset=UTF-8");
		assertThat(answer.body()).containsPattern("total\\.requests +5\n").containsPattern("""
				NAME    REQUESTS  ERRORS  ERROR-RATIO  REQ/S  P95-MS
				orders         4       1         0\\.25    0\\.1 +(10|9|1[01])[.0-9]*

				1 to 1 of 2 \\(page 0\\)
				""");
		String json = this.server.get("/registry/traffic").headers().firstValue("ETag").orElseThrow();
		assertThat(this.server.get("/registry/traffic", "Accept", "text/plain", "If-None-Match", json).statusCode())
			.isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/registry/gateways", "/registry/overrides", "/registry/routes", "/registry/certificates",
			"/registry/audit", "/registry/traffic", "/registry/routes/match?path=/users/7" })
	void everyOtherListIsReadableAtATerminalToo(String path) {
		HttpResponse<String> answer = this.server.get(path, "Accept", "text/plain");
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.body()).isNotBlank().doesNotStartWith("{");
	}

	@Test
	void certificatesSayUntilWhenTheyAreValidAndWhatTheyAreFor() throws Exception {
		CertificateAuthority authority = new CertificateAuthority(this.folder, "authority");
		X509Certificate own = read(authority.issue("gateway", "gateway.test").certificate());
		X509Certificate old = read(authority.issueExpired("old", "old.test").certificate());
		X509Certificate root = read(authority.certificate());
		this.bundles = List.of(
				new UsedBundle("edge", CertificateUse.TRAFFIC_PORT, List.of(List.of(own, root)), List.of()),
				new UsedBundle("edge", CertificateUse.ETCD, List.of(List.of(own, root)), List.of()),
				new UsedBundle("inner", CertificateUse.INSTANCES, List.of(List.of(old)), List.of(root)));
		JsonNode items = json(this.server.get("/registry/certificates?sort=bundle")).path("items");
		assertThat(items).hasSize(4);
		assertThat(items.get(0).path("use").toString()).isEqualTo("[\"TRAFFIC_PORT\",\"ETCD\"]");
		assertThat(items.get(0).path("subject").asText()).contains("gateway");
		assertThat(items.get(0).path("names").toString()).contains("gateway.test");
		assertThat(items.get(0).path("notAfter").asText()).isEqualTo(own.getNotAfter().toInstant().toString());
		assertThat(items.get(1).path("position").asInt()).isEqualTo(1);
		assertThat(items.findValuesAsText("role")).containsExactly("SHOWN", "SHOWN", "SHOWN", "TRUSTED");
		assertThat(
				json(this.server.get("/registry/certificates?status=expired")).path("items").findValuesAsText("bundle"))
			.containsExactly("inner");
		assertThat(this.server.get("/registry/certificates").body()).doesNotContain("PRIVATE");
	}

	@Test
	void theAuditHasTheLastWritesTheNewestFirstAndRefusalsPushNoneOut() {
		this.registry.setRefresh(CompletableFuture.completedFuture(new RefreshResult(1, 0, 0, 0, 1, 2)));
		String token = "Bearer " + AdminApi.TOKEN;
		assertThat(this.server.sendWithoutBody("POST", "/registry/refresh?reason=drill", "Authorization", token)
			.statusCode()).isEqualTo(200);
		for (int i = 0; i < Audit.REMEMBERED_REFUSALS + 10; i++) {
			assertThat(this.server.sendWithoutBody("POST", "/registry/refresh").statusCode()).isEqualTo(401);
		}
		JsonNode audit = json(this.server.get("/registry/audit?size=1000"));
		assertThat(audit.path("total").asInt()).isEqualTo(Audit.REMEMBERED_REFUSALS + 1);
		JsonNode oldest = audit.path("items").get(Audit.REMEMBERED_REFUSALS);
		assertThat(oldest.path("call").asText()).isEqualTo("POST /registry/refresh");
		assertThat(oldest.path("reason").asText()).isEqualTo("drill");
		assertThat(oldest.path("result").asText()).isEqualTo("200");
		assertThat(oldest.path("who").asText()).isEqualTo("127.0.0.1");
		assertThat(json(this.server.get("/registry/audit?q=DRILL&sort=time")).path("total").asInt()).isEqualTo(1);
		assertThat(json(this.server.get("/registry/audit?status=401&size=1")).path("total").asInt())
			.isEqualTo(Audit.REMEMBERED_REFUSALS);
	}

	@Test
	void aWriteIsRecordedWhateverItsReasonIsEncodedLike() throws Exception {
		String done = raw("DELETE /registry/freeze?reason=%zz", "Authorization: Bearer " + AdminApi.TOKEN);
		assertThat(done).startsWith("HTTP/1.1 204");
		assertThat(raw("DELETE /registry/freeze?reason=%zz%0a", "X-No: token")).startsWith("HTTP/1.1 401");
		JsonNode audit = json(this.server.get("/registry/audit"));
		assertThat(audit.path("items").findValuesAsText("result")).containsExactly("401", "204");
		assertThat(audit.path("items").findValuesAsText("reason")).containsExactly("%zz%0a", "%zz");
		assertThat(audit.path("items").findValuesAsText("address")).containsExactly("127.0.0.1", "127.0.0.1");
	}

	@Test
	void whoWroteHidesNotWhereItCameFrom() {
		Audit audit = new Audit(Clock.systemUTC());
		AuditLog log = new AuditLog();
		for (String who : List.of("10.0.0.1", "alice@example.org", "bob from 10.0.0.2: 200")) {
			audit.record(who, "10.0.0.1", "PUT /registry/freeze", new WriteNote("", null), "403");
		}
		assertThat(log.lines()).containsExactly("PUT /registry/freeze by 10.0.0.1: 403; reason: none given",
				"PUT /registry/freeze by alice@example.org from 10.0.0.1: 403; reason: none given",
				"PUT /registry/freeze by \"bob from 10.0.0.2: 200\" from 10.0.0.1: 403; reason: none given");
		assertThat(audit.entries()).extracting(AuditEntry::who)
			.containsExactly("bob from 10.0.0.2: 200", "alice@example.org", "10.0.0.1");
		assertThat(audit.entries()).extracting(AuditEntry::address).containsOnly("10.0.0.1");
	}

	@Test
	void aReconnectAnswersWithTheNumberOfTheGeneration() {
		this.registry.setReconnect(CompletableFuture.completedFuture(4L));
		assertThat(this.server.sendWithoutBody("POST", "/registry/reconnect").statusCode()).isEqualTo(401);
		assertThat(
				this.server.sendWithoutBody("POST", "/registry/reconnect", "Authorization", "Bearer " + AdminApi.TOKEN)
					.body())
			.isEqualTo("{\"generation\":4}");
	}

	@Test
	void aWriteIsDoneOnlyInTheStateThatItNames() {
		this.registry.hold("orders", "o1");
		String etag = this.server.get("/registry/held").headers().firstValue("ETag").orElseThrow();
		String[] seen = { "Authorization", "Bearer " + AdminApi.TOKEN, "If-Match", etag };
		this.registry.hold("users", "u1");
		HttpResponse<String> late = this.server.sendWithoutBody("POST", "/registry/held/approve", seen);
		assertThat(late.statusCode()).isEqualTo(412);
		assertThat(json(late).path("code").asText()).isEqualTo("precondition-failed");
		assertThat(json(late).path("etag").asText())
			.isEqualTo(this.server.get("/registry/held").headers().firstValue("ETag").orElseThrow());
		this.registry.setReconnect(CompletableFuture.completedFuture(4L));
		String state = this.server.get("/registry/status").headers().firstValue("ETag").orElseThrow();
		for (String tag : List.of(state, "*", "\"other\", " + state)) {
			assertThat(this.server
				.sendWithoutBody("POST", "/registry/reconnect", "Authorization", "Bearer " + AdminApi.TOKEN, "If-Match",
						tag)
				.statusCode()).isEqualTo(200);
		}
		assertThat(this.server
			.sendWithoutBody("POST", "/registry/reconnect", "Authorization", "Bearer " + AdminApi.TOKEN, "If-Match",
					"\"other\"")
			.statusCode()).isEqualTo(412);
		assertThat(this.server.sendWithoutBody("POST", "/registry/reconnect", "If-Match", state).statusCode())
			.isEqualTo(401);
	}

	@Test
	void theExportHasEverythingAndNoSecret() {
		this.registry.hold("orders", "o1");
		this.registry.setMembers(MemberState.answered("http://root:s3cret@127.0.0.1:2379"));
		this.registry.setUnreadable(
				new UnreadableRecord("/services/x/1", "address: \"http://u:s3cret@h\"", 7, FakeRegistry.PROVEN_AT));
		this.registry.become(new RegistryStatus.Stale(FakeRegistry.PROVEN_AT, "at http://root:s3cret@127.0.0.1:2379"));
		HttpResponse<String> answer = this.server.get("/registry/export");
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.headers().allValues("Cache-Control")).containsExactly("no-store");
		assertThat(answer.body()).doesNotContain("s3cret");
		JsonNode export = json(answer);
		assertThat(export.path("schemaVersion").asInt()).isEqualTo(1);
		assertThat(export.fieldNames()).toIterable()
			.contains("exportedAt", "status", "configuration", "routes", "certificates", "overrides", "services",
					"held", "unreadable", "journal", "audit");
		assertThat(export.path("services").findValuesAsText("name")).containsExactly("orders", "users");
		assertThat(export.at("/services/0/instances/0/registration/key").asText()).isEqualTo("/services/orders/o1");
		assertThat(export.at("/services/0/instances/0/traffic/total").isNumber()).isTrue();
		assertThat(export.at("/held/0/instance").asText()).isEqualTo("o1");
		assertThat(this.server.get("/registry/status").body()).doesNotContain("s3cret");
	}

	/** No client writes what cannot stand in a URI. */
	private String raw(String request, String field) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.server.port())) {
			socket.getOutputStream()
				.write("%s HTTP/1.1\r\nHost: localhost\r\n%s\r\nConnection: close\r\n\r\n".formatted(request, field)
					.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	@Test
	void whatCannotBeReadIsListedSearchedAndExportedWithoutSecrets() {
		this.registry.setUnreadable(new UnreadableRecord("/services/x/1",
				"value: \"{\"host\":\"h\",\"password\":\"s3cret\",\"url\":\"http://h/?token=s3cret\"", 7,
				FakeRegistry.PROVEN_AT));
		for (String path : List.of("/registry/unreadable", "/registry/export")) {
			assertThat(this.server.get(path).body()).as(path).contains("/services/x/1").doesNotContain("s3cret");
		}
		assertThat(json(this.server.get("/registry/unreadable?q=s3cret")).path("total").asInt()).isZero();
		assertThat(json(this.server.get("/registry/unreadable?q=password")).path("total").asInt()).isEqualTo(1);
	}

	private static X509Certificate read(Path file) throws IOException, CertificateException {
		try (InputStream input = Files.newInputStream(file)) {
			return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(input);
		}
	}

	private static JsonNode json(HttpResponse<String> answer) {
		try {
			return JSON.readTree(answer.body());
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException(answer.body(), ex);
		}
	}

}
