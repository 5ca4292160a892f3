package dev.holdfast.registry.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * JSON as strangers write it: one value and nothing behind it, no member twice, nested at
 * most 32 deep, numbers of at most 100 characters.
 */
final class StrictJson {

	private static final JsonMapper MAPPER = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).maxNumberLength(100).build())
			// Field names are foreign here: remembering them would let records fill a
			// table shared with the rest of the process.
			.disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
			.disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
			.build())
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
		.build();

	private static final Pattern QUOTED_TOKEN = Pattern.compile("(?<=Unrecognized )token '[^']*'");

	private StrictJson() {
	}

	/**
	 * Parses an object.
	 * @param what what the text is of, such as {@code value}
	 * @param text the text
	 * @return the object
	 * @throws UnreadableRecordException if the text is something else
	 */
	static ObjectNode object(String what, String text) throws UnreadableRecordException {
		return parse(what, text, ObjectNode.class, "a JSON object");
	}

	/**
	 * Parses a list.
	 * @param what what the text is of, such as {@code value}
	 * @param text the text
	 * @return the list
	 * @throws UnreadableRecordException if the text is something else
	 */
	static ArrayNode array(String what, String text) throws UnreadableRecordException {
		return parse(what, text, ArrayNode.class, "a JSON list");
	}

	private static <T extends JsonNode> T parse(String what, String text, Class<T> type, String expected)
			throws UnreadableRecordException {
		try (JsonParser parser = MAPPER.createParser(text)) {
			T parsed = MAPPER.readerFor(type).with(new WrittenNumber.Factory(parser)).readValue(parser);
			if (parsed == null) {
				throw UnreadableRecordException.unexpected(what, text, expected);
			}
			return parsed;
		}
		catch (JsonProcessingException ex) {
			throw unexpected(what, text, expected, withoutToken(ex.getOriginalMessage()));
		}
		// Nothing is read but the text.
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		// What Jackson 2.21 lets escape for an exponent beyond 32 bit.
		catch (NumberFormatException ex) {
			throw unexpected(what, text, expected, String.valueOf(ex.getMessage()));
		}
	}

	/** What is no JSON may be a secret as it is. */
	private static String withoutToken(String problem) {
		return QUOTED_TOKEN.matcher(problem).replaceAll("token");
	}

	private static UnreadableRecordException unexpected(String what, String text, String expected, String problem) {
		return UnreadableRecordException.unexpected(what, text, expected + "; " + Excerpt.of(problem));
	}

}
