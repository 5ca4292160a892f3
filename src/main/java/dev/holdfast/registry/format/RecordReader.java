package dev.holdfast.registry.format;

import dev.holdfast.service.Reading;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.service.Scheme;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one source. What is between the source's prefix and the key's last
 * slash names the service, inner slashes become dashes, and what is behind the last slash
 * is the instance's id. Safe on any thread; whatever a record holds, reading it ends
 * within time and memory proportional to its size and never throws.
 */
public final class RecordReader {

	/** The largest value that is read, in bytes. */
	public static final int MAX_VALUE_SIZE = 64 * 1024;

	private static final List<RecordFormat> FORMATS = List.of(new GrpcNamingFormat(), new KratosFormat(),
			new JsonFormat(), new PlainFormat());

	private static final RecordFormat AUTO = new AutoFormat(FORMATS);

	private static final JsonMapper MAPPER = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).maxNumberLength(100).build())
			// Field names are foreign here: remembering them would let records fill a
			// table
			// shared with the rest of the process.
			.disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
			.disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
			.build())
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
		.build();

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
	public Reading read(RawRecord record) {
		String key = record.key();
		if ((key + "/").equals(this.prefix) || key.equals(this.prefix)) {
			return new Reading.Ignored("the key is the source's prefix itself");
		}
		if (!key.startsWith(this.prefix)) {
			return new Reading.Ignored("the key is not under the source's prefix " + this.prefix);
		}
		try {
			String text = text(record.value());
			String path = key.substring(this.prefix.length());
			return this.format.read(new RecordEntry(record, path.startsWith("/") ? path.substring(1) : path, text,
					json(text), this.defaultScheme));
		}
		catch (UnreadableRecordException ex) {
			return new Reading.Unreadable(ex.reason());
		}
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
		if (!text.startsWith("{")) {
			return null;
		}
		try {
			return MAPPER.readValue(text, ObjectNode.class);
		}
		catch (JsonProcessingException ex) {
			throw notJson(text, ex.getOriginalMessage());
		}
		// What Jackson 2.21 lets escape for an exponent beyond 32 bit.
		catch (NumberFormatException ex) {
			throw notJson(text, String.valueOf(ex.getMessage()));
		}
	}

	private static UnreadableRecordException notJson(String text, String problem) {
		return UnreadableRecordException.unexpected("value", text, "a JSON object; " + Excerpt.of(problem));
	}

}
