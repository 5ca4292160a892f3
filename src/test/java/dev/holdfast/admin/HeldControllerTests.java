package dev.holdfast.admin;

import java.time.Duration;

import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.HeldRemoval;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

class HeldControllerTests {

	private final AuditLog audit = new AuditLog();

	private final FakeRegistry registry = new FakeRegistry().with("orders", "o1", "o2", "o3")
		.with("users", "u1")
		.hold("orders", "o1", "o2")
		.hold("users", "u1");

	private final AdminApi api = new AdminApi(this.registry);

	@Test
	void listShowsWhatIsHeldAndWhyAndForHowLong() {
		assertThat(get("/registry/held?size=1")).hasStatusOk()
			.bodyJson()
			.isStrictlyEqualTo(
					"""
							{"page": 0, "size": 1, "total": 3, "items": [
								{"service": "orders", "instance": "o1", "url": "http://10.0.0.5:8080", "key": "/services/orders/o1",
									"evidence": "EXPIRED", "reason": "the registry came back 5 s ago",
									"since": "2026-01-02T03:03:05Z", "deadline": "2026-01-02T03:14:05Z",
									"probe": {"failures": 1, "lastCheck": "2026-01-02T03:04:05Z", "lastError": "connection refused"},
									"keptUntil": null}]}""");
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			ORDERS,      2
			u1,          1
			/services/,  3
			10.0.0.5,    3
			o3,          0
			""")
	void listFindsServiceIdUrlAndKeyInAnyCase(String text, int found) {
		assertThat(get("/registry/held?q=" + text)).bodyJson().extractingPath("$.total").isEqualTo(found);
	}

	@Test
	void listSaysWhatAParameterCanBe() {
		assertThat(get("/registry/held?size=0")).hasStatus(HttpStatus.BAD_REQUEST).bodyJson().isLenientlyEqualTo("""
				{"code": "bad-parameter", "parameter": "size"}""");
	}

	@Test
	void approveDropsTheInstanceThatIsNamed() {
		assertThat(approve("""
				{"service": "orders", "instance": "o1", "reason": "host is scrapped"}""")).hasStatusOk()
			.bodyJson()
			.isLenientlyEqualTo("""
					{"approved": [{"service": "orders", "instance": "o1", "key": "/services/orders/o1"}]}""");
		assertThat(this.registry.held()).extracting((removal) -> removal.instance().id()).containsExactly("o2", "u1");
		assertThat(this.audit.lines()).containsExactly(
				"POST /registry/held/approve {\"service\":\"orders\",\"instance\":\"o1\"} by 127.0.0.1: 200; "
						+ "reason: host is scrapped");
	}

	@Test
	void approveDropsAllOfAService() {
		assertThat(approve("""
				{"service": "orders"}""")).bodyJson().isLenientlyEqualTo("""
				{"approved": [{"instance": "o1"}, {"instance": "o2"}]}""");
		assertThat(this.registry.held()).extracting((removal) -> removal.instance().id()).containsExactly("u1");
	}

	@Test
	void approveDropsAllOfAllServicesWhenThatIsSaid() {
		assertThat(approve("""
				{"all": true}""")).hasStatusOk();
		assertThat(this.registry.held()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			{"service":"orders","instance":"o3"}    | instance: "o3" of orders is not held
			{"service":"orders","instance":"never"} | instance: "never" of orders is not held
			{"service":"idle"}                      | service: "idle" has no removal that is held
			""")
	void operatorsWordOnWhatIsNotHeldIsNotFound(String body, String found) {
		this.registry.with("idle", "i1");
		String expected = """
				{"code": "not-held", "detail": "%s (expected: one of GET /registry/held)"}"""
			.formatted(found.replace("\"", "\\\""));
		assertThat(approve(body)).hasStatus(HttpStatus.NOT_FOUND)
			.hasContentType(MediaType.APPLICATION_PROBLEM_JSON)
			.bodyJson()
			.isLenientlyEqualTo(expected);
		assertThat(cancel(body)).hasStatus(HttpStatus.NOT_FOUND).bodyJson().isLenientlyEqualTo(expected);
		assertThat(this.registry.held()).hasSize(3);
	}

