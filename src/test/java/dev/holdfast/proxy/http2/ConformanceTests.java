package dev.holdfast.proxy.http2;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.holdfast.testing.H2Spec;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The cases of h2spec, all of which must pass.
 */
class ConformanceTests {

	private static final int CASES = 145;

	@TestFactory
	Stream<DynamicTest> allCasesPass() {
		assumeTrue(H2Spec.isSupported(), "the artifact carries h2spec for Linux on amd64 alone");
		H2Spec h2spec = H2Spec.unpack(Path.of("target", "h2spec"));
		try (Http2Server server = new Http2Server(Http2Server.LIMITS, "x".repeat(100))) {
			List<H2Spec.Case> cases = h2spec.run(server.port(), "/orders/");
			return Stream.concat(
					Stream.of(DynamicTest.dynamicTest("all cases ran", () -> assertThat(cases).hasSize(CASES))),
					cases.stream()
						.map((one) -> DynamicTest.dynamicTest(one.id() + ": " + one.title(), () -> assertPassed(one))));
		}
	}

	private static void assertPassed(H2Spec.Case one) {
		assertThat(one.complaint()).isEmpty();
		assertThat(one.skipped()).isFalse();
	}

}
