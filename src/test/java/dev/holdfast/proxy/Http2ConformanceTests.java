package dev.holdfast.proxy;

import java.nio.file.Path;
import java.util.stream.Stream;

import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.H2Spec;
import dev.holdfast.testing.TestBackend;
import io.vertx.core.http.HttpServerRequest;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The cases of h2spec, each a test.
 */
@ResourceLock("h2spec")
class Http2ConformanceTests {

	/** Long enough for the case that shrinks the window while it is on its way. */
	private static final String ANSWER = "x".repeat(100);

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
			return H2Spec.tests(h2spec.run(gateway.server.port(), "/orders/", options));
		}
	}

	private static void answer(HttpServerRequest request) {
		request.endHandler((end) -> request.response().end(ANSWER));
	}

}
