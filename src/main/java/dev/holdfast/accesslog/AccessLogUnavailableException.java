package dev.holdfast.accesslog;

import java.nio.file.Path;

/**
 * The file of the access log cannot be written.
 */
public final class AccessLogUnavailableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param file the file
	 */
	AccessLogUnavailableException(Path file) {
		super("The access log cannot be written to %s (holdfast.access-log.file)".formatted(file.toAbsolutePath()));
	}

}
