package dev.holdfast.configuration;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The start failed because of the configuration.
 */
final class InvalidConfigurationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient List<ConfigurationProblem> problems;

	/**
	 * Creates the exception.
	 * @param problems all that is wrong, at least one
	 */
	InvalidConfigurationException(List<ConfigurationProblem> problems) {
		super(problems.stream().map(ConfigurationProblem::description).collect(Collectors.joining("; ")));
		this.problems = List.copyOf(problems);
	}

	List<ConfigurationProblem> problems() {
		return this.problems;
	}

}