	@Test
	void approvalOfAllIsNotFoundWhenNothingIsHeld() {
		assertThat(approve("{\"all\":true}")).hasStatusOk();
		assertThat(approve("{\"all\":true}")).hasStatus(HttpStatus.NOT_FOUND).bodyJson().isLenientlyEqualTo("""
				{"code": "not-held", "detail": "no removal is held (expected: one of GET /registry/held)"}""");
	}

	@Test
	void cancelKeepsTheInstanceForAnHourUnlessToldOtherwise() {
		assertThat(cancel("""
				{"service": "orders", "instance": "o1"}""")).hasStatusOk().bodyJson().isLenientlyEqualTo("""
				{"kept": [{"instance": "o1", "deadline": null,
					"keptUntil": "2026-01-02T04:04:05Z"}]}""");
		assertThat(cancel("""
				{"service": "orders", "instance": "o1", "ttlSeconds": 86400}""")).bodyJson().isLenientlyEqualTo("""
				{"kept": [{"instance": "o1", "keptUntil": "2026-01-03T03:04:05Z"}]}""");
		assertThat(this.registry.held()).hasSize(3);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					{}                                       | missing-selection | service: none (expected: the name of one, or all: true for all services)
					{"all":false}                            | missing-selection | service: none (expected: the name of one, or all: true for all services)
					{"instance":"o1"}                        | bad-member        | instance: "o1" (expected: absent, or together with its service)
					{"all":true,"instance":"o1"}             | bad-member        | instance: "o1" (expected: absent, or together with its service)
					{"all":true,"service":"orders"}          | bad-member        | all: true (expected: absent when a service is named)
					{"all":"true"}                           | bad-member        | all: "true" (expected: true or false)
					{"service":"orders","instance":null}     | bad-member        | instance: null (expected: a text that is not empty)
					{"service":"orders","instance":""}       | bad-member        | instance: "" (expected: a text that is not empty)
					{"service":["orders"]}                   | bad-member        | service: ["orders"] (expected: a text that is not empty)
					{"service":"orders","reason":7}          | bad-member        | reason: 7 (expected: a text)
					{"service":"orders","instanse":"o1"}     | unknown-member    | instanse: unknown (expected: all, instance, reason, scope, service, ttlSeconds)
					{"service":"orders","ttlSeconds":0}      | bad-member        | ttlSeconds: 0 (expected: a whole number from 1 to 86400)
					{"service":"orders","ttlSeconds":86401}  | bad-member        | ttlSeconds: 86401 (expected: a whole number from 1 to 86400)
					{"service":"orders","ttlSeconds":1.5}    | bad-member        | ttlSeconds: 1.5 (expected: a whole number from 1 to 86400)
					{"service":"orders","ttlSeconds":"60"}   | bad-member        | ttlSeconds: "60" (expected: a whole number from 1 to 86400)
					{"service":"orders","ttlSeconds":99999999999999999999} | bad-member | ttlSeconds: 99999999999999999999 (expected: a whole number from 1 to 86400)
					[]                                       | malformed-body    | body: no object (expected: one JSON object, each member once)
					null                                     | malformed-body    | body: no object (expected: one JSON object, each member once)
					""")
	void writeThatDoesNotSayPlainlyWhatItMeansIsRefused(String body, String code, String detail) {
		assertThat(cancel(body)).hasStatus(HttpStatus.BAD_REQUEST)
			.hasContentType(MediaType.APPLICATION_PROBLEM_JSON)
			.bodyJson()
			.hasPathSatisfying("$.code", (found) -> assertThat(found).isEqualTo(code))
			.hasPathSatisfying("$.detail", (found) -> assertThat(found).isEqualTo(detail));
		assertThat(this.registry.held()).extracting(HeldRemoval::keptUntil).noneMatch((kept) -> kept.isPresent());
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "   ", "{\"all\":true", "{'all':true}", "{\"all\":true} {}",
			"{\"service\":\"orders\",\"service\":\"users\"}" })
	void bodyThatIsNotOneObjectIsMalformed(String body) {
		assertThat(approve(body)).hasStatus(HttpStatus.BAD_REQUEST).bodyJson().isLenientlyEqualTo("""
				{"code": "malformed-body"}""");
		assertThat(this.registry.held()).hasSize(3);
	}

	@Test
	void bodyBeyondAllMeasureIsRefused() {
		assertThat(approve("{\"all\":true,\"reason\":\"%s\"}".formatted("x".repeat(20_000))))
			.hasStatus(HttpStatus.PAYLOAD_TOO_LARGE)
			.bodyJson()
			.isLenientlyEqualTo("""
					{"code": "body-too-large"}""");
		assertThat(this.registry.held()).hasSize(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/x-www-form-urlencoded", "text/plain", "application/*" })
	void bodyOfAnotherTypeIsRefusedWithTheOneExpected(String type) {
		assertThat(post("/registry/held/approve", "{\"all\":true}", type)).hasStatus(HttpStatus.UNSUPPORTED_MEDIA_TYPE)
			.bodyJson()
			.isLenientlyEqualTo("""
					{"code": "unsupported-media-type", "detail": "Content-Type: %s (expected: application/json)"}"""
				.formatted(type));
		assertThat(this.registry.held()).hasSize(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "ordres", "a b", "a/b" })
	void selectionOfAnUnknownServiceIsNotFound(String service) {
		assertThat(approve("""
				{"service": "%s"}""".formatted(service))).hasStatus(HttpStatus.NOT_FOUND)
			.bodyJson()
			.isLenientlyEqualTo("""
					{"code": "unknown-service"}""");
	}

	@Test
	void refusedBodyIsInTheAuditLogWithItsReason() {
		cancel("""
				{"service": "orders", "ttlSeconds": -1, "reason": "keep\\r\\nthem"}""");
		assertThat(this.audit.lines()).containsExactly(
				"POST /registry/held/cancel {\"service\":\"orders\",\"ttlSeconds\":-1} by 127.0.0.1: 400; reason: keep??them");
	}

	@Test
	void reasonMayBeAParameterAsWithOtherWrites() {
		post("/registry/held/approve?reason=parameter", "{\"service\":\"orders\",\"reason\":\" \"}",
				MediaType.APPLICATION_JSON_VALUE);
		assertThat(this.audit.lines()).singleElement().asString().endsWith("200; reason: parameter");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/registry/held/approve", "/registry/held/cancel" })
	void writeWithoutTheTokenChangesNothing(String path) {
		assertThat(this.api.tester()
			.post()
			.uri(path)
			.contentType(MediaType.APPLICATION_JSON)
			.content("{\"all\":true}")
			.exchange()).hasStatus(HttpStatus.UNAUTHORIZED);
		assertThat(this.api.tester(null, Duration.ofSeconds(1))
			.post()
			.uri(path)
			.contentType(MediaType.APPLICATION_JSON)
			.content("{\"all\":true}")
			.exchange()).hasStatus(HttpStatus.FORBIDDEN);
		assertThat(this.registry.held()).hasSize(3)
			.extracting(HeldRemoval::keptUntil)
			.noneMatch((kept) -> kept.isPresent());
	}

	private MvcTestResult get(String uri) {
		return this.api.tester().get().uri(uri).exchange();
	}

	private MvcTestResult approve(String body) {
		return post("/registry/held/approve", body, MediaType.APPLICATION_JSON_VALUE);
	}

	private MvcTestResult cancel(String body) {
		return post("/registry/held/cancel", body, MediaType.APPLICATION_JSON_VALUE);
	}

	private MvcTestResult post(String uri, String body, String type) {
		return this.api.tester()
			.post()
			.uri(uri)
			.header(HttpHeaders.AUTHORIZATION, "Bearer " + AdminApi.TOKEN)
			.header(HttpHeaders.CONTENT_TYPE, type)
			.content(body)
			.exchange();
	}

}
