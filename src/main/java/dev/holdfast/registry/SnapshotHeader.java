package dev.holdfast.registry;

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
 * @param savedAt when the file was written
 * @param revision the registry's revision that it holds
 * @param checksum the CRC-32C of the whole file with 0 for the checksum
 */
record SnapshotHeader(Instant savedAt, Revision revision, int checksum) {

	/** The schema that is written, and the only one that is read. */
	static final int SCHEMA = 1;

	private static final int MAX_LENGTH = 256;

	private static final Pattern SCHEMA_FIRST = Pattern.compile("\\{\"schema\":(\\d{1,9}),.*", Pattern.DOTALL);

	private static final Pattern LINE = Pattern
		.compile("\\{\"schema\":" + SCHEMA + ",\"savedAt\":\"([0-9TZ:.-]{20,30})\","
				+ "\"cluster\":\"([0-9a-f]{1,16})\",\"revision\":(\\d{1,19}),\"checksum\":\"crc32c:([0-9a-f]{8})\",\n");

	/**
	 * Gives the same header with another checksum.
	 * @param checksum the checksum
	 * @return the other header
	 */
	SnapshotHeader withChecksum(int checksum) {
		return new SnapshotHeader(this.savedAt, this.revision, checksum);
	}

	/**
	 * Gives the line, which opens a JSON object.
	 * @return its characters, the line feed included
	 */
	byte[] bytes() {
		return String.format(Locale.ROOT, """
				{"schema":%d,"savedAt":"%s","cluster":"%x","revision":%d,"checksum":"crc32c:%08x",
				""", SCHEMA, this.savedAt, this.revision.cluster(), this.revision.number(), this.checksum)
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
			Revision revision = new Revision(Long.parseUnsignedLong(matcher.group(2), 16),
					Long.parseLong(matcher.group(3)));
			return new SnapshotHeader(Instant.parse(matcher.group(1)), revision,
					Integer.parseUnsignedInt(matcher.group(4), 16));
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
		if (schema.matches() && Integer.parseInt(schema.group(1)) != SCHEMA) {
			return "its schema is %s (expected: %d)".formatted(schema.group(1), SCHEMA);
		}
		return "its first line is not that of a snapshot (expected: schema, savedAt, cluster, revision, checksum)";
	}

}
