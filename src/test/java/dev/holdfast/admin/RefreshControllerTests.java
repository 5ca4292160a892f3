package dev.holdfast.admin;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.Set;
import java.util.function.UnaryOperator;

import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.RegistryDiff;
import dev.holdfast.registry.RegistryException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MockMvcTester.MockMvcRequestBuilder;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

class RefreshControllerTests {

	private final AuditLog audit = new AuditLog();

	private final FakeRegistry registry = new FakeRegistry().with("orders", "o1");

	private final AdminApi api = new AdminApi(this.registry);

	@BeforeEach
	void answer() {
		this.registry.setRefresh(CompletableFuture.completedFuture(new RefreshResult(3, 2, 1, 0, 40, 42)));
	}

	@Test
	void refreshTellsWhatChanged() {
		assertThat(refresh(RefreshControllerTests::authorized)).hasStatusOk().bodyJson().isStrictlyEqualTo("""
				{"added": 3, "removed": 2, "changed": 1, "held": 0, "revisionBefore": 40, "revisionAfter": 42}""");
	}

	@Test
	void refreshWhenTheRegistryCannotBeAskedNamesTheCause() {
		this.registry.setRefresh(CompletableFuture.failedFuture(new RegistryException("permission denied")));
		assertThat(refresh(RefreshControllerTests::authorized)).hasStatus(HttpStatus.SERVICE_UNAVAILABLE)
			.hasContentType(MediaType.APPLICATION_PROBLEM_JSON)
			.bodyJson()
			.isLenientlyEqualTo("""
					{"code": "registry-unreachable", "cause": "permission denied"}""");
	}

	@Test
	void refreshWhenTheRegistryDoesNotAnswerGivesUpAtTheDeadline() {
		this.registry.setRefresh(new CompletableFuture<>());
		MockMvcTester tester = this.api.tester(AdminApi.TOKEN, Duration.ofMillis(1));
		assertThat(authorized(tester.post().uri("/registry/refresh")).exchange())
			.hasStatus(HttpStatus.SERVICE_UNAVAILABLE)
			.bodyJson()
			.isLenientlyEqualTo("""
					{"code": "registry-unreachable", "cause": "no answer within 1 ms"}""");
	}

	@Test
	void refreshWhenTheRegistryIsAtFaultAnswers500AndKeepsTheDetailsToTheLog() {
		this.registry.setRefresh(CompletableFuture.failedFuture(new IllegalArgumentException("secret detail")));
		assertThat(refresh(RefreshControllerTests::authorized)).hasStatus(HttpStatus.INTERNAL_SERVER_ERROR)
			.hasContentType(MediaType.APPLICATION_PROBLEM_JSON)
			.bodyText()
			.contains("\"code\":\"internal-server-error\"")
			.doesNotContain("secret detail");
	}

	@Test
	void refreshWhileFrozenSaysUntilWhenAndWhyAndListsNothing() {
		this.registry.freeze(Duration.ofMinutes(10), "etcd is being restored").join();
		assertThat(refresh(RefreshControllerTests::authorized)).hasStatus(HttpStatus.CONFLICT)
			.hasContentType(MediaType.APPLICATION_PROBLEM_JSON)
			.bodyJson()
			.isLenientlyEqualTo(
					"""
							{"code": "registry-frozen", "since": "2026-01-02T03:04:05Z", "until": "2026-01-02T03:14:05Z",
								"reason": "etcd is being restored",
								"detail": "The registry is frozen until 2026-01-02T03:14:05Z; DELETE /registry/freeze ends that"}""");
		assertThat(this.registry.refreshes()).isZero();
	}

	@Test
	void diffShowsWhatOnlyOneSideHasAndWhatDiffers() {
		RegistryDiff.Difference held = new RegistryDiff.Difference("/services/orders/o1", "orders", "o1", "held");
		RegistryDiff.Difference unknown = new RegistryDiff.Difference("/services/x", "", "", "unreadable");
		this.registry.setDiff(CompletableFuture
			.completedFuture(new RegistryDiff(40, 42, List.of(held), List.of(unknown), List.of())));
		assertThat(diff(this.api.tester())).hasStatusOk()
			.bodyJson()
			.isStrictlyEqualTo(
					"""
							{"cacheRevision": 40, "registryRevision": 42,
							"onlyInCache": [{"key": "/services/orders/o1", "service": "orders", "instance": "o1", "detail": "held"}],
							"onlyInRegistry": [{"key": "/services/x", "service": "", "instance": "", "detail": "unreadable"}],
							"different": []}""");
	}

	@Test
	void diffWhenTheRegistryCannotBeAskedNamesTheCause() {
		this.registry.setDiff(CompletableFuture.failedFuture(new RegistryException("connection refused")));
		assertThat(diff(this.api.tester())).hasStatus(HttpStatus.SERVICE_UNAVAILABLE).bodyJson().isLenientlyEqualTo("""
				{"code": "registry-unreachable", "cause": "connection refused",
					"detail": "The registry could not be listed, so there is nothing to compare the cache with"}""");
	}

