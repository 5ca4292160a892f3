package dev.holdfast.admin;

import java.time.Instant;

import dev.holdfast.override.Action;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.Scope;
import dev.holdfast.registry.Freeze;
import dev.holdfast.registry.FakeRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

class FreezeControllerTests {

	private final FakeRegistry registry = new FakeRegistry().with("orders", "o1");

	private final AdminApi api = new AdminApi(this.registry);

	@Test
	void freezeTellsSinceWhenAndUntilWhen() {
		assertThat(put("""
				{"ttlSeconds": 600, "reason": "etcd is being restored"}""")).hasStatusOk()
			.bodyJson()
			.isStrictlyEqualTo("""
					{"kind": "FREEZE", "service": null, "instance": null, "weight": null, "scope": "LOCAL",
					 "since": "2026-01-02T03:04:05Z", "until": "2026-01-02T03:14:05Z",
					 "reason": "etcd is being restored", "by": "127.0.0.1"}""");
		assertThat(this.registry.freeze()).isPresent();
	}

	@Test
	void freezeAgainReplacesTheTime() {
		put("{\"ttlSeconds\": 600}");
		put("{\"ttlSeconds\": 60}");
		assertThat(this.registry.freeze())
			.contains(new Freeze(FakeRegistry.PROVEN_AT, FakeRegistry.PROVEN_AT.plusSeconds(60), ""));
	}

	@Test
	void freezeTakesTheReasonOfTheParameterAndMakesItOneLine() {
		put("{\"ttlSeconds\": 60}", "night\r\nshift");
		assertThat(this.registry.freeze().map(Freeze::reason)).contains("night??shift");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					{}                                 | missing-member | ttlSeconds: none (expected: a whole number from 1 to 86400)
					{"ttlSeconds":null}                | bad-member     | ttlSeconds: null (expected: a whole number from 1 to 86400)
					{"ttlSeconds":86401}               | bad-member     | ttlSeconds: 86401 (expected: a whole number from 1 to 86400)
					{"ttlSeconds":60,"service":"o"}    | unknown-member | service: unknown (expected: reason, scope, ttlSeconds)
					""")
	void freezeNeedsABoundedTime(String body, String code, String detail) {
		assertThat(put(body)).hasStatus(HttpStatus.BAD_REQUEST)
			.bodyJson()
			.hasPathSatisfying("$.code", (found) -> assertThat(found).isEqualTo(code))
			.hasPathSatisfying("$.detail", (found) -> assertThat(found).isEqualTo(detail));
		assertThat(this.registry.freeze()).isEmpty();
	}

	@Test
	void unfreezeEndsItAndCanBeSentAgain() {
		put("{\"ttlSeconds\": 600}");
		assertThat(delete()).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(this.registry.freeze()).isEmpty();
		assertThat(delete()).hasStatus(HttpStatus.NO_CONTENT);
	}

	@Test
	void anEndThatOvertakesTheAnswerOfAFreezeIsObeyed() {
		this.registry.beforeTheAnswer(() -> this.api.overrides().remove(new Action.Freeze()));
		assertThat(put("{\"ttlSeconds\": 600}")).hasStatusOk();
		assertThat(this.api.overrides().active().freeze()).isEmpty();
		assertThat(this.registry.freeze()).isEmpty();
	}

	@Test
	void aFreezeThatOvertakesTheAnswerOfAnEndIsObeyed() {
		put("{\"ttlSeconds\": 600}");
		Instant now = FakeRegistry.PROVEN_AT;
		this.registry.beforeTheAnswer(() -> this.api.overrides()
			.put(new OperatorOverride(new Action.Freeze(), Scope.LOCAL, now, now.plusSeconds(60), "", "")));
		assertThat(delete()).hasStatus2xxSuccessful();
		assertThat(this.registry.freeze()).contains(new Freeze(now, now.plusSeconds(60), ""));
	}

	@Test
	void writeWithoutTheTokenChangesNothing() {
		assertThat(this.api.tester()
			.put()
			.uri("/registry/freeze")
			.contentType(MediaType.APPLICATION_JSON)
			.content("{\"ttlSeconds\": 600}")
			.exchange()).hasStatus(HttpStatus.UNAUTHORIZED);
		assertThat(this.registry.freeze()).isEmpty();
		put("{\"ttlSeconds\": 600}");
		assertThat(this.api.tester().delete().uri("/registry/freeze").exchange()).hasStatus(HttpStatus.UNAUTHORIZED);
		assertThat(this.registry.freeze()).isPresent();
	}

	private MvcTestResult put(String body) {
		return put(body, "");
	}

	private MvcTestResult put(String body, String reason) {
		return this.api.tester()
			.put()
			.uri("/registry/freeze")
			.queryParam("reason", reason)
			.header(HttpHeaders.AUTHORIZATION, "Bearer " + AdminApi.TOKEN)
			.contentType(MediaType.APPLICATION_JSON)
			.content(body)
			.exchange();
	}

	private MvcTestResult delete() {
		return this.api.tester()
			.delete()
			.uri("/registry/freeze")
			.header(HttpHeaders.AUTHORIZATION, "Bearer " + AdminApi.TOKEN)
			.exchange();
	}

}
