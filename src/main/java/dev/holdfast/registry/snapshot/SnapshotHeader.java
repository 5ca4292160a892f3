package dev.holdfast.registry.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.service.Revision;

/**
 * The first line of a snapshot on disk. Its length does not depend on the checksum, which
 * is known last.
 *
 * @param schema how the rest is laid out
 * @param savedAt when the file was written
 * @param revision the registry's revision that it holds
 * @param checksum the CRC-32C of the whole file with 0 for the checksum
 */
record SnapshotHeader(int schema, Instant savedAt, Revision revision, int checksum) {

	/** Instances are known by scheme, host and port. */
	static final int WITHOUT_PATHS = 1;

	/**
	 * Instances may have a path as well, which whoever does not know it must not lose.
	 */
	static final int WITH_PATHS = 2;

	private static final int MAX_LENGTH = 256;

	private static final Pattern SCHEMA_FIRST = Pattern.compile("\\{\"schema\":(\\d{1,9}),.*", Pattern.DOTALL);

	private static final Pattern LINE = Pattern.compile("\\{\"schema\":([12]),\"savedAt\":\"([0-9TZ:.-]{20,30})\","
			+ "\"cluster\":\"([0-9a-f]{1,16})\",\"revision\":(\\d{1,19}),\"checksum\":\"crc32c:([0-9a-f]{8})\",\n");

	/**
	 * Gives the same header with another checksum.
	 * @param checksum the checksum
	 * @return the other header
	 */
	SnapshotHeader withChecksum(int checksum) {
		return new SnapshotHeader(this.schema, this.savedAt, this.revision, checksum);
	}

	/**
	 * Gives the line, which opens a JSON object.
	 * @return its characters, the line feed included
	 */
	byte[] bytes() {
		return String.format(Locale.ROOT, """
				{"schema":%d,"savedAt":"%s","cluster":"%x","revision":%d,"checksum":"crc32c:%08x",
				""", this.schema, this.savedAt, this.revision.cluster(), this.revision.number(), this.checksum)
			.getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * Reads the line and nothing behind it.
	 * @param in the file, at its beginning; must support marks
	 * @return the header
	 * @throws IOException if the file does not begin with one of this schema
	 */
	static SnapshotHeader read(InputStream in) throws IOException {
		String line = firstLine(in);
		Matcher matcher = LINE.matcher(line);
		if (!matcher.matches()) {
			throw new IOException(unlike(line));
		}
		try {
			Revision revision = new Revision(Long.parseUnsignedLong(matcher.group(3), 16),
					Long.parseLong(matcher.group(4)));
			return new SnapshotHeader(Integer.parseInt(matcher.group(1)), Instant.parse(matcher.group(2)), revision,
					Integer.parseUnsignedInt(matcher.group(5), 16));
		}
		catch (NumberFormatException | DateTimeException ex) {
			throw new IOException(unlike(line), ex);
		}
	}

	private static String firstLine(InputStream in) throws IOException {
		in.mark(MAX_LENGTH);
		byte[] start = in.readNBytes(MAX_LENGTH);
		int length = new String(start, StandardCharsets.ISO_8859_1).indexOf('\n') + 1;
		in.reset();
		return new String(in.readNBytes((length > 0) ? length : start.length), StandardCharsets.ISO_8859_1);
	}

	private static String unlike(String line) {
		Matcher schema = SCHEMA_FIRST.matcher(line);
		if (schema.matches() && !schema.group(1).matches("[12]")) {
			return "its schema is %s (expected: %d or %d)".formatted(schema.group(1), WITHOUT_PATHS, WITH_PATHS);
		}
		return "its first line is not that of a snapshot (expected: schema, savedAt, cluster, revision, checksum)";
	}

}
