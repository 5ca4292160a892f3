package dev.holdfast.route;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CorsTests {

	private static Cors allowing(String... origins) {
		return new Cors(Stream.of(origins).map(OriginPattern::parse).toList(), false, List.of(), List.of(), List.of(),
				Cors.USUAL_MAX_AGE);
	}

	@ParameterizedTest
	@CsvSource({ "*, https://a.test, true", "*, null, true", "*, chrome-extension://x, true",
			"https://a.test, https://a.test, true", "https://a.test, HTTPS://A.test, true",
			"https://a.test, https://a.test:443, true", "https://a.test:443, https://a.test, true",
			"https://a.test, https://a.test:8443, false", "https://a.test:8443, https://a.test:8443, true",
			"https://a.test, http://a.test, false", "https://a.test, https://b.a.test, false",
			"https://a.test, https://a.test.evil, false", "https://a.test, null, false",
			"https://a.test, https://a.test/x, false", "https://a.test, https://x@a.test, false",
			"https://*.a.test, https://b.a.test, true", "https://*.a.test, https://c.b.a.test, true",
			"https://*.a.test, https://a.test, false", "https://*.a.test, https://.a.test, false",
			"https://*.a.test, https://xa.test, false", "https://*.a.test, https://*.a.test, false",
			"https://*, https://any.test, true", "https://*, http://any.test, false",
			"https://*:8443, https://any.test:8443, true", "http://localhost:3000, http://localhost:3000, true",
			"http://[::1]:3000, http://[::1]:3000, true" })
	void originIsAllowedBySchemeHostAndPort(String allowed, String origin, boolean expected) {
		assertThat(allowing(allowed).allows(origin)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a.test", "ftp://a.test", "https://a.test/", "https://a.test/x", "https://a.*.test",
			"https://a*.test", "https://a.test:0", "https://a.test:65536", "https://", "null", "**" })
	void whatIsNoOriginIsRejected(String origin) {
		assertThatIllegalArgumentException().isThrownBy(() -> OriginPattern.parse(origin))
			.withMessage("allowed origin: \"%s\" (expected: * or an origin such as https://app.example.org or "
				.formatted(origin) + "https://*.example.org:8443)");
	}

	/**
	 * A regular expression that can go back would take stack for each label.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 65, 8_000, 100_000 })
	void originThatIsLongerThanAnyHostIsNotAllowed(int labels) {
		String origin = "https://a" + ".abc".repeat(labels);
		assertThat(allowing("https://*").allows(origin)).isFalse();
		assertThat(allowing("*").allows(origin)).isTrue();
		assertThat(allowing("https://*").allows("https://a" + ".abc".repeat(63) + ":8443")).isFalse();
		assertThat(allowing("https://*:8443").allows("https://a" + ".abc".repeat(63) + ":8443")).isTrue();
		assertThatIllegalArgumentException().isThrownBy(() -> OriginPattern.parse(origin))
			.withMessageStartingWith("allowed origin: ");
	}

	@Test
	void originIsWrittenAsItIsRead() {
		assertThat(Stream.of("*", "https://a.test", "http://*.a.test:8080", "https://*")
			.map((text) -> OriginPattern.parse(text).toString()))
			.containsExactly("*", "https://a.test", "http://*.a.test:8080", "https://*");
	}

	@Test
	void whatContradictsItselfIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> allowing("*", "https://a.test"))
			.withMessage("allowed origins: \"*, https://a.test\" (expected: * alone, or none)");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new Cors(List.of(), true, List.of(), List.of(), List.of(), Cors.USUAL_MAX_AGE))
			.withMessageStartingWith("allowed origins: \"\" (expected: at least one");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new Cors(List.of(OriginPattern.ANY), false, List.of("GET", "*"), List.of(), List.of(),
					Cors.USUAL_MAX_AGE))
			.withMessage("allowed methods: \"GET, *\" (expected: * alone, or none)");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new Cors(List.of(OriginPattern.ANY), false, List.of("get"), List.of(), List.of(),
					Cors.USUAL_MAX_AGE))
			.withMessage("allowed methods: \"get\" (expected: names, or * for any)");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new Cors(List.of(OriginPattern.ANY), true, List.of(), List.of(), List.of("*"),
					Cors.USUAL_MAX_AGE))
			.withMessageStartingWith("exposed headers: \"*\" (expected: names");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new Cors(List.of(OriginPattern.ANY), false, List.of(), List.of("a b"), List.of(),
					Cors.USUAL_MAX_AGE))
			.withMessage("allowed headers: \"a b\" (expected: names, or * for any)");
		assertThatIllegalArgumentException()
			.isThrownBy(
					() -> new Cors(List.of(OriginPattern.ANY), false, List.of(), List.of(), List.of(), Duration.ZERO))
			.withMessage("max-age of CORS: PT0S (expected: 1s to 24d)");
	}

}
