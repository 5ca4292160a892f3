package dev.holdfast.configuration;

import dev.holdfast.proxy.TrafficPortUnavailableException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a start that failed because the traffic port cannot be listened on.
 */
final class TrafficPortUnavailableFailureAnalyzer extends AbstractFailureAnalyzer<TrafficPortUnavailableException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, TrafficPortUnavailableException cause) {
		return new FailureAnalysis(String.valueOf(cause.getMessage()),
				"Stop what listens on port %d, or set holdfast.server.port to another port and holdfast.server.address to an address of this machine."
					.formatted(cause.port()),
				cause);
	}

}
