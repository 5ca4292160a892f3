package dev.holdfast.route;

import dev.holdfast.route.DirectResponse.Fixed;
import dev.holdfast.route.DirectResponse.Redirect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DirectResponseTests {

	/**
	 * A port that nobody gives is the scheme's if a scheme is given, and else the one
	 * that was asked; the usual one of a scheme is not written.
	 */
	@ParameterizedTest
	@CsvSource({ "'', '', 0, http, 80, http://example.org/a?b=c",
			"'', '', 0, http, 8080, http://example.org:8080/a?b=c", "'', '', 0, https, 443, https://example.org/a?b=c",
			"'', '', 0, https, 8443, https://example.org:8443/a?b=c",
			"https, '', 0, http, 8080, https://example.org/a?b=c", "http, '', 0, https, 443, http://example.org/a?b=c",
			"'', '', 8443, http, 80, http://example.org:8443/a?b=c", "'', '', 80, http, 8080, http://example.org/a?b=c",
			"https, '', 443, http, 80, https://example.org/a?b=c",
			"https, '', 80, http, 80, https://example.org:80/a?b=c",
			"'', Other.test, 0, http, 8080, http://other.test:8080/a?b=c",
			"https, other.test, 8443, http, 80, https://other.test:8443/a?b=c",
			"'', [::1], 0, http, 80, http://[::1]/a?b=c" })
	void locationIsMadeOfWhatIsGivenAndWhatWasAsked(String scheme, String host, int port, String askedScheme,
			String askedPort, String location) {
		assertThat(new Redirect(302, scheme, host, port).location(askedScheme, "example.org", askedPort, "/a", "?b=c"))
			.isEqualTo(location);
	}

	@ParameterizedTest
	@CsvSource({ "/a, /a", "//evil.test/a, /.//evil.test/a" })
	void locationWithoutHostStaysOnTheSame(String path, String location) {
		assertThat(new Redirect(302, "https", "", 0).location("http", "", "80", path, "")).isEqualTo(location);
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 300, 304, 305, 306, 309 })
	void statusThatRedirectsNobodyIsRejected(int status) {
		assertThatIllegalArgumentException().isThrownBy(() -> new Redirect(status, "", "", 0))
			.withMessage("status of the redirect: %d (expected: one of [301, 302, 303, 307, 308])".formatted(status));
	}

	@Test
	void redirectToNowhereIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Redirect(302, "ftp", "", 0))
			.withMessage("scheme of the redirect: \"ftp\" (expected: http, https, or nothing)");
		assertThatIllegalArgumentException().isThrownBy(() -> new Redirect(302, "", "a.test:80", 0))
			.withMessage("host of the redirect: \"a.test:80\" (expected: a host name without port, or nothing)");
		assertThatIllegalArgumentException().isThrownBy(() -> new Redirect(302, "", "", 65_536))
			.withMessage("port of the redirect: 65536 (expected: 1 to 65535, or 0 for none)");
	}

	@Test
	void bodyIsPlainTextUnlessSomethingElseIsSaid() {
		assertThat(new Fixed(200, "", "ok").contentType()).isEqualTo("text/plain; charset=utf-8");
		assertThat(new Fixed(200, "", "").contentType()).isEmpty();
		assertThat(new Fixed(200, "application/json", "{}").contentType()).isEqualTo("application/json");
	}

	@Test
	void answerThatCannotBeGivenIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Fixed(199, "", ""))
			.withMessage("status of the answer: 199 (expected: 200 to 599)");
		assertThatIllegalArgumentException().isThrownBy(() -> new Fixed(600, "", ""))
			.withMessage("status of the answer: 600 (expected: 200 to 599)");
		assertThatIllegalArgumentException().isThrownBy(() -> new Fixed(204, "", "no"))
			.withMessage("body of the answer: 2 characters (expected: none with status 204)");
		assertThatIllegalArgumentException().isThrownBy(() -> new Fixed(200, "", "x".repeat(64 * 1024 + 1)))
			.withMessage("body of the answer: 65537 characters (expected: at most 65536)");
		assertThatIllegalArgumentException().isThrownBy(() -> new Fixed(200, "text/plain\r\nX: y", "a"))
			.withMessageStartingWith("type of the answer: ");
		assertThatIllegalArgumentException().isThrownBy(() -> new Fixed(200, "text/plain", ""))
			.withMessage("type of the answer: \"text/plain\" (expected: none without a body)");
	}

}
