package dev.holdfast.route;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RouteActionsTests {

	private static final ServiceName USERS = new ServiceName("users");

	private static final DirectResponse FOUND = new DirectResponse.Redirect(302, "https", "", 0);

	private static RouteActions with(PathRewrite path, String host, DirectResponse response) {
		return new RouteActions(FieldChanges.NONE, FieldChanges.NONE, path, host, response, Cors.NONE, List.of());
	}

	private static Route route(@Nullable ServiceName service, String stripPrefix, boolean preserveHost,
			RouteActions actions) {
		return new Route("a", "", "/users/**", Set.of(), Map.of(), service, stripPrefix, preserveHost,
				RoutePolicy.DEFAULTS.with(actions));
	}

	@Test
	void policyWithoutActionsIsPlain() {
		assertThat(RoutePolicy.DEFAULTS.isPlain()).isTrue();
		assertThat(RoutePolicy.DEFAULTS.with(with(PathRewrite.NONE, "", DirectResponse.NONE)).isPlain()).isTrue();
		assertThat(RoutePolicy.DEFAULTS.with(with(PathRewrite.NONE, "a.test", DirectResponse.NONE)).isPlain())
			.isFalse();
		assertThat(RoutePolicy.DEFAULTS.with(new RetryPolicy(1, Set.of(), Duration.ZERO)).isPlain()).isTrue();
	}

	@Test
	void prefixIsAddedBehindWhatWasStripped() {
		RouteActions actions = with(new PathRewrite.AddPrefix("/v2"), "", DirectResponse.NONE);
		assertThat(match(route(USERS, "/users", false, actions), "/users/1")).isEqualTo("/v2/1 behind /users");
		assertThat(match(route(USERS, "/users", false, actions), "/users")).isEqualTo("/v2 behind /users");
		assertThat(match(route(USERS, "", false, actions), "/users/1")).isEqualTo("/v2/users/1 behind ");
	}

	@Test
	void prefixThatIsReplacedByNothingIsToldAsStripped() {
		Route route = route(USERS, "", false,
				with(new PathRewrite.ReplacePrefix("/users", ""), "", DirectResponse.NONE));
		assertThat(match(route, "/users/1")).isEqualTo("/1 behind /users");
	}

	private static String match(Route route, String path) {
		RouteTable table = new RouteTable(List.of(route), false, RoutePolicy.DEFAULTS);
		RouteMatch match = Objects.requireNonNull(table.match("GET", "", path, (name) -> null));
		return match.path() + " behind " + match.strippedPrefix();
	}

	@Test
	void serviceIsNamedUnlessTheGatewayAnswers() {
		assertThat(route(null, "", false, with(PathRewrite.NONE, "", FOUND)).service()).isNull();
		assertThatIllegalArgumentException().isThrownBy(() -> route(null, "", false, RouteActions.DEFAULTS))
			.withMessage("service: none (expected: the name of one)");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> route(USERS, "", false, with(PathRewrite.NONE, "", FOUND)))
			.withMessage("service: one (expected: none where the gateway answers itself)");
	}

	@Test
	void whatWouldBeWithoutEffectIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(
				() -> route(USERS, "/users", false, with(new PathRewrite.ReplaceFull("/"), "", DirectResponse.NONE)))
			.withMessage("strip-prefix: \"/users\" (expected: none where the path or its prefix is replaced)");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> route(USERS, "", true, with(PathRewrite.NONE, "a.test", DirectResponse.NONE)))
			.withMessage("host to send: \"a.test\" (expected: none where the client's is preserved)");
		assertThatIllegalArgumentException().isThrownBy(
				() -> route(null, "", false, with(PathRewrite.NONE, "", new DirectResponse.Redirect(302, "", "", 0))))
			.withMessage("redirect: \"\" (expected: another scheme, host, port or path than the request's)");
		assertThatIllegalArgumentException().isThrownBy(
				() -> route(null, "/users", false, with(PathRewrite.NONE, "", new DirectResponse.Fixed(200, "", ""))))
			.withMessage("path: \"/users\" (expected: no change of it where every request is answered alike)");
		assertThatIllegalArgumentException().isThrownBy(() -> with(PathRewrite.NONE, "a.test", FOUND))
			.withMessageStartingWith("host to send: \"a.test\" (expected: neither");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new RouteActions(FieldChanges.NONE, FieldChanges.NONE, PathRewrite.NONE, "", FOUND,
					Cors.NONE, List.of(new Mirror(USERS, 1))))
			.withMessage("mirror: \"users\" (expected: none where the gateway answers itself)");
	}

	@Test
	void redirectOfThePathAloneLeadsSomewhere() {
		DirectResponse same = new DirectResponse.Redirect(302, "", "", 0);
		assertThat(route(null, "/users", false, with(PathRewrite.NONE, "", same)).service()).isNull();
		assertThat(route(null, "", false, with(new PathRewrite.ReplaceFull("/new"), "", same)).service()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "*.a.test", "a.test/", "http://a.test", "a.test:0", "a.test:", "a test", "::1" })
	void hostThatNobodyCanBeAskedForIsRejected(String host) {
		assertThatIllegalArgumentException().isThrownBy(() -> with(PathRewrite.NONE, host, DirectResponse.NONE))
			.withMessage(
					"host to send: \"%s\" (expected: a host name, perhaps with a port, or nothing)".formatted(host));
	}

	@ParameterizedTest
	@ValueSource(strings = { "A.test", "a.test:8080", "[::1]:80", "10.0.0.1" })
	void hostIsTakenInLowerCase(String host) {
		assertThat(with(PathRewrite.NONE, host, DirectResponse.NONE).host()).isEqualToIgnoringCase(host).isLowerCase();
	}

	@Test
	void mirrorsAreBounded() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Mirror(USERS, 1.1))
			.withMessage("share of the mirror: 1.1 (expected: 0 to 1)");
		assertThatIllegalArgumentException().isThrownBy(() -> new Mirror(USERS, Double.NaN))
			.withMessage("share of the mirror: NaN (expected: 0 to 1)");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new RouteActions(FieldChanges.NONE, FieldChanges.NONE, PathRewrite.NONE, "",
					DirectResponse.NONE, Cors.NONE, Collections.nCopies(9, new Mirror(USERS, 1))))
			.withMessage("mirrors: 9 (expected: at most 8)");
	}

	@Test
	void retriesAreBounded() {
		assertThat(RetryPolicy.DEFAULTS.isRetried(503)).isTrue();
		assertThat(RetryPolicy.DEFAULTS.isRetried(500)).isFalse();
		assertThat(new RetryPolicy(1, Set.of(429), Duration.ZERO).isRetried(429)).isTrue();
		assertThatIllegalArgumentException().isThrownBy(() -> new RetryPolicy(3, Set.of(), Duration.ZERO))
			.withMessage("retry attempts: 3 (expected: 0 to 2)");
		assertThatIllegalArgumentException().isThrownBy(() -> new RetryPolicy(-1, Set.of(), Duration.ZERO))
			.withMessage("retry attempts: -1 (expected: 0 to 2)");
		assertThatIllegalArgumentException().isThrownBy(() -> new RetryPolicy(1, Set.of(200), Duration.ZERO))
			.withMessage("status to retry on: 200 (expected: 400 to 599)");
		assertThatIllegalArgumentException().isThrownBy(() -> new RetryPolicy(1, Set.of(), Duration.ofMillis(-1)))
			.withMessage("retry backoff: PT-0.001S (expected: 1ms to 24d)");
	}

}
