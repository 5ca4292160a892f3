package dev.holdfast.override;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * The layout of the overrides on disk: a JSON object whose first line has the checksum of
 * the whole, followed by the overrides, one a line.
 */
final class OverridesFileLayout {

	private static final int SCHEMA = 1;

	private static final Pattern SCHEMA_FIRST = Pattern.compile("\\{\"schema\":(\\d{1,9}),.*", Pattern.DOTALL);

	private static final Pattern FILE = Pattern.compile("(\\{\"schema\":1,\"savedAt\":\"([0-9TZ:.-]{20,30})\","
			+ "\"checksum\":\"crc32c:)([0-9a-f]{8})(\",\n\"overrides\":\\[\n(.*)\n]}\n)", Pattern.DOTALL);

	private OverridesFileLayout() {
	}

	static byte[] bytes(List<OperatorOverride> overrides, Instant savedAt) {
		String content = overrides.stream()
			.map((override) -> new String(OverrideCodec.encode(override), StandardCharsets.US_ASCII))
			.collect(Collectors.joining(",\n"));
		String head = "{\"schema\":%d,\"savedAt\":\"%s\",\"checksum\":\"crc32c:".formatted(SCHEMA, savedAt);
		String rest = "\",\n\"overrides\":[\n" + content + "\n]}\n";
		return (head + checksum(head, rest) + rest).getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * Reads a file's content.
	 * @throws IOException if it is not exactly what {@link #bytes} made
	 */
	static Saved read(byte[] bytes) throws IOException {
		String text = new String(bytes, StandardCharsets.ISO_8859_1);
		Matcher file = FILE.matcher(text);
		if (!file.matches()) {
			throw new IOException(unlike(text));
		}
		String actual = checksum(file.group(1), file.group(4));
		if (!actual.equals(file.group(3))) {
			throw new IOException("its checksum is %s (expected: %s), so it is damaged or was edited".formatted(actual,
					file.group(3)));
		}
		try {
			return read(Instant.parse(file.group(2)), file.group(5));
		}
		catch (DateTimeException ex) {
			throw new IOException(unlike(text), ex);
		}
	}

	private static Saved read(Instant savedAt, String lines) {
		List<OperatorOverride> overrides = new ArrayList<>();
		List<String> unreadable = new ArrayList<>();
		for (String line : lines.isEmpty() ? new String[0] : lines.split(",\n", -1)) {
			try {
				overrides.add(OverrideCodec.decode(line.getBytes(StandardCharsets.ISO_8859_1)));
			}
			catch (UnreadableValueException ex) {
				unreadable.add(String.valueOf(ex.getMessage()));
			}
		}
		return new Saved(savedAt, List.copyOf(overrides), List.copyOf(unreadable));
	}

	/** Of the whole with 0 for the checksum. */
	private static String checksum(String head, String rest) {
		CRC32C checksum = new CRC32C();
		checksum.update((head + "00000000" + rest).getBytes(StandardCharsets.ISO_8859_1));
		return String.format(Locale.ROOT, "%08x", checksum.getValue());
	}

	private static String unlike(String text) {
		Matcher schema = SCHEMA_FIRST.matcher(text);
		if (schema.matches() && !schema.group(1).equals(Integer.toString(SCHEMA))) {
			return "its schema is %s (expected: %d)".formatted(schema.group(1), SCHEMA);
		}
		return "it does not begin and end as overrides do (expected: schema, savedAt, checksum, overrides)";
	}

	/**
	 * What a file has.
	 *
	 * @param savedAt when it was written
	 * @param overrides the overrides
	 * @param unreadable why those could not be read that are not among them
	 */
	record Saved(Instant savedAt, List<OperatorOverride> overrides, List<String> unreadable) {
	}

}
