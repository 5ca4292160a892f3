package dev.holdfast.route;

import java.util.Map;
import java.util.Set;

import dev.holdfast.service.ServiceName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RouteTests {

	private static final ServiceName SERVICE = new ServiceName("users");

	@ParameterizedTest
	@ValueSource(strings = { "/", "/**", "/users", "/users/", "/users/**", "/users/a.b/**", "/r%C3%A9sum%C3%A9", "/...",
			"/%20%7C%5B%40%60%3A", "/a%2Fb", "/a%5Cb/**" })
	void canonicalPathsAreAccepted(String path) {
		assertThat(route("a", "", path, "").path()).isEqualTo(path);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "users", "**", "/users?x=1", "/users/*", "/*/users", "/users/**/x", "/users**",
			"//users", "/users//**", "//**", "/users/../admin", "/./users", "/users/..", "/us ers", "/résumé", "/a%2fb",
			"/a%2", "/%41", "/a%2F..%2Fb", "/a%2F../**", "/a%00", "/%2e%2e" })
	void pathsThatNoCanonicalPathWouldMatchAreRejected(String path) {
		assertThatIllegalArgumentException().isThrownBy(() -> route("a", "", path, ""))
			.withMessageStartingWith("path: \"%s\" (expected: a canonical path".formatted(path));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "example.org", "*.example.org", "localhost", "10.0.0.1", "[::1]", "a_b.example.org" })
	void hostsAreAccepted(String host) {
		assertThat(route("a", host, "/**", "").host()).isEqualTo(host);
	}

	@ParameterizedTest
	@ValueSource(strings = { "*", "*.", "example.org:8080", "http://example.org", "*example.org", "api.*.org", "::1" })
	void hostsThatNoRequestWouldNameAreRejected(String host) {
		assertThatIllegalArgumentException().isThrownBy(() -> route("a", host, "/**", ""))
			.withMessageStartingWith("host: \"%s\" (expected: a host name".formatted(host));
	}

	@Test
	void pathsAndHostsHaveALongestLength() {
		assertThat(route("a", "", "/a".repeat(512), "").path()).hasSize(1_024);
		assertThatIllegalArgumentException().isThrownBy(() -> route("a", "", "/a".repeat(512) + "/", ""))
			.withMessageContaining("at most 1024 characters");
		assertThatIllegalArgumentException().isThrownBy(() -> PathMatch.of("/{x}" + "/a".repeat(512)));
		assertThat(route("a", "a" + ".a".repeat(126), "/**", "").host()).hasSize(253);
		assertThatIllegalArgumentException().isThrownBy(() -> route("a", "aa" + ".a".repeat(126), "/**", ""))
			.withMessageContaining("at most 253 characters");
	}

	@Test
	void hostAndHeaderNamesAreTakenInLowerCase() {
		Route route = new Route("a", "API.Example.org", "/**", Set.of(), Map.of("X-Beta", "Yes"), SERVICE, "", false,
				RoutePolicy.DEFAULTS);
		assertThat(route.host()).isEqualTo("api.example.org");
		assertThat(route.headers()).containsExactly(Map.entry("x-beta", "Yes"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "by-path", "match", "schema", "sources", "a b", "a/b", "ü" })
	void idsThatCannotLabelAMeterAreRejected(String id) {
		assertThatIllegalArgumentException().isThrownBy(() -> route(id, "", "/**", ""))
			.withMessageStartingWith("id: \"%s\" (expected: ".formatted(id));
	}

	@ParameterizedTest
	@ValueSource(strings = { "get", "", "GET,POST" })
	void methodsThatAreNotInUpperCaseAreRejected(String method) {
		assertThatIllegalArgumentException()
			.isThrownBy(
					() -> new Route("a", "", "/**", Set.of(method), Map.of(), SERVICE, "", false, RoutePolicy.DEFAULTS))
			.withMessage("method: \"%s\" (expected: an HTTP method in upper case)", method);
	}

	@Test
	void headersThatNoRequestCouldHaveAreRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> withHeaders(Map.of("x beta", "1")))
			.withMessage("header: \"x beta\" (expected: an HTTP field name)");
		assertThatIllegalArgumentException().isThrownBy(() -> withHeaders(Map.of("x-beta", " 1")))
			.withMessageStartingWith("header value: \" 1\" (expected: printable ASCII");
		assertThatIllegalArgumentException().isThrownBy(() -> withHeaders(Map.of("x-beta", "1", "X-Beta", "2")))
			.withMessageContaining("(expected: each name once, whatever its case)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/api", "/api/users" })
	void stripPrefixMayBeAnyWholeSegmentsOfThePath(String prefix) {
		assertThat(route("a", "", "/api/users/**", prefix).stripPrefix()).isEqualTo(prefix);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "api", "/ap", "/api/", "/api/users/x", "/other" })
	void stripPrefixThatThePathDoesNotBeginWithIsRejected(String prefix) {
		assertThatIllegalArgumentException().isThrownBy(() -> route("a", "", "/api/users/**", prefix))
			.withMessage("strip-prefix: \"%s\" (expected: whole segments at the beginning of the path /api/users/**)",
					prefix);
	}

	private static Route withHeaders(Map<String, String> headers) {
		return new Route("a", "", "/**", Set.of(), headers, SERVICE, "", false, RoutePolicy.DEFAULTS);
	}

	private static Route route(String id, String host, String path, String stripPrefix) {
		return new Route(id, host, path, Set.of(), Map.of(), SERVICE, stripPrefix, false, RoutePolicy.DEFAULTS);
	}

}