	@Test
	void diffWhenTheRegistryDoesNotAnswerGivesUpAtTheDeadline() {
		assertThat(diff(this.api.tester(AdminApi.TOKEN, Duration.ofMillis(1))))
			.hasStatus(HttpStatus.SERVICE_UNAVAILABLE)
			.bodyJson()
			.isLenientlyEqualTo("""
					{"code": "registry-unreachable", "cause": "no answer within 1 ms"}""");
	}

	private static MvcTestResult diff(MockMvcTester tester) {
		return tester.get().uri("/registry/diff").exchange();
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " " })
	void writeWhileNoTokenIsSetIsForbiddenWithTheReason(@Nullable String token) {
		MockMvcTester tester = this.api.tester(token, Duration.ofSeconds(1));
		assertThat(tester.post().uri("/registry/refresh").header(HttpHeaders.AUTHORIZATION, "Bearer ").exchange())
			.hasStatus(HttpStatus.FORBIDDEN)
			.bodyJson()
			.isLenientlyEqualTo("""
					{"code": "admin-token-not-set",
					"detail": "The admin port is read-only because holdfast.admin.token is not set"}""");
		assertThat(this.registry.refreshes()).isZero();
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "Bearer wrong-horse", "Bearer correct-horse-2", "Bearer correct-hors", "Bearer ",
			"Basic correct-horse", "correct-horse" })
	void writeWithoutTheTokenIsUnauthorized(@Nullable String authorization) {
		MvcTestResult refused = refresh((request) -> (authorization != null)
				? request.header(HttpHeaders.AUTHORIZATION, authorization) : request);
		// What is no bearer token cannot be a wrong one (RFC 6750, section 3.1).
		boolean wrong = authorization != null && authorization.startsWith("Bearer");
		assertThat(refused).hasStatus(HttpStatus.UNAUTHORIZED).bodyJson().isLenientlyEqualTo("""
				{"code": "unauthorized"}""");
		assertThat(refused.getResponse().getHeader(HttpHeaders.WWW_AUTHENTICATE)).isEqualTo(wrong
				? "Bearer realm=\"holdfast\", error=\"invalid_token\", "
						+ "error_description=\"The bearer token is not holdfast.admin.token\""
				: "Bearer realm=\"holdfast\"");
		assertThat(this.registry.refreshes()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://evil.example.org", "http://admin.example.org", "http://admin.example.org:8080",
			"https://admin.example.org", "http://admin.example.org:8081.evil.org", "null", "", "file://",
			"http://admin.example.org:8081@evil.org" })
	void writeFromAForeignPageIsForbidden(String origin) {
		assertThat(refresh((request) -> authorized(request).header(HttpHeaders.ORIGIN, origin)))
			.hasStatus(HttpStatus.FORBIDDEN)
			.bodyJson()
			.isLenientlyEqualTo("""
					{"code": "cross-origin"}""");
		assertThat(this.registry.refreshes()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://admin.example.org:8081", "https://ADMIN.example.org:8081" })
	void writeFromTheGatewaysOwnPageIsLetThrough(String origin) {
		assertThat(refresh((request) -> authorized(request).header(HttpHeaders.ORIGIN, origin))).hasStatusOk();
	}

	@Test
	void writeIsInTheAuditLogWithWhoWhatWhyAndHowItEnded() {
		refresh((request) -> authorized(request).queryParam("reason", "after the move"));
		assertThat(this.audit.lines())
			.containsExactly("POST /registry/refresh by 127.0.0.1: 200; reason: after the move");
	}

	@Test
	void writeThatIsRefusedIsInTheAuditLog() {
		refresh(UnaryOperator.identity());
		assertThat(this.audit.lines()).containsExactly("POST /registry/refresh by 127.0.0.1: 401; reason: none given");
	}

	@Test
	void reasonCannotForgeALineOfTheAuditLog() {
		refresh((request) -> authorized(request).queryParam("reason",
				"x\r\nDELETE /registry\u2028\u202e" + "y".repeat(500)));
		assertThat(this.audit.lines()).singleElement()
			.asString()
			.startsWith("POST /registry/refresh by 127.0.0.1: 200; reason: x??DELETE /registry??yyy")
			.hasSizeLessThan(300);
	}

	@Test
	void readIsNotInTheAuditLogAndNeedsNoToken() {
		assertThat(this.api.tester().get().uri("/registry/status").exchange()).hasStatusOk();
		assertThat(this.audit.lines()).isEmpty();
	}

	@Test
	void settingsDoNotShowTheToken() {
		assertThat(new AdminSettings("correct-horse", Set.of("Admin.Example.")))
			.hasToString("AdminSettings[token=***, allowedHosts=[admin.example]]");
	}

	private static MockMvcRequestBuilder authorized(MockMvcRequestBuilder request) {
		return request.header(HttpHeaders.AUTHORIZATION, "Bearer " + AdminApi.TOKEN);
	}

	private MvcTestResult refresh(UnaryOperator<MockMvcRequestBuilder> with) {
		return with.apply(this.api.tester().post().uri("/registry/refresh")).exchange();
	}

}
