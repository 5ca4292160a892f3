package dev.holdfast.cluster;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The members of one JSON object as anybody may have written it: none twice, no lists
 * within, nothing behind it, and each of the type and size that is expected.
 */
final class StrictMembers {

	/** The largest object, in bytes. */
	static final int MAX_LENGTH = 8 * 1024;

	private static final JsonMapper MAPPER = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(4).maxNumberLength(20).build())
			// Names of members are foreign: they must not fill a table of the process.
			.disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
			.disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
			.build())
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.enable(JsonWriteFeature.ESCAPE_NON_ASCII)
		.build();

	private final ObjectNode members;

	private StrictMembers(ObjectNode members) {
		this.members = members;
	}

	static ObjectNode create() {
		return MAPPER.createObjectNode();
	}

	static byte[] write(ObjectNode json) {
		try {
			return MAPPER.writeValueAsBytes(json);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException("no JSON of " + json, ex);
		}
	}

	static StrictMembers read(byte[] json) throws UnreadableValueException {
		if (json.length > MAX_LENGTH) {
			throw new UnreadableValueException("%d bytes (expected: at most %d)".formatted(json.length, MAX_LENGTH));
		}
		try {
			// From a text, since bytes alone would be taken for UTF-16 where they look
			// so.
			if (MAPPER.readTree(new String(json, StandardCharsets.UTF_8)) instanceof ObjectNode members) {
				return new StrictMembers(members);
			}
		}
		catch (JsonProcessingException ex) {
			throw new UnreadableValueException(ex.getOriginalMessage() + " (expected: a JSON object)");
		}
		throw new UnreadableValueException("no JSON object (expected: one)");
	}

	/**
	 * Refuses what means nothing; what another version wrote is refused rather than
	 * guessed.
	 */
	void allowOnly(Set<String> names) throws UnreadableValueException {
		for (Iterator<String> found = this.members.fieldNames(); found.hasNext();) {
			String name = found.next();
			if (!names.contains(name)) {
				throw new UnreadableValueException("%s: unknown (expected: %s)".formatted(shortened(name), names));
			}
		}
	}

	String text(String name, int maxLength) throws UnreadableValueException {
		JsonNode value = this.members.path(name);
		if (!value.isTextual() || value.textValue().length() > maxLength) {
			throw unexpected(name, "a text of at most %d characters".formatted(maxLength));
		}
		return value.textValue();
	}

	Optional<String> optionalText(String name, int maxLength) throws UnreadableValueException {
		return this.members.has(name) ? Optional.of(text(name, maxLength)) : Optional.empty();
	}

	Instant instant(String name) throws UnreadableValueException {
		try {
			return Instant.parse(text(name, 40));
		}
		catch (DateTimeException ex) {
			throw unexpected(name, "a time such as 2026-01-31T12:00:00Z");
		}
	}

	long number(String name, long min, long max) throws UnreadableValueException {
		JsonNode value = this.members.path(name);
		if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < min
				|| value.longValue() > max) {
			throw unexpected(name, "a whole number from %d to %d".formatted(min, max));
		}
		return value.longValue();
	}

	UnreadableValueException unexpected(String name, String expected) {
		JsonNode value = this.members.path(name);
		return new UnreadableValueException("%s: %s (expected: %s)".formatted(name,
				value.isMissingNode() ? "none" : shortened(value.toString()), expected));
	}

	private static String shortened(String text) {
		return (text.length() > 100) ? text.substring(0, 100) + "…" : text;
	}

}
