package dev.holdfast.admin;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.service.PrintableText;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * The JSON object that says what a write is to do. What it does not say plainly is
 * refused with the member's name: a misspelt one, one that is there twice, or a
 * {@code null} where a script found no value could else turn one instance into all.
 */
final class WriteBody {

	private static final String REASON = "reason";

	private static final int MAX_VALUE_LENGTH = 100;

	private static final ObjectReader STRICT = JsonMapper.builder()
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.build()
		.reader();

	private final ObjectNode members;

	private final @Nullable String reasonElsewhere;

	private final String by;

	private WriteBody(ObjectNode members, @Nullable String reasonElsewhere, String by) {
		this.members = members;
		this.reasonElsewhere = reasonElsewhere;
		this.by = by;
	}

	/**
	 * Reads a body.
	 * @param json its bytes
	 * @param reason what the request's parameter says for a reason
	 * @param by who writes
	 * @throws ProblemException if it is no JSON object, or has a member twice
	 */
	static WriteBody read(byte[] json, @Nullable String reason, String by) {
		if (json.length == 0) {
			throw malformed("body: none");
		}
		try {
			if (STRICT.readTree(json) instanceof ObjectNode members) {
				return new WriteBody(members, reason, by);
			}
		}
		catch (JsonProcessingException ex) {
			throw malformed("body: " + ex.getOriginalMessage());
		}
		catch (IOException ex) {
			throw malformed("body: " + ex.getMessage());
		}
		throw malformed("body: no object");
	}

	private static ProblemException malformed(String found) {
		return new ProblemException(HttpStatus.BAD_REQUEST, "malformed-body",
				found + " (expected: one JSON object, each member once)");
	}

	/**
	 * Refuses members that mean nothing; {@code reason} always means something.
	 * @param names the members that the write understands
	 */
	void allowOnly(Set<String> names) {
		Set<String> known = new TreeSet<>(names);
		known.add(REASON);
		for (Iterator<String> found = this.members.fieldNames(); found.hasNext();) {
			String name = found.next();
			if (!known.contains(name)) {
				String expected = String.join(", ", known);
				throw new ProblemException(HttpStatus.BAD_REQUEST, "unknown-member",
						"%s: unknown (expected: %s)".formatted(shortened(name), expected),
						Map.of("member", shortened(name), "expected", expected));
			}
		}
		text(REASON, "a text");
	}

	/**
	 * Tells why it is written, by the body or else by the request's parameter.
	 * @return the reason, {@code null} when none is given
	 */
	@Nullable String reason() {
		String reason = this.members.path(REASON).textValue();
		return (reason != null && !reason.isBlank()) ? reason : this.reasonElsewhere;
	}

	/**
	 * Gives the reason as it may stand in one line; empty when none is given.
	 */
	String printableReason() {
		String reason = reason();
		return (reason != null) ? PrintableText.of(reason) : "";
	}

	/**
	 * Tells who writes.
	 */
	String by() {
		return this.by;
	}

	/**
	 * Gives all members but the reason.
	 * @return them in one line of JSON
	 */
	String withoutReason() {
		return this.members.deepCopy().without(REASON).toString();
	}

	/**
	 * Gives a name or an id.
	 * @return its text, {@code null} when the member is absent
	 */
	@Nullable String name(String member) {
		String expected = "a text that is not empty";
		String value = text(member, expected);
		if (value != null && value.isBlank()) {
			throw bad(member, expected);
		}
		return value;
	}

	/**
	 * Tells whether a switch is on; it is off when the member is absent.
	 */
	boolean flag(String member) {
		JsonNode value = this.members.get(member);
		if (value == null) {
			return false;
		}
		if (!value.isBoolean()) {
			throw bad(member, "true or false");
		}
		return value.booleanValue();
	}

	/**
	 * Gives a time.
	 * @param defaultValue what an absent member stands for, {@code null} when it must be
	 * there
	 */
	Duration seconds(String member, @Nullable Duration defaultValue, Duration max) {
		String expected = "a whole number from 1 to " + max.toSeconds();
		JsonNode value = this.members.get(member);
		if (value == null && defaultValue != null) {
			return defaultValue;
		}
		if (value == null) {
			throw missing(member, expected);
		}
		if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 1
				|| value.longValue() > max.toSeconds()) {
			throw bad(member, expected);
		}
		return Duration.ofSeconds(value.longValue());
	}

	/**
	 * Gives a whole number, which must be there.
	 */
	int number(String member, int min, int max) {
		String expected = "a whole number from %d to %d".formatted(min, max);
		JsonNode value = this.members.get(member);
		if (value == null) {
			throw missing(member, expected);
		}
		if (!value.isInt() || value.intValue() < min || value.intValue() > max) {
			throw bad(member, expected);
		}
		return value.intValue();
	}

	/**
	 * Gives a constant.
	 * @param defaultValue what an absent member stands for, {@code null} when it must be
	 * there
	 */
	<E extends Enum<E>> E constant(String member, Class<E> type, @Nullable E defaultValue) {
		String expected = EnumSet.allOf(type).stream().map(Enum::name).collect(Collectors.joining(" or "));
		String value = text(member, expected);
		if (value == null && defaultValue != null) {
			return defaultValue;
		}
		if (value == null) {
			throw missing(member, expected);
		}
		return EnumSet.allOf(type)
			.stream()
			.filter((constant) -> constant.name().equals(value))
			.findFirst()
			.orElseThrow(() -> bad(member, expected));
	}

	private static ProblemException missing(String member, String expected) {
		return new ProblemException(HttpStatus.BAD_REQUEST, "missing-member",
				"%s: none (expected: %s)".formatted(member, expected), Map.of("member", member, "expected", expected));
	}

	/**
	 * Refuses a member's value.
	 */
	ProblemException bad(String member, String expected) {
		String value = shortened(this.members.path(member).toString());
		return new ProblemException(HttpStatus.BAD_REQUEST, "bad-member",
				"%s: %s (expected: %s)".formatted(member, value, expected),
				Map.of("member", member, "value", value, "expected", expected));
	}

	private @Nullable String text(String member, String expected) {
		JsonNode value = this.members.get(member);
		if (value != null && !value.isTextual()) {
			throw bad(member, expected);
		}
		return (value != null) ? value.textValue() : null;
	}

	private static String shortened(String text) {
		return (text.length() > MAX_VALUE_LENGTH) ? text.substring(0, MAX_VALUE_LENGTH) + "…" : text;
	}

}
