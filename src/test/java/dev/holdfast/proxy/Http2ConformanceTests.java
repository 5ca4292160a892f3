package dev.holdfast.proxy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.H2Spec;
import dev.holdfast.testing.TestBackend;
import io.vertx.core.http.HttpServerRequest;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The cases of h2spec, each a test. Those that are known to fail, with the reason, must
 * fail: the list is true or the build is red.
 */
class Http2ConformanceTests {

	private static final int CASES = 145;

	/** Long enough for the case that shrinks the window while it is on its way. */
	private static final String ANSWER = "x".repeat(100);

	/** By a case's section and number, why it cannot be met. */
	private static final Map<String, String> EXPECTED_FAILURES = Map.of("http2/5.1/6", """
			Netty resets the stream, as it must, but calls what it got too many headers (PROTOCOL_ERROR) \
			and not headers on a closed stream (STREAM_CLOSED): it counts the first ones twice.""", "http2/5.1/12", """
			Netty forgets a stream when it is closed, so it cannot tell headers after the client's own end from \
			trailers that were under way when the gateway reset the stream, which are legal. It resets the \
			stream, and does not break off all others with the connection.""", "http2/5.1.1/2", """
			As http2/5.1/12: a stream that was passed over looks like one that was closed.""");

	@TestFactory
	Stream<DynamicTest> clearText() {
		return run(TrafficTls.NONE);
	}

	@TestFactory
	Stream<DynamicTest> tls(@TempDir Path folder) {
		return run(Gateway.tls(new CertificateAuthority(folder, "authority")), "-t", "-k");
	}

	private static Stream<DynamicTest> run(TrafficTls tls, String... options) {
		assumeTrue(H2Spec.isSupported(), "the artifact carries h2spec for Linux on amd64 alone");
		H2Spec h2spec = H2Spec.unpack(Path.of("target", "h2spec"));
		try (TestBackend backend = TestBackend.start("a", Http2ConformanceTests::answer);
				Gateway gateway = new Gateway(Gateway.settings(), tls, backend.port())) {
			return tests(h2spec.run(gateway.server.port(), "/orders/", options));
		}
	}

	private static void answer(HttpServerRequest request) {
		request.endHandler((end) -> request.response().end(ANSWER));
	}

	private static Stream<DynamicTest> tests(List<H2Spec.Case> cases) {
		return Stream.concat(
				Stream.of(DynamicTest.dynamicTest("all cases ran", () -> assertThat(cases).hasSize(CASES))),
				cases.stream()
					.map((one) -> DynamicTest.dynamicTest(one.id() + ": " + one.title(), () -> assertPassed(one))));
	}

	private static void assertPassed(H2Spec.Case one) {
		String reason = EXPECTED_FAILURES.get(one.id());
		if (reason != null) {
			assertThat(one.complaint()).as("passes now, so it is not to be listed any more: %s", reason).isNotEmpty();
			return;
		}
		assertThat(one.complaint()).isEmpty();
		assertThat(one.skipped()).isFalse();
	}

}
