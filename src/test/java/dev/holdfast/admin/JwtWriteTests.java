package dev.holdfast.admin;

import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.Optional;
import java.util.Set;

import dev.holdfast.jwt.JwtSettings;
import dev.holdfast.jwt.JwtVerifier;
import dev.holdfast.jwt.TestIssuer;
import dev.holdfast.registry.FakeRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class JwtWriteTests {

	private static final String FREEZE = """
			{"ttlSeconds": 60, "reason": "etcd is being restored"}""";

	private final TestIssuer issuer = new TestIssuer();

	private final FakeRegistry registry = new FakeRegistry();

	private final AdminServer server = server(AdminApi.TOKEN);

	private AdminServer server(@Nullable String token) {
		JwtSettings settings = new JwtSettings(this.issuer.issuer(), Optional.empty(), TestIssuer.AUDIENCE,
				"holdfast.write", Duration.ZERO);
		return AdminServer.over(this.registry, (context) -> {
			context.registerBean(JwtVerifier.class, () -> JwtVerifier.of(settings,
					Clock.fixed(TestIssuer.NOW, ZoneOffset.UTC), System::nanoTime, Duration.ofMinutes(1)));
			context.registerBean(AdminSettings.class, () -> new AdminSettings(token, Set.of()));
		});
	}

	@AfterEach
	void stop() {
		this.server.close();
		this.issuer.close();
	}

	private HttpResponse<String> freeze(AdminServer server, String token) {
		return server.send("PUT", "/registry/freeze", FREEZE, "Content-Type", "application/json", "Authorization",
				"Bearer " + token);
	}

	@Test
	void aTokenOfTheIssuerWritesAndTheAuditLogNamesItsSubject() {
		AuditLog audit = new AuditLog();
		HttpResponse<String> frozen = freeze(this.server, this.issuer.token((claims) -> claims));
		assertThat(frozen.statusCode()).as(frozen.body()).isEqualTo(200);
		await().untilAsserted(() -> assertThat(audit.lines()).containsExactly(
				"PUT /registry/freeze {\"ttlSeconds\":60} by alice from 127.0.0.1: 200; reason: etcd is being restored"));
		assertThat(this.registry.freeze()).isPresent();
	}

	@Test
	void aSubjectCannotForgeALineOfTheAuditLog() {
		AuditLog audit = new AuditLog();
		freeze(this.server, this.issuer.token((claims) -> claims.subject("a\nPUT /registry/x by b")));
		await().untilAsserted(() -> assertThat(audit.lines()).singleElement()
			.asString()
			.contains("by \"a?PUT /registry/x by b\" from 127.0.0.1: 200"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 190, 250 })
	void howeverLongASubjectIsTheAuditLogNamesTheAddress(int length) {
		AuditLog audit = new AuditLog();
		freeze(this.server, this.issuer.token((claims) -> claims.subject("a".repeat(length))));
		await()
			.untilAsserted(() -> assertThat(audit.lines()).singleElement().asString().contains(" from 127.0.0.1: 200"));
	}

	@Test
	void aSubjectCannotPassForOneFromAnotherAddress() {
		AuditLog audit = new AuditLog();
		freeze(this.server, this.issuer.token((claims) -> claims.subject("bob\" from 10.0.0.1: 200; reason: none")));
		await().untilAsserted(() -> assertThat(audit.lines()).singleElement()
			.asString()
			.contains("by \"bob' from 10.0.0.1: 200; reason: none\" from 127.0.0.1: 200"));
	}

	@Test
	void theTokenOfAllOperatorsGoesOnWorkingBesideIt() {
		assertThat(freeze(this.server, AdminApi.TOKEN).statusCode()).isEqualTo(200);
		this.issuer.fail();
		assertThat(freeze(this.server, AdminApi.TOKEN).statusCode()).isEqualTo(200);
	}

	@Test
	void withoutTheTokenOfAllOperatorsTheIssuersAloneCount() {
		try (AdminServer alone = server(null)) {
			assertThat(freeze(alone, this.issuer.token((claims) -> claims)).statusCode()).isEqualTo(200);
			assertThat(freeze(alone, AdminApi.TOKEN).statusCode()).isEqualTo(401);
			assertThat(freeze(alone, "").statusCode()).isEqualTo(401);
		}
	}

	@Test
	void aTokenThatDoesNotCountIsRefusedWithAChallengeThatSaysWhy() {
		String token = this.issuer.token((claims) -> claims.expirationTime(Date.from(TestIssuer.NOW)));
		HttpResponse<String> refused = freeze(this.server, token);
		assertThat(refused.statusCode()).isEqualTo(401);
		assertThat(refused.headers().allValues("WWW-Authenticate")).containsExactly(
				"Bearer realm=\"holdfast\", error=\"invalid_token\", error_description=\"exp: 2026-01-02T03:04:05Z (expected: later than 2026-01-02T03:04:05Z)\"");
		assertThat(refused.body()).contains("\"code\":\"invalid-token\"").doesNotContain(token.substring(30, 60));
		assertThat(this.registry.freeze()).isEmpty();
	}

	@Test
	void aTokenThatPermitsSomethingElseIsToldTheScope() {
		HttpResponse<String> refused = freeze(this.server,
				this.issuer.token((claims) -> claims.claim("scope", "openid")));
		assertThat(refused.statusCode()).isEqualTo(403);
		assertThat(refused.headers().firstValue("WWW-Authenticate").orElseThrow())
			.startsWith("Bearer realm=\"holdfast\", error=\"insufficient_scope\", scope=\"holdfast.write\"");
		assertThat(refused.body()).contains("\"code\":\"insufficient-scope\"");
	}

	@Test
	void whoPresentsNothingIsChallengedWithoutAnError() {
		HttpResponse<String> refused = this.server.send("PUT", "/registry/freeze", FREEZE);
		assertThat(refused.headers().allValues("WWW-Authenticate")).containsExactly("Bearer realm=\"holdfast\"");
		assertThat(refused.body()).contains("Bearer <holdfast.admin.token> or <token of " + this.issuer.issuer());
	}

	@Test
	void keysThatTheIssuerHadCountWhileItIsAway() {
		String before = this.issuer.token((claims) -> claims);
		await().until(() -> freeze(this.server, before).statusCode() == 200);
		this.issuer.fail();
		assertThat(freeze(this.server, before).statusCode()).isEqualTo(200);
	}

	@Test
	void whileTheIssuersKeysHaveNeverBeenThereNobodyIsToldThatHisTokenIsWrong() {
		this.issuer.fail();
		HttpResponse<String> refused = freeze(this.server, this.issuer.token((claims) -> claims));
		assertThat(refused.statusCode()).isEqualTo(503);
		assertThat(refused.body()).contains("\"code\":\"issuer-unreachable\"", "answered 500");
		assertThat(refused.headers().firstValue("Retry-After")).isPresent();
	}

	@Test
	void aTokenOfTheIssuerDoesNotOpenThePortToForeignPages() {
		HttpResponse<String> refused = this.server.send("PUT", "/registry/freeze", FREEZE, "Content-Type",
				"application/json", "Origin", "http://evil.example", "Authorization",
				"Bearer " + this.issuer.token((claims) -> claims));
		assertThat(refused.statusCode()).isEqualTo(403);
		assertThat(refused.body()).contains("cross-origin");
	}

}
