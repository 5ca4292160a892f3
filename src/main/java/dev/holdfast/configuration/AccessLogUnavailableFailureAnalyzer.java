package dev.holdfast.configuration;

import dev.holdfast.accesslog.AccessLogUnavailableException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a start that failed because the file of the access log cannot be written.
 */
final class AccessLogUnavailableFailureAnalyzer extends AbstractFailureAnalyzer<AccessLogUnavailableException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, AccessLogUnavailableException cause) {
		return new FailureAnalysis(String.valueOf(cause.getMessage()),
				"Set holdfast.access-log.file to a file that the gateway may write, or to nothing for standard output.",
				cause);
	}

}
