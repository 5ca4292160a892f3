package dev.holdfast.configuration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains a start that failed because the files of an SSL bundle with
 * {@code reload-on-update} cannot be watched, most of all because one is not there.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SslBundleUnregisteredFailureAnalyzer extends AbstractFailureAnalyzer<IllegalStateException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, IllegalStateException cause) {
		String message = String.valueOf(cause.getMessage());
		if (!message.startsWith("Unable to register SSL bundle")) {
			return null;
		}
		return new FailureAnalysis("%s: %s".formatted(message, NestedExceptionUtils.getMostSpecificCause(cause)),
				"See to it that all files of the bundle exist and that the gateway may read them.", cause);
	}

}
