package dev.holdfast.configuration;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains a start that failed because an SSL bundle is missing or cannot be read.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SslBundleUnusableFailureAnalyzer extends AbstractFailureAnalyzer<SslBundleUnusableException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SslBundleUnusableException cause) {
		return new FailureAnalysis(String.valueOf(cause.getMessage()),
				"Define the bundle under spring.ssl.bundle.pem.%1$s or spring.ssl.bundle.jks.%1$s, with files that the gateway may read."
					.formatted(cause.name()),
				cause);
	}

}
