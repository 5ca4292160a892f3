package dev.holdfast.registry.format;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.service.Instance;
import org.jspecify.annotations.Nullable;

/**
 * The members of a JSON object, by type. A member that is {@code null} counts as absent.
 *
 * @param object the object
 */
record JsonMembers(JsonNode object) {

	/**
	 * Tells whether a member is there.
	 * @param name its name
	 * @return whether it is there and not {@code null}
	 */
	boolean has(String name) {
		return this.object.hasNonNull(name);
	}

	/**
	 * Reads a string.
	 * @param name the member's name
	 * @return the string, or {@code null} when the member is absent
	 * @throws UnreadableRecordException if it is something else
	 */
	@Nullable String text(String name) throws UnreadableRecordException {
		if (!has(name)) {
			return null;
		}
		JsonNode member = this.object.path(name);
		if (!member.isTextual()) {
			throw UnreadableRecordException.unexpected(name, member.toString(), "a string");
		}
		return member.textValue();
	}

	/**
	 * Reads a string that may be absent.
	 * @param name the member's name
	 * @return the string, empty when the member is absent
	 * @throws UnreadableRecordException if it is something else
	 */
	String textOrEmpty(String name) throws UnreadableRecordException {
		String text = text(name);
		return (text != null) ? text : "";
	}

	/**
	 * Reads a whole number.
	 * @param name the member's name
	 * @param min the smallest that is accepted
	 * @param max the largest that is accepted
	 * @param fallback what an absent member means
	 * @return the number
	 * @throws UnreadableRecordException if it is no number or out of range
	 */
	int number(String name, int min, int max, int fallback) throws UnreadableRecordException {
		if (!has(name)) {
			return fallback;
		}
		return number(name, this.object.path(name), min, max);
	}

	/**
	 * Reads a whole number that may be no member.
	 * @param what what the number is of, such as {@code weight}
	 * @param value the value
	 * @param min the smallest that is accepted
	 * @param max the largest that is accepted
	 * @return the number
	 * @throws UnreadableRecordException if it is no number or out of range
	 */
	static int number(String what, JsonNode value, int min, int max) throws UnreadableRecordException {
		return wholeNumber(value, min, max).orElseThrow(() -> UnreadableRecordException.unexpected(what,
				value.toString(), "a whole number from %d to %d".formatted(min, max)));
	}

	/**
	 * Reads a number that is whole, however it is written: {@code 10}, {@code 10.0} and
	 * {@code 1e1} are the same to JSON (RFC 8259, section 6).
	 * @param value the value
	 * @param min the smallest that is accepted
	 * @param max the largest that is accepted
	 * @return the number, or empty when the value is something else
	 */
	static OptionalInt wholeNumber(JsonNode value, int min, int max) {
		if (!value.isNumber()) {
			return OptionalInt.empty();
		}
		BigDecimal number = value.decimalValue();
		// In this order: a number out of range may have more zeros than fit into memory.
		if (number.compareTo(BigDecimal.valueOf(min)) < 0 || number.compareTo(BigDecimal.valueOf(max)) > 0
				|| number.stripTrailingZeros().scale() > 0) {
			return OptionalInt.empty();
		}
		return OptionalInt.of(number.intValueExact());
	}

	/**
	 * Reads a truth value.
	 * @param name the member's name
	 * @param fallback what an absent member means
	 * @return the value
	 * @throws UnreadableRecordException if it is something else
	 */
	boolean flag(String name, boolean fallback) throws UnreadableRecordException {
		if (!has(name)) {
			return fallback;
		}
		JsonNode member = this.object.path(name);
		if (!member.isBoolean()) {
			throw UnreadableRecordException.unexpected(name, member.toString(), "true or false");
		}
		return member.booleanValue();
	}

	/**
	 * Reads the {@code weight}.
	 * @return the weight, {@link Instance#DEFAULT_WEIGHT} when absent
	 * @throws UnreadableRecordException if it is no number or out of range
	 */
	int weight() throws UnreadableRecordException {
		return number("weight", 0, Integer.MAX_VALUE, Instance.DEFAULT_WEIGHT);
	}

	/**
	 * Reads an object as metadata: strings as they are, anything else as its JSON text,
	 * and nothing of what is {@code null}.
	 * @param name the member's name
	 * @return the metadata, empty when the member is absent
	 * @throws UnreadableRecordException if it is no object
	 */
	Map<String, String> metadata(String name) throws UnreadableRecordException {
		if (!has(name)) {
			return Map.of();
		}
		JsonNode member = this.object.path(name);
		if (!member.isObject()) {
			throw UnreadableRecordException.unexpected(name, member.toString(), "an object");
		}
		Map<String, String> metadata = new LinkedHashMap<>();
		for (Map.Entry<String, JsonNode> entry : member.properties()) {
			if (!entry.getValue().isNull()) {
				metadata.put(entry.getKey(), plain(entry.getValue()));
			}
		}
		return metadata;
	}

	/**
	 * Gives a value as one string.
	 * @param value the value
	 * @return a string's own characters, or anything else's JSON text
	 */
	static String plain(JsonNode value) {
		return value.isTextual() ? value.textValue() : value.toString();
	}

}
