package dev.holdfast.override;

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
import dev.holdfast.service.PrintableText;

/**
 * The members of one JSON object as anybody may have written it, in a file or in etcd:
 * none twice, nothing behind it, and each of the type and size that is expected.
 */
public final class StrictMembers {

	/** The longest text within, in characters. */
	private static final int MAX_TEXT_LENGTH = 8 * 1024;

	private static final int SHOWN = 100;

	private static final JsonMapper MAPPER = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(StreamReadConstraints.builder()
				.maxNestingDepth(4)
				.maxNumberLength(20)
				.maxStringLength(MAX_TEXT_LENGTH)
				.build())
			// Names of members are foreign: they must not fill a table of the process.
			.disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
			.disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
			.build())
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		// Half a surrogate pair in a name must not end the saving of all the others.
		.enable(JsonWriteFeature.ESCAPE_NON_ASCII)
		.build();

	private final ObjectNode members;

	private StrictMembers(ObjectNode members) {
		this.members = members;
	}

	/**
	 * Begins an object that is to be written.
	 * @return an object without members
	 */
	public static ObjectNode create() {
		return MAPPER.createObjectNode();
	}

	/**
	 * Writes an object.
	 * @param json the object
	 * @return its JSON in one line, ASCII alone
	 */
	public static byte[] write(ObjectNode json) {
		try {
			return MAPPER.writeValueAsBytes(json);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException("no JSON of " + json, ex);
		}
	}

	/**
	 * Reads an object.
	 * @param json its JSON in UTF-8
	 * @param maxLength the most bytes that it may have
	 * @param what what it is meant to be, for the message
	 * @return its members
	 * @throws UnreadableValueException if it is larger, or no object
	 */
	public static StrictMembers read(byte[] json, int maxLength, String what) throws UnreadableValueException {
		if (json.length > maxLength) {
			throw new UnreadableValueException(
					"%s: %d bytes (expected: at most %d)".formatted(what, json.length, maxLength));
		}
		try {
			// From a text, since bytes alone would be taken for UTF-16 where they look
			// so.
			if (MAPPER.readTree(new String(json, StandardCharsets.UTF_8)) instanceof ObjectNode members) {
				return new StrictMembers(members);
			}
		}
		catch (JsonProcessingException ex) {
			throw new UnreadableValueException(what + ": " + PrintableText.of(ex.getOriginalMessage()));
		}
		throw new UnreadableValueException(what + ": no JSON object");
	}

	/**
	 * Refuses what means nothing; what another version wrote is refused rather than
	 * guessed.
	 * @param names the members that mean something
	 * @throws UnreadableValueException if there is another one
	 */
	public void allowOnly(Set<String> names) throws UnreadableValueException {
		for (Iterator<String> found = this.members.fieldNames(); found.hasNext();) {
			String name = found.next();
			if (!names.contains(name)) {
				throw unexpected(name, "no such member");
			}
		}
	}

	/**
	 * Whether there is such a member.
	 * @param name its name
	 * @return whether it is there
	 */
	public boolean has(String name) {
		return this.members.has(name);
	}

	/**
	 * Gives a text.
	 * @param name the member
	 * @return its text
	 * @throws UnreadableValueException if it is not there, or no text
	 */
	public String text(String name) throws UnreadableValueException {
		JsonNode value = this.members.path(name);
		if (!value.isTextual()) {
			throw unexpected(name, "a text");
		}
		return value.textValue();
	}

	/**
	 * Gives a short text.
	 * @param name the member
	 * @param maxLength the most characters that it may have
	 * @return its text
	 * @throws UnreadableValueException if it is not there, no text, or longer
	 */
	public String text(String name, int maxLength) throws UnreadableValueException {
		JsonNode value = this.members.path(name);
		if (!value.isTextual() || value.textValue().length() > maxLength) {
			throw unexpected(name, "a text of at most %d characters".formatted(maxLength));
		}
		return value.textValue();
	}

	/**
	 * Gives a short text that may be absent.
	 * @param name the member
	 * @param maxLength the most characters that it may have
	 * @return its text, empty when the member is not there
	 * @throws UnreadableValueException if it is no text, or longer
	 */
	public Optional<String> optionalText(String name, int maxLength) throws UnreadableValueException {
		return has(name) ? Optional.of(text(name, maxLength)) : Optional.empty();
	}

	/**
	 * Gives a time.
	 * @param name the member
	 * @return its time
	 * @throws UnreadableValueException if it is not there, or no time of ISO 8601
	 */
	public Instant instant(String name) throws UnreadableValueException {
		try {
			return Instant.parse(text(name));
		}
		catch (DateTimeException ex) {
			throw unexpected(name, "a time such as 2026-01-31T12:00:00Z");
		}
	}

	/**
	 * Gives a whole number.
	 * @param name the member
	 * @param min the least that it may be
	 * @param max the most
	 * @return its number
	 * @throws UnreadableValueException if it is not there, or not within
	 */
	public long number(String name, long min, long max) throws UnreadableValueException {
		JsonNode value = this.members.path(name);
		if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < min
				|| value.longValue() > max) {
			throw unexpected(name, "a whole number from %d to %d".formatted(min, max));
		}
		return value.longValue();
	}

	/**
	 * Refuses a member's value.
	 * @param name the member
	 * @param expected what was expected in its place
	 * @return the exception, whose message is fit for one line of a log
	 */
	public UnreadableValueException unexpected(String name, String expected) {
		JsonNode value = this.members.path(name);
		String found = value.isMissingNode() ? "none" : value.toString();
		return new UnreadableValueException("%s: %s (expected: %s)".formatted(PrintableText.of(name, SHOWN),
				PrintableText.of(found, SHOWN), expected));
	}

}
