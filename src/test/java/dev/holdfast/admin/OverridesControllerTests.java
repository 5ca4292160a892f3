package dev.holdfast.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.override.Action;
import dev.holdfast.override.Command;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.Scope;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.service.ServiceName;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.web.servlet.HandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class OverridesControllerTests {

	private static final ServiceName ORDERS = new ServiceName("orders");

	private static final String O1 = "/registry/services/orders/instances/o1";

	private static final String HOUR = "{\"ttlSeconds\": 3600, \"reason\": \"new kernel\"}";

	private final FakeRegistry registry = new FakeRegistry().with("orders", "o1", "o2");

	private final AdminApi api = new AdminApi(this.registry);

	@Test
	void aDrainTellsUntilWhenAndIsShown() {
		assertThat(put(O1 + "/drain", HOUR)).hasStatusOk().bodyJson().isStrictlyEqualTo("""
				{"kind": "DRAIN", "service": "orders", "instance": "o1", "weight": null, "scope": "LOCAL",
				 "since": "2026-01-02T03:04:05Z", "until": "2026-01-02T04:04:05Z", "reason": "new kernel",
				 "by": "127.0.0.1"}""");
		assertThat(get("/registry/services/orders")).bodyJson()
			.isLenientlyEqualTo(
					"""
							{"service": {"status": "HEALTHY", "instances": {"total": 2, "routable": 1, "draining": 1, "ejected": 0}},
							 "instances": [{"id": "o1", "weight": 100, "effectiveWeight": 0,
							   "health": {"status": "DRAINING",
							     "reasons": ["an operator drains it until 2026-01-02T04:04:05Z: new kernel"]},
							   "override": {"weight": null, "drain": {"scope": "LOCAL", "since": "2026-01-02T03:04:05Z",
							     "until": "2026-01-02T04:04:05Z", "reason": "new kernel", "by": "127.0.0.1"}}},
							  {"id": "o2", "weight": 100, "effectiveWeight": 100, "health": {"status": "ROUTABLE"}}]}""")
			.doesNotHavePath("$.instances[1].override");
		assertThat(this.registry.notes())
			.containsExactly("OVERRIDDEN orders o1: drained until 2026-01-02T04:04:05Z by 127.0.0.1: new kernel");
		this.api.pass(Duration.ofHours(1));
		assertThat(get("/registry/services/orders")).bodyJson().doesNotHavePath("$.instances[0].override");
		assertThat(this.registry.notes()).last().isEqualTo("OVERRIDE_ENDED orders o1: drained has ended at its time");
	}

	@Test
	void theLastRoutableInstanceIsDrainedByForceAlone() {
		assertThat(put(O1 + "/drain", HOUR)).hasStatusOk();
		String o2 = O1.replace("o1", "o2");
		assertThat(put(o2 + "/drain", HOUR)).hasStatus(HttpStatus.CONFLICT)
			.bodyJson()
			.hasPathSatisfying("$.code", (code) -> assertThat(code).isEqualTo("last-routable-instance"));
		assertThat(put(o2 + "/weight", "{\"ttlSeconds\": 60, \"weight\": 0}")).hasStatus(HttpStatus.CONFLICT);
		assertThat(put(o2 + "/weight", "{\"ttlSeconds\": 60, \"weight\": 1}")).hasStatusOk();
		assertThat(put(o2 + "/drain", "{\"ttlSeconds\": 60, \"force\": true}")).hasStatusOk();
		// What is drained may be drained for longer.
		assertThat(put(O1 + "/drain", HOUR)).hasStatusOk();
		assertThat(get("/registry/services?q=orders")).bodyJson()
			.isLenientlyEqualTo(
					"{\"items\": [{\"status\": \"DOWN\", \"instances\": {\"routable\": 0, \"draining\": 2}}]}");
	}

	@Test
	void anInstanceIsTheLastRoutableOneWhenTheOthersAreEjected() {
		this.api.eject("o2");
		assertThat(put(O1 + "/drain", HOUR)).hasStatus(HttpStatus.CONFLICT);
		assertThat(put(O1.replace("o1", "o2") + "/drain", HOUR)).hasStatusOk();
	}

	@Test
	void aDrainCanBeSentAgainAndGoesOnSinceItBegan() {
		put(O1 + "/drain", HOUR);
		this.api.pass(Duration.ofMinutes(1));
		assertThat(put(O1 + "/drain", HOUR)).bodyJson().isLenientlyEqualTo("""
				{"since": "2026-01-02T03:04:05Z", "until": "2026-01-02T04:05:05Z"}""");
		assertThat(delete(O1 + "/drain")).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(delete(O1 + "/drain")).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(this.api.overrides().active().all()).isEmpty();
	}

	@Test
	void anotherWeightIsShown() {
		assertThat(put(O1 + "/weight", "{\"ttlSeconds\": 60, \"weight\": 7}")).bodyJson()
			.isLenientlyEqualTo("{\"kind\": \"WEIGHT\", \"weight\": 7}");
		assertThat(get("/registry/services/orders")).bodyJson()
			.isLenientlyEqualTo(
					"""
							{"instances": [{"id": "o1", "weight": 100, "effectiveWeight": 7,
							  "health": {"status": "ROUTABLE", "reasons": ["an operator has set its weight to 7 until 2026-01-02T03:05:05Z"]},
							  "override": {"drain": null, "weight": {"weight": 7, "scope": "LOCAL", "by": "127.0.0.1"}}}, {}]}""");
		assertThat(delete(O1 + "/weight")).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(get("/registry/services/orders")).bodyJson()
			.hasPathSatisfying("$.instances[0].effectiveWeight", (weight) -> assertThat(weight).isEqualTo(100));
	}

	@Test
	void anOverrideOfWhatHasGoneIsKeptAndCanBeEnded() {
		put(O1 + "/drain", HOUR);
		this.registry.with("orders", "o2");
		assertThat(get("/registry/overrides")).bodyJson()
			.isLenientlyEqualTo("{\"total\": 1, \"items\": [{\"kind\": \"DRAIN\", \"instance\": \"o1\"}]}");
		assertThat(delete(O1 + "/drain")).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(get("/registry/overrides")).bodyJson().isLenientlyEqualTo("{\"total\": 0}");
	}

	@Test
	void theCircuitOfAServiceThatHasGoneCanBeReset() {
		post("/registry/services/orders/circuit", "{\"action\": \"FORCE_OPEN\", \"ttlSeconds\": 60}");
		AdminApi gone = new AdminApi(new FakeRegistry());
		this.api.overrides().active().all().forEach(gone.overrides()::put);
		assertThat(gone.tester()
			.post()
			.uri("/registry/services/orders/circuit")
			.header(HttpHeaders.AUTHORIZATION, "Bearer " + AdminApi.TOKEN)
			.contentType(MediaType.APPLICATION_JSON)
			.content("{\"action\": \"RESET\"}")
			.exchange()).hasStatusOk().bodyJson().isStrictlyEqualTo("{\"circuit\": \"CLOSED\", \"override\": null}");
		assertThat(gone.overrides().active().all()).isEmpty();
	}

	@Test
	void theListFindsAndPagesOverrides() {
		put(O1 + "/drain", HOUR);
		put("/registry/freeze", HOUR);
		post("/registry/services/orders/circuit", "{\"action\": \"FORCE_OPEN\", \"ttlSeconds\": 60}");
		assertThat(get("/registry/overrides?size=2")).bodyJson()
			.isLenientlyEqualTo(
					"{\"total\": 3, \"items\": [{\"kind\": \"CIRCUIT_OPEN\", \"instance\": null}, {\"kind\": \"DRAIN\"}]}");
		assertThat(get("/registry/overrides?q=kernel")).bodyJson().isLenientlyEqualTo("{\"total\": 2}");
		assertThat(get("/registry/overrides?q=freeze")).bodyJson()
			.isLenientlyEqualTo("{\"items\": [{\"kind\": \"FREEZE\", \"service\": null}]}");
	}

	@Test
	void theEntityTagChangesWithTheOverrides() {
		String before = get("/registry/services/orders").getResponse().getHeader(HttpHeaders.ETAG);
		put(O1 + "/drain", HOUR);
		String after = get("/registry/services/orders").getResponse().getHeader(HttpHeaders.ETAG);
		assertThat(after).isNotNull().isNotEqualTo(before);
	}

	@Test
	void aCircuitIsKeptOpenAndReset() {
		assertThat(post("/registry/services/orders/circuit",
				"{\"action\": \"FORCE_OPEN\", \"ttlSeconds\": 60, \"reason\": \"leaks\"}"))
			.hasStatusOk()
			.bodyJson()
			.isLenientlyEqualTo("{\"override\": {\"kind\": \"CIRCUIT_OPEN\", \"until\": \"2026-01-02T03:05:05Z\"}}");
		assertThat(this.api.overrides().active().of(ORDERS).circuitOpen()).isNotNull();
		assertThat(post("/registry/services/orders/circuit", "{\"action\": \"RESET\"}")).hasStatusOk()
			.bodyJson()
			.isStrictlyEqualTo("{\"circuit\": \"CLOSED\", \"override\": null}");
		assertThat(this.api.overrides().active().all()).isEmpty();
		assertThat(this.api.resets()).containsExactly("orders");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', emptyValue = "", nullValues = "none",
			textBlock = """
					PUT  | /registry/services/orders/instances/o1/drain  | {}                                    | 400 | missing-member
					PUT  | /registry/services/orders/instances/o1/drain  | {"ttlSeconds":604801}                 | 400 | bad-member
					PUT  | /registry/services/orders/instances/o1/drain  | {"ttlSeconds":60,"weight":1}          | 400 | unknown-member
					PUT  | /registry/services/orders/instances/o1/drain  | {"ttlSeconds":60,"force":"yes"}       | 400 | bad-member
					PUT  | /registry/services/orders/instances/o1/drain  | {"ttlSeconds":60,"scope":"cluster"}   | 400 | bad-member
					PUT  | /registry/services/orders/instances/o1/weight | {"ttlSeconds":60}                     | 400 | missing-member
					PUT  | /registry/services/orders/instances/o1/weight | {"ttlSeconds":60,"weight":-1}         | 400 | bad-member
					PUT  | /registry/services/orders/instances/o1/weight | {"ttlSeconds":60,"weight":1000001}    | 400 | bad-member
					PUT  | /registry/services/orders/instances/o1/weight | {"ttlSeconds":60,"weight":"1"}        | 400 | bad-member
					POST | /registry/services/orders/circuit             | {"ttlSeconds":60}                     | 400 | missing-member
					POST | /registry/services/orders/circuit             | {"action":"OPEN","ttlSeconds":60}     | 400 | bad-member
					POST | /registry/services/orders/circuit             | {"action":"FORCE_OPEN"}               | 400 | missing-member
					POST | /registry/services/orders/circuit             | {"action":"RESET","ttlSeconds":60}    | 400 | unknown-member
					POST | /registry/services/nobody/circuit             | {"action":"FORCE_OPEN","ttlSeconds":60} | 404 | unknown-service
					PUT  | /registry/services/nobody/instances/o1/drain  | {"ttlSeconds":60}                     | 404 | unknown-service
					PUT  | /registry/services/orders/instances/o9/drain  | {"ttlSeconds":60}                     | 404 | unknown-instance
					PUT  | /registry/services/orders/instances/o9/weight | {"ttlSeconds":60,"weight":1}          | 404 | unknown-instance
					DELETE | /registry/services/orders/instances/o1/drain?scope=all | ''                         | 400 | bad-parameter
					""")
	void whatIsNotUnderstoodChangesNothing(String method, String path, String body, int status, String code) {
		assertThat(send(HttpMethod.valueOf(method), path, body)).hasStatus(status)
			.bodyJson()
			.hasPathSatisfying("$.code", (found) -> assertThat(found).isEqualTo(code));
		assertThat(this.api.overrides().active().all()).isEmpty();
	}

	@Test
	void writesNeedTheToken() {
		assertThat(this.api.tester()
			.put()
			.uri(O1 + "/drain")
			.contentType(MediaType.APPLICATION_JSON)
			.content(HOUR)
			.exchange()).hasStatus(HttpStatus.UNAUTHORIZED);
		assertThat(this.api.overrides().active().all()).isEmpty();
	}

	@Test
	void aWriteIsInTheAuditLogWithWhoWhatAndWhy() {
		AuditLog audit = new AuditLog();
		put(O1 + "/drain", HOUR);
		assertThat(audit.lines())
			.containsExactly("PUT " + O1 + "/drain {\"ttlSeconds\":3600} by 127.0.0.1: 200; reason: new kernel");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "etcd cannot be reached" })
	void forAllGatewaysNothingCanBeDoneWhileEtcdIsAway(String reason) {
		if (!reason.isEmpty()) {
			this.api.share(new FakeSharedOverrides(this.api.overrides()).away(reason));
		}
		for (MvcTestResult refused : List.of(put(O1 + "/drain", cluster("")),
				put(O1 + "/weight", cluster(", \"weight\": 1")),
				post("/registry/services/orders/circuit", cluster(", \"action\": \"FORCE_OPEN\"")),
				put("/registry/freeze", cluster("")), delete(O1 + "/drain?scope=CLUSTER"),
				post("/registry/held/approve", "{\"all\": true, \"scope\": \"CLUSTER\"}"),
				post("/registry/refresh", "{\"scope\": \"CLUSTER\"}"))) {
			assertThat(refused).hasStatus(HttpStatus.SERVICE_UNAVAILABLE)
				.bodyJson()
				.hasPathSatisfying("$.code", (code) -> assertThat(code).isEqualTo("cluster-scope-unavailable"))
				.hasPathSatisfying("$.cause", (cause) -> assertThat(cause).asString().isNotEmpty().contains(reason));
		}
		assertThat(this.api.overrides().active().all()).isEmpty();
		assertThat(put(O1 + "/drain", HOUR)).hasStatusOk();
	}

	@Test
	void anOverrideForAllGatewaysIsShared() {
		FakeSharedOverrides shared = new FakeSharedOverrides(this.api.overrides());
		this.api.share(shared);
		assertThat(put(O1 + "/drain", cluster(""))).hasStatusOk()
			.bodyJson()
			.isLenientlyEqualTo("{\"kind\": \"DRAIN\", \"scope\": \"CLUSTER\"}");
		assertThat(this.api.overrides().active().of(Scope.CLUSTER)).hasSize(1);
		// The local one is in force where there are both.
		put(O1 + "/drain", HOUR);
		assertThat(get("/registry/services/orders")).bodyJson()
			.hasPathSatisfying("$.instances[0].override.drain.scope", (scope) -> assertThat(scope).isEqualTo("LOCAL"));
		assertThat(delete(O1 + "/drain")).hasStatusOk()
			.bodyJson()
			.isLenientlyEqualTo("{\"scope\": \"CLUSTER\", \"kind\": \"DRAIN\"}");
		assertThat(delete(O1 + "/drain?scope=CLUSTER")).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(this.api.overrides().active().all()).isEmpty();
	}

	@Test
	void whatAllGatewaysShareIsLiftedOnThisOneWhileEtcdIsAway() {
		FakeSharedOverrides shared = new FakeSharedOverrides(this.api.overrides());
		this.api.share(shared);
		put(O1 + "/drain", cluster(""));
		assertThat(delete(O1 + "/drain")).hasStatusOk().bodyJson().isLenientlyEqualTo("{\"scope\": \"CLUSTER\"}");
		shared.away("connection refused");
		this.api.overrides().keepShared();
		assertThat(delete(O1 + "/drain?scope=CLUSTER")).hasStatus(HttpStatus.SERVICE_UNAVAILABLE);
		assertThat(delete(O1 + "/drain?scope=LOCAL")).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(get("/registry/services/orders")).bodyJson().doesNotHavePath("$.instances[0].override");
		assertThat(this.registry.notes()).last().isEqualTo("OVERRIDE_ENDED orders o1: drained has ended");
	}

	@Test
	void whatEtcdHasLostIsShownAndInTheJournalAndEndsOnAllGatewaysByTheirWord() {
		FakeSharedOverrides shared = new FakeSharedOverrides(this.api.overrides());
		this.api.share(shared);
		put(O1 + "/drain", cluster(""));
		assertThat(get("/registry/overrides")).bodyJson().doesNotHavePath("$.items[0].note");
		shared.forget();
		assertThat(get("/registry/overrides")).bodyJson()
			.hasPathSatisfying("$.items[0].note", (note) -> assertThat(note).asString().contains("etcd was wiped"));
		assertThat(get("/registry/services/orders")).bodyJson()
			.isLenientlyEqualTo("{\"instances\": [{\"health\": {\"status\": \"DRAINING\"}}, {}]}");
		assertThat(this.registry.notes()).last()
			.isEqualTo("OVERRIDDEN orders o1: etcd has lost it, and it stays: drained on all gateways until "
					+ "2026-01-02T03:05:05Z by 127.0.0.1");
		assertThat(delete(O1 + "/drain?scope=CLUSTER")).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(this.api.overrides().active().all()).isEmpty();
		assertThat(shared.puts()).as("others hear of an end only of what etcd has").isEqualTo(2);
	}

	@Test
	void ofTwoWritersWithTheSameTagOneWins() throws InterruptedException {
		ServiceCatalogue catalogue = new ServiceCatalogue(this.registry, this.api, this.api.overrides());
		OverrideWrites writes = new OverrideWrites(this.api.overrides(), Optional.empty(), new AnswerDeadline());
		EntityTags tags = new EntityTags(this.registry, new ObjectMapper().findAndRegisterModules());
		Preconditions preconditions = new Preconditions(tags, catalogue,
				new HeldController(this.registry, this.registry, writes, new AnswerDeadline()), new StatusController(
						this.registry, catalogue, this.api.overrides(), new GatewayIdentity("gw-1", "0.1.0")));
		String tag = tags.tag(catalogue.find("orders", false), MediaType.APPLICATION_JSON);
		HttpServletRequest first = conditional(tag);
		HttpServletRequest second = conditional(tag);
		// Both come before either is done.
		assertThat(preconditions.preHandle(first, new MockHttpServletResponse(), this)).isTrue();
		assertThat(preconditions.preHandle(second, new MockHttpServletResponse(), this)).isTrue();
		Instant now = this.api.overrides().now();
		writes.inTurn(Scope.LOCAL, first, () -> {
			this.api.overrides()
				.put(new OperatorOverride(new Action.Drain(ORDERS, "o1"), Scope.LOCAL, now, now.plusSeconds(60), "",
						""));
			return "done";
		});
		assertThatExceptionOfType(ProblemException.class)
			.isThrownBy(() -> writes.inTurn(Scope.LOCAL, second, () -> "done too"))
			.satisfies((refused) -> assertThat(refused.getStatusCode()).isEqualTo(HttpStatus.PRECONDITION_FAILED));
	}

	private static HttpServletRequest conditional(String tag) {
		MockHttpServletRequest request = new MockHttpServletRequest("PUT", O1 + "/drain");
		request.addHeader(HttpHeaders.IF_MATCH, tag);
		request.setAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, Map.of("service", "orders"));
		return request;
	}

	@Test
	void moreOverridesForAllGatewaysThanCountAreAConflictAndNoOutage() {
		this.api.share(new FakeSharedOverrides(this.api.overrides()));
		Instant now = Instant.now();
		this.api.overrides()
			.replaceShared(IntStream.range(0, 1_000)
				.mapToObj((i) -> new OperatorOverride(new Action.Drain(ORDERS, "x" + i), Scope.CLUSTER, now,
						now.plusSeconds(60), "", ""))
				.toList());
		assertThat(put(O1 + "/drain", cluster(""))).hasStatus(HttpStatus.CONFLICT)
			.bodyJson()
			.hasPathSatisfying("$.code", (code) -> assertThat(code).isEqualTo("too-many-overrides"));
	}

	@Test
	void whatEtcdRefusesIsToldWithTheCause() {
		this.api.share(new FakeSharedOverrides(this.api.overrides()).failing("permission denied"));
		assertThat(put(O1 + "/drain", cluster(""))).hasStatus(HttpStatus.SERVICE_UNAVAILABLE)
			.bodyJson()
			.hasPathSatisfying("$.cause", (cause) -> assertThat(cause).asString().startsWith("permission denied"));
	}

	@Test
	void whatAllGatewaysAreToDoOnceIsACommand() {
		FakeSharedOverrides shared = new FakeSharedOverrides(this.api.overrides());
		this.api.share(shared);
		assertThat(post("/registry/held/approve",
				"{\"service\": \"orders\", \"instance\": \"o1\", \"scope\": \"CLUSTER\", \"reason\": \"scrapped\"}"))
			.hasStatus(HttpStatus.ACCEPTED);
		assertThat(post("/registry/held/cancel", "{\"all\": true, \"scope\": \"CLUSTER\", \"ttlSeconds\": 60}"))
			.hasStatus(HttpStatus.ACCEPTED);
		assertThat(post("/registry/refresh?scope=CLUSTER&reason=why", "")).hasStatus(HttpStatus.ACCEPTED);
		assertThat(post("/registry/services/orders/circuit", "{\"action\": \"RESET\", \"scope\": \"CLUSTER\"}"))
			.hasStatusOk();
		assertThat(shared.commands).containsExactly(
				new Command.Approve(Optional.of(ORDERS), Optional.of("o1"), "scrapped", "127.0.0.1"),
				new Command.Cancel(Optional.empty(), Optional.empty(), Duration.ofSeconds(60), "", "127.0.0.1"),
				new Command.Refresh("why", "127.0.0.1"), new Command.ResetCircuit(ORDERS, "", "127.0.0.1"));
		assertThat(this.registry.refreshes()).isZero();
	}

	@Test
	void aFreezeOfAllGatewaysLastsThoughTheLocalOneEnds() {
		FakeSharedOverrides shared = new FakeSharedOverrides(this.api.overrides());
		this.api.share(shared);
		put("/registry/freeze", cluster(""));
		put("/registry/freeze", HOUR);
		assertThat(this.registry.freeze()).get()
			.returns(FakeRegistry.PROVEN_AT.plusSeconds(3600), (freeze) -> freeze.until());
		assertThat(delete("/registry/freeze")).hasStatusOk();
		assertThat(this.registry.freeze()).get()
			.returns(FakeRegistry.PROVEN_AT.plusSeconds(60), (freeze) -> freeze.until());
		// Where etcd is away the time decides.
		this.api.overrides().keepShared();
		this.api.pass(Duration.ofSeconds(60));
		assertThat(this.registry.freeze()).isEmpty();
	}

	private static String cluster(String more) {
		return "{\"ttlSeconds\": 60, \"scope\": \"CLUSTER\"" + more + "}";
	}

	private MvcTestResult get(String path) {
		return this.api.tester().get().uri(path).exchange();
	}

	private MvcTestResult put(String path, String body) {
		return send(HttpMethod.PUT, path, body);
	}

	private MvcTestResult post(String path, String body) {
		return send(HttpMethod.POST, path, body);
	}

	private MvcTestResult delete(String path) {
		return send(HttpMethod.DELETE, path, "");
	}

	private MvcTestResult send(HttpMethod method, String path, String body) {
		var request = this.api.tester()
			.method(method)
			.uri(path)
			.header(HttpHeaders.AUTHORIZATION, "Bearer " + AdminApi.TOKEN);
		return body.isEmpty() ? request.exchange()
				: request.contentType(MediaType.APPLICATION_JSON).content(body).exchange();
	}

}
