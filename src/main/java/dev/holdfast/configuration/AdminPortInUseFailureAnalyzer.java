package dev.holdfast.configuration;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains a start that failed because the admin port is taken; Boot's own words do not
 * name the key.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class AdminPortInUseFailureAnalyzer extends AbstractFailureAnalyzer<PortInUseException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, PortInUseException cause) {
		return new FailureAnalysis("Cannot listen for operators on port %d: it is in use".formatted(cause.getPort()),
				"Stop what listens on port %d, or set server.port to another port.".formatted(cause.getPort()), cause);
	}

}
