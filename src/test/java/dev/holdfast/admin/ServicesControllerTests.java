package dev.holdfast.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.holdfast.check.Check;
import dev.holdfast.check.CheckMethod;
import dev.holdfast.check.CheckState;
import dev.holdfast.check.StatusSet;
import dev.holdfast.registry.Change;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.HeldSelection;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.upstream.EjectionCause;
import dev.holdfast.upstream.InstanceState;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.Statistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

class ServicesControllerTests {

	private final FakeRegistry registry = new FakeRegistry().with("users", "u1")
		.with("orders", "o1", "o2", "o3-idle")
		.with("Order-archive", "a1")
		.with("gone");

	private final AdminApi api = new AdminApi(this.registry);

	@Test
	void listGivesEveryServiceByName() {
		assertThat(get("/registry/services")).hasStatusOk().bodyJson().isLenientlyEqualTo("""
				{"page": 0, "size": 100, "total": 4, "items": [
					{"name": "Order-archive", "status": "HEALTHY", "instances": {"total": 1}},
					{"name": "gone", "status": "DOWN", "instances": {"total": 0, "routable": 0, "ejected": 0}},
					{"name": "orders", "status": "HEALTHY", "instances": {"total": 3, "routable": 2, "ejected": 0},
						"revision": 2, "asOf": "2026-01-02T03:04:05Z", "circuit": "CLOSED"},
					{"name": "users", "status": "HEALTHY"}]}""");
	}

	@Test
	void anInstanceShowsWhatItsHealthCheckHasComeTo() {
		this.api.check("o1",
				new CheckState(Optional.of(new Check.Http(CheckMethod.GET, "/health", StatusSet.parse("200"), "")), "",
						true, 4, 1, Optional.of(Instant.parse("2026-01-02T03:04:05Z")), "status 503 (expected: 200)"));
		this.api.check("o2", new CheckState(Optional.empty(), "path: x", false, 0, 0, Optional.empty(), ""));
		assertThat(get("/registry/services/orders")).bodyJson().isLenientlyEqualTo("""
				{"instances": [
					{"id": "o1", "check": {"kind": "http", "asks": "GET /health", "failures": 4, "passes": 1,
						"lastCheck": "2026-01-02T03:04:05Z", "lastError": "status 503 (expected: 200)", "problem": ""}},
					{"id": "o2", "check": {"kind": "none", "asks": "", "lastCheck": null, "problem": "path: x"}},
					{}]}""").doesNotHavePath("$.instances[2].check");
	}

	@Test
	void listShowsTheRecentTrafficAndNoTimesWhenNoneWasMeasured() {
		this.api.statistics("users", new Statistics(12.5, 0.25, 0.001, 0.02, 0.3));
		assertThat(get("/registry/services?traffic=true&q=users")).bodyJson().isLenientlyEqualTo("""
				{"items": [{"requestsPerSecond": 12.5, "errorRatio": 0.25, "p50": 0.001, "p95": 0.02, "p99": 0.3}]}""");
		assertThat(get("/registry/services?traffic=true&q=orders")).bodyJson().isLenientlyEqualTo("""
				{"items": [{"requestsPerSecond": 0.0, "errorRatio": 0.0, "p50": null, "p95": null, "p99": null}]}""");
	}

	@Test
	void trafficIsLeftOutUnlessItIsAskedFor() {
		this.api.statistics("users", new Statistics(12.5, 0.25, 0.001, 0.02, 0.3));
		assertThat(get("/registry/services?q=users&traffic=false")).bodyJson().isStrictlyEqualTo("""
				{"page": 0, "size": 100, "total": 1, "items": [{"name": "users", "status": "HEALTHY",
					"instances": {"total": 1, "routable": 1, "held": 0, "draining": 0, "ejected": 0}, "revision": 1,
					"asOf": "2026-01-02T03:04:05Z", "circuit": "CLOSED", "panic": false}]}""");
		assertThat(get("/registry/services/users")).bodyJson()
			.doesNotHavePath("$.service.p99")
			.doesNotHavePath("$.instances[0].traffic");
		assertThat(get("/registry/services/users?traffic=true")).bodyJson().isLenientlyEqualTo("""
				{"service": {"p99": 0.3}, "instances": [{"traffic": {"total": 0}}]}""");
	}

