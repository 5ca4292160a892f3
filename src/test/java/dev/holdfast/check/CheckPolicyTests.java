package dev.holdfast.check;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import dev.holdfast.service.Instance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CheckPolicyTests {

	private static final StatusSet USUAL = StatusSet.parse("200-299");

	private static final CheckSettings HTTP = CheckSettings.DEFAULTS
		.with(Optional.of(new Check.Http(CheckMethod.HEAD, "/up", StatusSet.parse("204"), "")));

	private static final CheckSettings TCP = CheckSettings.DEFAULTS.with(Optional.of(new Check.Tcp()));

	@Test
	void nothingIsCheckedUnlessSomebodySaysSo() {
		assertThat(CheckPolicy.DEFAULTS.of(Checking.ORDERS, instance(Map.of("team", "a"))).isOn()).isFalse();
		assertThat(CheckPolicy.DEFAULTS.isOff()).isFalse();
		assertThat(new CheckPolicy(CheckSettings.DEFAULTS, Map.of(), false).isOff()).isTrue();
		assertThat(new CheckPolicy(CheckSettings.DEFAULTS, Map.of(Checking.ORDERS, TCP), false).isOff()).isFalse();
	}

	@Test
	void aServiceHasItsOwnSettings() {
		CheckPolicy policy = new CheckPolicy(HTTP, Map.of(Checking.ORDERS, TCP), true);
		assertThat(policy.of(Checking.ORDERS, instance(Map.of())).settings()).isEqualTo(TCP);
		assertThat(policy.of(Checking.USERS, instance(Map.of())).settings()).isEqualTo(HTTP);
	}

	@Test
	void anInstanceSaysHowItIsCheckedAndNotHowOften() {
		CheckSettings slow = new CheckSettings(Optional.empty(), Duration.ofSeconds(30), Duration.ofSeconds(10), 5, 4);
		CheckPolicy policy = new CheckPolicy(slow, Map.of(), true);
		CheckPolicy.Planned planned = policy.of(Checking.ORDERS, instance(Map.of("holdfast.check", "http",
				"holdfast.check.path", "/health", "holdfast.check.status", "200,204", "holdfast.check.body", "UP")));
		assertThat(planned.problem()).isEmpty();
		assertThat(planned.settings()).isEqualTo(
				slow.with(Optional.of(new Check.Http(CheckMethod.GET, "/health", StatusSet.parse("200, 204"), "UP"))));
	}

	@Test
	void anInstanceSaysOnlyWhatIsDifferentFromItsService() {
		CheckPolicy policy = new CheckPolicy(HTTP, Map.of(), true);
		assertThat(check(policy, Map.of("holdfast.check.path", "/health")))
			.contains(new Check.Http(CheckMethod.HEAD, "/health", StatusSet.parse("204"), ""));
		assertThat(check(policy, Map.of("holdfast.check.method", "GET")))
			.contains(new Check.Http(CheckMethod.GET, "/up", StatusSet.parse("204"), ""));
		assertThat(check(policy, Map.of("holdfast.check", "grpc", "holdfast.check.service", "a.B")))
			.contains(new Check.Grpc("a.B"));
		assertThat(check(policy, Map.of("holdfast.check", "tcp"))).contains(new Check.Tcp());
		assertThat(check(policy, Map.of("holdfast.check", "none"))).isEmpty();
		assertThat(check(CheckPolicy.DEFAULTS, Map.of("holdfast.check", "http")))
			.contains(new Check.Http(CheckMethod.GET, "/", USUAL, ""));
	}

	@Test
	void whatAnInstanceSaysCanBeTurnedOff() {
		CheckPolicy policy = new CheckPolicy(HTTP, Map.of(), false);
		assertThat(check(policy, Map.of("holdfast.check", "none"))).isPresent();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			holdfast.check        | ftp                   | holdfast.check: "ftp" (expected: none, tcp, http or grpc)
			holdfast.check        | HTTP                  | holdfast.check: "HTTP" (expected: none, tcp, http or grpc)
			holdfast.check.path   | health                | path: "health" (expected: a canonical path
			holdfast.check.path   | http://10.0.0.9/admin | path: "http://10.0.0.9/admin" (expected: a canonical path
			holdfast.check.path   | @10.0.0.9:80/         | path: "@10.0.0.9:80/" (expected: a canonical path
			holdfast.check.path   | /a/../../admin        | path: "/a/../../admin" (expected: a canonical path
			holdfast.check.path   | /%2e%2e/admin         | path: "/%2e%2e/admin" (expected: a canonical path
			holdfast.check.path   | /health?drop=all      | path: "/health?drop=all" (expected: a canonical path
			holdfast.check.path   | '/a b'                | path: "/a b" (expected: a canonical path
			holdfast.check.method | DELETE                | holdfast.check.method: "DELETE" (expected: GET or HEAD)
			holdfast.check.status | ok                    | status: "ok" (expected: a status such as 204
			holdfast.check.body   | up                    | body: "up" with the method HEAD (expected:
			holdfast.check.host   | 10.0.0.9              | holdfast.check.host: not for a check by http (expected:
			holdfast.check.port   | 22                    | holdfast.check.port: not for a check by http (expected:
			holdfast.check.service | a.B                  | holdfast.check.service: not for a check by http (expected:
			holdfast.checks       | tcp                   | holdfast.checks: not for a check by http (expected:
			""")
	void whatCannotBeUsedIsToldAndTheServicesCheckCounts(String key, String value, String problem) {
		CheckPolicy.Planned planned = new CheckPolicy(HTTP, Map.of(), true).of(Checking.ORDERS,
				instance(Map.of(key, value)));
		assertThat(planned.settings()).isEqualTo(HTTP);
		assertThat(planned.problem()).startsWith(problem);
	}

	@Test
	void aProblemIsToldInOneLineWhateverWasRegistered() {
		CheckPolicy.Planned planned = CheckPolicy.DEFAULTS.of(Checking.ORDERS,
				instance(Map.of("holdfast.check", "http", "holdfast.check.path", "/\n\u202e" + "x".repeat(5000))));
		assertThat(planned.problem()).startsWith("path: \"/??xxx").hasSizeLessThan(500);
	}

	@ParameterizedTest
	@CsvSource({ "50, 20, 3, 2, interval", "7200000, 20, 3, 2, interval", "1000, 1001, 3, 2, timeout",
			"1000, 0, 3, 2, timeout", "1000, 500, 0, 2, fall", "1000, 500, 3, 101, rise" })
	void numbersThatMakeNoSenseAreRefused(long interval, long timeout, int fall, int rise, String named) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new CheckSettings(Optional.empty(), Duration.ofMillis(interval),
					Duration.ofMillis(timeout), fall, rise))
			.withMessageStartingWith(named + ": ");
	}

	private static Optional<Check> check(CheckPolicy policy, Map<String, String> metadata) {
		CheckPolicy.Planned planned = policy.of(Checking.ORDERS, instance(metadata));
		assertThat(planned.problem()).isEmpty();
		return planned.settings().check();
	}

	private static Instance instance(Map<String, String> metadata) {
		return Checking.instance("a", 8080, metadata);
	}

}
