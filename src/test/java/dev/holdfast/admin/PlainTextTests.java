package dev.holdfast.admin;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.JournalEntry;
import dev.holdfast.registry.RegistryDiff;
import dev.holdfast.registry.UnreadableRecord;
import dev.holdfast.service.ServiceName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PlainTextTests {

	private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901Z");

	private static final FakeRegistry registry = new FakeRegistry().with("orders", "o1", "o2-idle")
		.with("payments", "p1-idle")
		.with("users", "u1");

	@SuppressWarnings("NullAway.Init")
	private static AdminServer server;

	@BeforeAll
	static void start() {
		registry.hold("orders", "o1");
		registry.setUnreadable(new UnreadableRecord("/services/x/\u001b[31my", "no JSON\nat all", 7, TIME));
		registry.setJournal(new JournalEntry(1, new ServiceName("orders"),
				new Change(12, TIME, Change.Cause.PUT, "o1", "weight 100 → 50")));
		registry.setHistory(new Change(12, TIME, Change.Cause.PUT, "o1", "weight 100 → 50"));
		registry.setDiff(CompletableFuture.completedFuture(new RegistryDiff(1, 2,
				List.of(new RegistryDiff.Difference("/services/orders/o1", "orders", "o1", "held")), List.of(),
				List.of())));
		server = AdminServer.over(registry, (context) -> {
		});
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	private static HttpResponse<String> text(String path) {
		return server.get(path, "Accept", "text/plain");
	}

	@Test
	void servicesAreATableWithTheWorstFirst() {
		HttpResponse<String> answer = text("/registry/services");
		assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain;charset=UTF-8");
		assertThat(answer.body()).isEqualTo("""
				NAME      STATUS    ROUTABLE  TOTAL  HELD  DRAINING  EJECTED  CIRCUIT  REVISION
				payments  DOWN             0      1     0         0        0  CLOSED          2
				orders    DEGRADED         1      2     1         0        0  CLOSED          1
				users     HEALTHY          1      1     0         0        0  CLOSED          3
				""");
	}

	@Test
	void anOrderThatIsAskedForAndAPageAreThoseOfJson() {
		assertThat(text("/registry/services?sort=name&size=2").body()).isEqualTo("""
				NAME      STATUS    ROUTABLE  TOTAL  HELD  DRAINING  EJECTED  CIRCUIT  REVISION
				orders    DEGRADED         1      2     1         0        0  CLOSED          1
				payments  DOWN             0      1     0         0        0  CLOSED          2

				1 to 2 of 3 (page 0)
				""");
		assertThat(text("/registry/services?q=nobody").body()).isEqualTo("none\n");
		assertThat(text("/registry/services?page=9").body()).isEqualTo("none\n\n0 of 3\n");
	}

	@Test
	void instancesThatAreOutOfTheOrdinaryComeFirst() {
		assertThat(text("/registry/services/orders").body()).contains("service.status", "DEGRADED")
			.contains("ID       URL")
			.containsSubsequence("o1       http://10.0.0.5:8080  HELD           100", "its removal is held", "o2-idle",
					"its weight is 0");
		assertThat(text("/registry/services/orders?traffic=true").body()).contains("ACTIVE");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/registry/held                    | SERVICE  INSTANCE  URL
			/registry/journal                 | TIME                  REVISION  CAUSE  SERVICE  INSTANCE  DETAIL
			/registry/services/orders/history | TIME                  REVISION  CAUSE  INSTANCE  DETAIL
			/registry/unreadable              | KEY
			/registry/diff                    | KEY                  SERVICE  INSTANCE  DETAIL
			/registry/status                  | etcd.endpoints
			/registry                         | etcd reachable; endpoints are current; 1 removal is held
			""")
	void everyListAndEveryStateIsReadable(String path, String line) {
		HttpResponse<String> answer = text(path);
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain;charset=UTF-8");
		assertThat(answer.headers().firstValue("Vary")).hasValue("Accept");
		assertThat(answer.body()).contains(line);
	}

	@Test
	void timesAreToldInSecondsAndWhatCouldCommandATerminalIsNot() {
		assertThat(text("/registry/unreadable").body()).isEqualTo("""
				KEY                 SINCE                 REVISION  REASON
				/services/x/?[31my  2026-01-02T03:04:05Z         7  no JSON?at all
				""");
	}

	@ParameterizedTest
	@ValueSource(strings = { "*/*", "application/json", "text/plain;q=0.5, application/json",
			"application/json, text/plain, */*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" })
	void whoDoesNotPreferTextGetsJson(String accept) {
		assertThat(server.get("/registry/services", "Accept", accept).headers().firstValue("Content-Type"))
			.hasValue("application/json");
		assertThat(server.get("/registry/services/nobody", "Accept", accept).headers().firstValue("Content-Type"))
			.hasValue("application/problem+json");
		assertThat(server.send("POST", "/registry/refresh", "", "Accept", accept).headers().firstValue("Content-Type"))
			.hasValue("application/problem+json");
	}

	@Test
	void problemsAreReadableWhereverTheyComeFrom() {
		assertThat(text("/registry/services/nobody").body()).isEqualTo("""
				404 Not Found (unknown-service)
				service: "nobody" (expected: one that is or was registered)
				""");
		assertThat(text("/registry/services?sort=x").body()).startsWith("400 Bad Request (bad-parameter)\nsort: ")
			.containsPattern("\nparameter +sort\n");
		assertThat(server.send("POST", "/registry/refresh", "", "Accept", "text/plain").body()).isEqualTo("""
				401 Unauthorized (unauthorized)
				Authorization: none (expected: Bearer <holdfast.admin.token>)
				""");
		assertThat(text("/registry/nothing").body()).startsWith("404 Not Found (not-found)\n");
	}

	@Test
	void textAndJsonHaveTagsOfTheirOwn() {
		String json = server.get("/registry/held").headers().firstValue("ETag").orElseThrow();
		String text = text("/registry/held").headers().firstValue("ETag").orElseThrow();
		assertThat(text).isNotEqualTo(json);
		assertThat(server.get("/registry/held", "Accept", "text/plain", "If-None-Match", text).statusCode())
			.isEqualTo(304);
		assertThat(server.get("/registry/held", "Accept", "text/plain", "If-None-Match", json).statusCode())
			.isEqualTo(200);
	}

	@Test
	void whatIsForProgramsAloneIsNoText() {
		assertThat(text("/registry/state").statusCode()).isEqualTo(406);
	}

}