	@Test
	void listSortsByTrafficWhenThatIsShown() {
		this.api.statistics("users", new Statistics(12.5, 0.25, 0.001, 0.02, 0.3));
		assertThat(names("/registry/services?traffic=true&sort=-p99")).startsWith("users");
		assertThat(names("/registry/services?traffic=true&sort=requestsPerSecond")).endsWith("users");
		assertThat(names("/registry/services?traffic=true&sort=-status")).startsWith("gone");
	}

	@Test
	void listFindsNamesThatContainTheTextInAnyCase() {
		assertThat(names("/registry/services?q=ORDER")).containsExactly("Order-archive", "orders");
	}

	@Test
	void listFindsByStatus() {
		this.api.eject("o1");
		assertThat(names("/registry/services?status=down,DEGRADED")).containsExactly("gone", "orders");
	}

	@Test
	void listSortsBothWaysAndByNameWhereEqual() {
		this.api.eject("o1");
		assertThat(names("/registry/services?sort=-status")).containsExactly("gone", "orders", "Order-archive",
				"users");
		assertThat(names("/registry/services?sort=instances")).containsExactly("gone", "Order-archive", "users",
				"orders");
	}

	@Test
	void listGivesThePageAskedFor() {
		assertThat(names("/registry/services?size=3&page=1")).containsExactly("users");
		assertThat(names("/registry/services?size=1000&page=2147483647")).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"',
			textBlock = """
					size=0,      size,   0,      a whole number from 1 to 1000
					size=x,      size,   x,      a whole number from 1 to 1000
					page=-1,     page,   -1,     a whole number from 0 to 2147483647
					status=ILL,  status, ILL,    "HEALTHY, STALE, DEGRADED, DOWN, or several separated by commas"
					sort=colour, sort,   colour, "one of instances, name, revision, status, or with traffic=true of errorRatio, p99, \
					requestsPerSecond, with a minus before it for the reverse"
					sort=p99,    sort,   p99,    "one of instances, name, revision, status, or with traffic=true of errorRatio, p99, \
					requestsPerSecond, with a minus before it for the reverse"
					traffic=yes, traffic, yes,   true or false
					""")
	void listSaysWhatAParameterCanBe(String query, String parameter, String value, String expected) {
		assertThat(get("/registry/services?" + query)).hasStatus(HttpStatus.BAD_REQUEST)
			.hasContentType(MediaType.APPLICATION_PROBLEM_JSON)
			.bodyJson()
			.isLenientlyEqualTo("""
					{"code": "bad-parameter", "parameter": "%s", "value": "%s", "expected": "%s",
						"detail": "%1$s: \\"%2$s\\" (expected: %3$s)"}""".formatted(parameter, value, expected));
	}

	@Test
	void getShowsAServicesInstances() {
		this.api.eject("o2");
		assertThat(get("/registry/services/orders?traffic=true")).hasStatusOk()
			.bodyJson()
			.isLenientlyEqualTo(
					"""
							{"service": {"name": "orders", "status": "DEGRADED",
								"instances": {"total": 3, "routable": 1, "ejected": 1}},
							"instances": [
								{"id": "o1", "url": "http://10.0.0.5:8080", "zone": "eu-1a", "version": "1.4.2", "weight": 100,
									"metadata": {"team": "blue"},
									"registration": {"key": "/services/orders/o1", "format": "json", "createRevision": 2,
										"modRevision": 2, "lease": "694d8f3a", "source": "WATCH"},
									"health": {"status": "ROUTABLE", "reasons": []},
									"traffic": {"active": 0, "total": 0, "errors": 0, "connectFailures": 0}},
								{"id": "o2",
									"health": {"status": "EJECTED", "reasons": ["a connection to it was refused lately; it is avoided until 2026-01-02T03:04:06Z while there is another"]},
									"traffic": {"active": 1, "total": 20, "errors": 5, "connectFailures": 3}},
								{"id": "o3-idle", "weight": 0,
									"health": {"status": "WEIGHTLESS", "reasons": ["its weight is 0"]}}]}""");
	}

	@Test
	void serviceWithHeldInstancesIsDegradedAndCountsThem() {
		this.registry.hold("orders", "o1");
		assertThat(get("/registry/services?status=DEGRADED")).bodyJson().isLenientlyEqualTo("""
				{"total": 1, "items": [{"name": "orders",
					"instances": {"total": 3, "routable": 2, "held": 1, "ejected": 0}}]}""");
	}

