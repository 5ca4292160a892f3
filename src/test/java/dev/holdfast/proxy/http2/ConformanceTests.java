package dev.holdfast.proxy.http2;

import java.nio.file.Path;
import java.util.stream.Stream;

import dev.holdfast.testing.H2Spec;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.ResourceLock;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The cases of h2spec, all of which must pass.
 */
@ResourceLock("h2spec")
class ConformanceTests {

	@TestFactory
	Stream<DynamicTest> allCasesPass() {
		assumeTrue(H2Spec.isSupported(), "the artifact carries h2spec for Linux on amd64 alone");
		H2Spec h2spec = H2Spec.unpack(Path.of("target", "h2spec"));
		try (Http2Server server = new Http2Server(Http2Server.LIMITS, "x".repeat(100))) {
			return H2Spec.tests(h2spec.run(server.port(), "/orders/"));
		}
	}

}
