package dev.holdfast.accesslog;

/**
 * How requests are logged.
 *
 * @param format what the lines look like
 * @param file where they are written, empty for standard output
 * @param maxFileSize from which size on the next file is begun, bytes
 * @param maxFiles how many full files are kept
 * @param bufferSize how much memory lines may take that have not been written, bytes
 * @param query whether lines have the query
 */
public record AccessLogSettings(AccessLogFormat format, String file, long maxFileSize, int maxFiles, int bufferSize,
		boolean query) {
}