	@Test
	void serviceWhoseInstancesAreAllUsedSaysSo() {
		assertThat(get("/registry/services/orders")).bodyJson().isLenientlyEqualTo("{'service': {'panic': false}}");
		this.api.panic();
		assertThat(get("/registry/services/orders")).bodyJson().isLenientlyEqualTo("{'service': {'panic': true}}");
		assertThat(get("/registry/services")).bodyJson().isLenientlyEqualTo("{'items': [{'panic': true}, {}, {}, {}]}");
	}

	@Test
	void getShowsWhyAnInstanceIsAvoidedThatFails() {
		this.api
			.become("o1",
					new InstanceState.Ejected(new EjectionCause.Failures(5, Outcome.SERVER_ERROR),
							Duration.ofSeconds(60), Instant.parse("2026-01-02T03:05:05Z")))
			.become("o2", new InstanceState.Returning(new EjectionCause.Failures(6, Outcome.TIMEOUT)))
			.become("o3-idle", new InstanceState.Failing(7));
		assertThat(get("/registry/services/orders")).bodyJson()
			.isLenientlyEqualTo(
					"""
							{"service": {"status": "DEGRADED", "instances": {"total": 3, "routable": 1, "ejected": 1}},
							"instances": [
								{"id": "o1", "health": {"status": "EJECTED", "reasons": [
									"it failed 5 requests in a row, the last one with a server error; it is avoided until 2026-01-02T03:05:05Z while there is another"]}},
								{"id": "o2", "health": {"status": "RETURNING", "reasons": [
									"it failed 6 requests in a row, the last one without an answer in time; it gets one request at a time until one succeeds"]}},
								{"id": "o3-idle", "health": {"status": "FAILING", "reasons": [
									"it failed 7 requests in a row; it is not avoided, since no more instances may be",
									"its weight is 0"]}}]}""");
	}

	@Test
	void getShowsAnInstanceThatFailsItsCheckAndOneThatStarts() {
		this.api.become("o1", new InstanceState.FailingCheck("the status is 503"))
			.become("o2", new InstanceState.SlowStart(true, Instant.parse("2026-01-02T03:04:35Z")));
		assertThat(get("/registry/services/orders")).bodyJson().isLenientlyEqualTo("""
				{"service": {"status": "DEGRADED", "instances": {"total": 3, "routable": 1, "ejected": 1}},
				"instances": [
					{"id": "o1", "health": {"status": "FAILING_CHECK", "reasons": [
						"its health check fails: the status is 503; it is avoided while there is another"]}},
					{"id": "o2", "health": {"status": "SLOW_START", "reasons": [
						"it has recovered, and gets its whole share from 2026-01-02T03:04:35Z on"]}},
					{"id": "o3-idle", "health": {"status": "WEIGHTLESS"}}]}""");
	}

	@Test
	void getShowsWhyAnInstanceStaysThatTheRegistryNoLongerHas() {
		this.registry.hold("orders", "o1");
		assertThat(get("/registry/services/orders")).bodyJson().isLenientlyEqualTo("""
				{"instances": [
					{"id": "o1", "health": {"status": "HELD", "reasons": [
							"the registry no longer has it; its removal is held: the registry came back 5 s ago"]},
						"hold": {"evidence": "EXPIRED", "reason": "the registry came back 5 s ago",
							"since": "2026-01-02T03:03:05Z", "deadline": "2026-01-02T03:14:05Z", "keptUntil": null,
							"probe": {"failures": 1, "lastCheck": "2026-01-02T03:04:05Z",
								"lastError": "connection refused"}}},
					{"id": "o2", "health": {"reasons": []}, "hold": null}, {"id": "o3-idle", "hold": null}]}""");
	}

	@Test
	void getShowsThatAnOperatorKeepsAnInstance() {
		this.registry.hold("orders", "o1")
			.cancel(new HeldSelection(Optional.empty(), Optional.empty()), Duration.ofHours(1), "")
			.join();
		this.api.eject("o1");
		assertThat(get("/registry/services/orders")).bodyJson()
			.isLenientlyEqualTo(
					"""
							{"instances": [{"id": "o1", "hold": {"deadline": null,
									"keptUntil": "2026-01-02T04:04:05Z"},
								"health": {"status": "EJECTED", "reasons": [
									"a connection to it was refused lately; it is avoided until 2026-01-02T03:04:06Z while there is another",
									"the registry no longer has it; its removal is held: an operator keeps it until 2026-01-02T04:04:05Z"]}},
								{}, {}]}""");
	}

