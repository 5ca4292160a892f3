package dev.holdfast.configuration;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains a start that failed because a file is no YAML.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnreadableYamlFailureAnalyzer extends AbstractFailureAnalyzer<UnreadableYamlException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnreadableYamlException cause) {
		return new FailureAnalysis("%s: this is no YAML: %s".formatted(cause.place(), cause.getMessage()),
				"Look at that line and the one before it: they must be indented by spaces alone, as deep as their "
						+ "neighbours, and a value with \": \", \" #\" or a special character at its beginning must "
						+ "stand in quotes.",
				cause);
	}

}
