package dev.holdfast.service;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EndpointTests {

	@ParameterizedTest
	@CsvSource({ "a:1, http://a:1", "http://a:1, http://a:1", "http://a:1/, http://a:1", "http://a:1//, http://a:1",
			"http://a:1/api, http://a:1/api", "https://a/api/, https://a:443/api",
			"grpc://[::1]:9/a/b, grpc://[::1]:9/a/b", "http://a:1/%7euser/a%2fb, http://a:1/~user/a%2Fb",
			"http://a:1//api, http://a:1//api" })
	void parseTakesAUrlsPathWithoutSlashesAtItsEnd(String text, String endpoint) {
		assertThat(Endpoint.parse(text, Scheme.HTTP)).hasToString(endpoint);
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://a:1/..", "http://a:1/a/%2e%2e/b", "http://a:1/a%2F../b", "http://a:1/?",
			"http://a?b", "http://a:1/#", "http://a:1#", "http://u@a:1/", "http://u:p@a:1/x", "http://a:1/a b",
			"http://a:1/a\\b", "http://a:1/%", "http://a:1/%00", "http://a:1/\u00e4", "a:1/api", "/api",
			"http:///api" })
	void parseRefusesWhatNoRequestCouldBeginWith(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> Endpoint.parse(text, Scheme.HTTP));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "api", "/api/", "/a/../b", "/%61", "/a?b" })
	void pathMustBeCanonicalAndEndWithoutASlash(String path) {
		assertThatIllegalArgumentException().isThrownBy(() -> new Endpoint(Scheme.HTTP, "a", 1, path))
			.withMessageStartingWith("path: \"%s\" (expected: a canonical path".formatted(path));
	}

	@Test
	void originIsTheSameWithoutThePath() {
		Endpoint endpoint = Endpoint.parse("https://a/api", Scheme.HTTP);
		assertThat(endpoint.origin()).isEqualTo(new Endpoint(Scheme.HTTPS, "a", 443));
		assertThat(endpoint.authority()).isEqualTo("a:443");
	}

}
