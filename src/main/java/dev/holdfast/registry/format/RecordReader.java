package dev.holdfast.registry.format;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Scheme;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one source. What is between the source's prefix and the key's last
 * slash names the service, inner slashes become dashes, and what is behind the last slash
 * is the instance's id, unless the format says otherwise. Safe on any thread; whatever a
 * record holds, reading it ends within time and memory proportional to its size and never
 * throws.
 */
public final class RecordReader {

	/** The largest value that is read, in bytes. */
	public static final int MAX_VALUE_SIZE = 64 * 1024;

	/** The longest key that is read, in characters. */
	static final int MAX_KEY_LENGTH = 64 * 1024;

	// The order counts for auto. First the formats that are known by their keys, since
	// their values alone look like those of others (Traefik's are plain URLs, Dubbo's are
	// empty, SkyDNS' are like generic JSON); then those whose members no other format
	// writes; then the two that claim what is left. Kitex comes behind Hertz, which
	// writes the same value and is told by its key, go-micro behind APISIX, whose nodes
	// have hosts, and go-zero before plain, which it differs from in the key alone.
	private static final List<RecordFormat> FORMATS = List.of(new TraefikFormat(), new DubboInterfaceFormat(),
			new SkyDnsFormat(), new ApisixFormat(), new GrpcNamingFormat(), new GoMicroFormat(), new KratosFormat(),
			new DubboFormat(), new HertzFormat(), new KitexFormat(), new JsonFormat(), new GoZeroFormat(),
			new PlainFormat());

	private static final RecordFormat AUTO = new AutoFormat(FORMATS);

	private final RecordFormat format;

	private final String prefix;

	private final Scheme defaultScheme;

	private RecordReader(RecordFormat format, String prefix, Scheme defaultScheme) {
		this.format = format;
		this.prefix = prefix;
		this.defaultScheme = defaultScheme;
	}

	/**
	 * Makes the reader for a source.
	 * @param format the name of the format that the source's records are in, or
	 * {@code auto} to recognise each by its key and value
	 * @param prefix what all of the source's keys begin with; a missing slash at the end
	 * is added, unless it is empty
	 * @param defaultScheme what an address without a scheme means
	 * @return the reader
	 * @throws IllegalArgumentException if there is no such format
	 */
	public static RecordReader of(String format, String prefix, Scheme defaultScheme) {
		RecordFormat found = formats().filter((candidate) -> candidate.name().equals(format))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(
					"format: \"%s\" (expected: one of %s)".formatted(format, String.join(", ", formatNames()))));
		return new RecordReader(found, (prefix.isEmpty() || prefix.endsWith("/")) ? prefix : prefix + "/",
				defaultScheme);
	}

	/**
	 * Lists the formats that can be configured.
	 * @return their names, {@code auto} first
	 */
	public static List<String> formatNames() {
		return formats().map(RecordFormat::name).toList();
	}

	private static Stream<RecordFormat> formats() {
		return Stream.concat(Stream.of(AUTO), FORMATS.stream());
	}

	/**
	 * Reads a record.
	 * @param record the record
	 * @return what it says
	 */
	public ParsedRecord read(RawRecord record) {
		String key = record.key();
		if ((key + "/").equals(this.prefix) || key.equals(this.prefix)) {
			return new ParsedRecord.Ignored("the key is the source's prefix itself");
		}
		if (!key.startsWith(this.prefix)) {
			return new ParsedRecord.Ignored("the key is not under the source's prefix " + this.prefix);
		}
		if (key.length() > MAX_KEY_LENGTH) {
			return new ParsedRecord.Unreadable(
					"key: %d characters (expected: at most %d)".formatted(key.length(), MAX_KEY_LENGTH));
		}
		String path = key.substring(this.prefix.length());
		try {
			String text = text(record.value());
			return this.format.read(entry(record, path, text, json(text)));
		}
		catch (UnreadableRecordException ex) {
			return this.format.isBeside(entry(record, path, "", null))
					? new ParsedRecord.Ignored("its key is not of an instance")
					: new ParsedRecord.Unreadable(ex.reason());
		}
	}

	private RecordEntry entry(RawRecord record, String path, String text, @Nullable ObjectNode json) {
		return new RecordEntry(record, path.startsWith("/") ? path.substring(1) : path, text, json, this.defaultScheme);
	}

	private static String text(byte[] value) throws UnreadableRecordException {
		if (value.length > MAX_VALUE_SIZE) {
			throw new UnreadableRecordException(
					"value: %d bytes (expected: at most %d)".formatted(value.length, MAX_VALUE_SIZE));
		}
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString().strip();
		}
		catch (CharacterCodingException ex) {
			throw UnreadableRecordException.unexpected("value", new String(value, StandardCharsets.UTF_8),
					"text in UTF-8");
		}
	}

	private static @Nullable ObjectNode json(String text) throws UnreadableRecordException {
		return text.startsWith("{") ? StrictJson.object("value", text) : null;
	}

}