	@Test
	void historyShowsTheNewestChangeFirst() {
		this.registry.setHistory(
				new Change(9, FakeRegistry.PROVEN_AT, Change.Cause.DROPPED_BY_PROBE, "o1", "connection refused"),
				new Change(7, FakeRegistry.PROVEN_AT.minusSeconds(60), Change.Cause.HELD, "o1",
						"the registry came back"),
				new Change(5, FakeRegistry.PROVEN_AT.minusSeconds(90), Change.Cause.PUT, "o2", "http://10.0.0.5:8080"));
		assertThat(get("/registry/services/orders/history")).hasStatusOk().bodyJson().isStrictlyEqualTo("""
				{"page": 0, "size": 100, "total": 3, "items": [
					{"revision": 9, "time": "2026-01-02T03:04:05Z", "cause": "DROPPED_BY_PROBE", "instance": "o1",
						"detail": "connection refused"},
					{"revision": 7, "time": "2026-01-02T03:03:05Z", "cause": "HELD", "instance": "o1",
						"detail": "the registry came back"},
					{"revision": 5, "time": "2026-01-02T03:02:35Z", "cause": "PUT", "instance": "o2",
						"detail": "http://10.0.0.5:8080"}]}""");
		assertThat(get("/registry/services/orders/history?q=o1&size=1&page=1")).bodyJson().isLenientlyEqualTo("""
				{"page": 1, "size": 1, "total": 2, "items": [{"revision": 7}]}""");
	}

	@Test
	void historyOfAServiceThatWasNeverRegisteredIsUnknown() {
		assertThat(get("/registry/services/ordres/history")).hasStatus(HttpStatus.NOT_FOUND)
			.bodyJson()
			.isLenientlyEqualTo(
					"""
							{"code": "unknown-service", "detail": "service: \\"ordres\\" (expected: one that is or was registered)"}""");
	}

	@Test
	void getWhenTheServiceWasNeverRegisteredSaysSo() {
		assertThat(get("/registry/services/ordres")).hasStatus(HttpStatus.NOT_FOUND)
			.hasContentType(MediaType.APPLICATION_PROBLEM_JSON)
			.bodyJson()
			.isLenientlyEqualTo("""
					{"status": 404, "code": "unknown-service", "instance": "/registry/services/ordres",
						"detail": "service: \\"ordres\\" (expected: one that is or was registered)"}""");
	}

	@Test
	void getWhenTheNameCannotBeAServicesSaysThatItIsUnknown() {
		assertThat(get("/registry/services/a b")).hasStatus(HttpStatus.NOT_FOUND);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			2, 0, 0, CLOSED,      true,  HEALTHY
			2, 0, 0, CLOSED,      false, STALE
			1, 0, 1, CLOSED,      true,  DEGRADED
			1, 0, 1, CLOSED,      false, DEGRADED
			2, 1, 0, CLOSED,      true,  DEGRADED
			2, 2, 0, CLOSED,      false, DEGRADED
			2, 0, 0, HALF_OPEN,   true,  DEGRADED
			2, 0, 0, OPEN,        true,  DOWN
			2, 0, 0, FORCED_OPEN, true,  DOWN
			0, 0, 2, CLOSED,      true,  DOWN
			0, 2, 2, CLOSED,      true,  DOWN
			0, 0, 0, CLOSED,      false, DOWN
			""")
	void statusIsTheWorstThatHolds(int routable, int held, int ejected, String circuit, boolean live,
			ServiceStatus expected) {
		assertThat(ServiceStatus.of(new InstanceCounts(2, routable, held, 0, ejected), circuit, live))
			.isEqualTo(expected);
	}

	@Test
	void listWhileTheRegistryIsStaleShowsHealthyServicesAsStale() {
		this.registry.become(new RegistryStatus.Stale(FakeRegistry.PROVEN_AT, "connection refused"));
		this.api.circuit("users", "OPEN");
		assertThat(names("/registry/services?status=STALE")).containsExactly("Order-archive", "orders");
		assertThat(names("/registry/services?status=DOWN")).containsExactly("gone", "users");
	}

	private MvcTestResult get(String uri) {
		return this.api.tester().get().uri(uri).exchange();
	}

	private List<String> names(String uri) {
		List<String> names = new ArrayList<>();
		assertThat(get(uri)).hasStatusOk()
			.bodyJson()
			.extractingPath("$.items[*].name")
			.asArray()
			.allSatisfy((name) -> names.add(String.valueOf(name)));
		return names;
	}

}
