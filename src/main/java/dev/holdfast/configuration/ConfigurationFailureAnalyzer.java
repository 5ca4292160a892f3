package dev.holdfast.configuration;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains a start that failed because of the configuration: names all that is wrong, and
 * what to do about each.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<InvalidConfigurationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidConfigurationException cause) {
		return new FailureAnalysis(lines(cause.problems(), ConfigurationProblem::description),
				lines(cause.problems(), ConfigurationProblem::action), cause);
	}

	private static String lines(List<ConfigurationProblem> problems, Function<ConfigurationProblem, String> part) {
		return problems.stream().map(part).distinct().collect(Collectors.joining("\n"));
	}

}
