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
	 * @param reason what the operating system says, empty when it is not known
	 */
	AccessLogUnavailableException(Path file, String reason) {
		super("The access log cannot be written to %s (holdfast.access-log.file)%s".formatted(file.toAbsolutePath(),
				reason.isEmpty() ? "" : ": " + reason));
	}

}
