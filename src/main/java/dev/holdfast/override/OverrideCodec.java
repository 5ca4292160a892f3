package dev.holdfast.override;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Iterator;
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
import dev.holdfast.service.ServiceName;

/**
 * One override as JSON: a line of the file, a value in etcd. What another version wrote
 * and this one does not know is refused rather than guessed.
 */
public final class OverrideCodec {

	/** How an override is written. */
	public static final int SCHEMA_VERSION = 1;

	/** The longest JSON of an override, in bytes. */
	public static final int MAX_LENGTH = 16 * 1024;

	private static final int MAX_TEXT_LENGTH = 8 * 1024;

	private static final Set<String> MEMBERS = Set.of("schemaVersion", "kind", "service", "instance", "weight", "scope",
			"since", "until", "reason", "by");

	// Escapes all but ASCII: half a surrogate pair in a name must not end the saving of
	// all the others.
	private static final JsonMapper MAPPER = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(StreamReadConstraints.builder()
				.maxNestingDepth(4)
				.maxNumberLength(20)
				.maxStringLength(MAX_TEXT_LENGTH)
				.build())
			.build())
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.enable(JsonWriteFeature.ESCAPE_NON_ASCII)
		.build();

	private OverrideCodec() {
	}

	/**
	 * Writes an override.
	 * @param override the override
	 * @return its JSON in one line, ASCII alone
	 */
	public static byte[] encode(OperatorOverride override) {
		ObjectNode json = MAPPER.createObjectNode();
		json.put("schemaVersion", SCHEMA_VERSION);
		json.put("kind", override.action().kind());
		switch (override.action()) {
			case Action.Drain(ServiceName service, String instance) ->
				json.put("service", service.value()).put("instance", instance);
			case Action.Weight(ServiceName service, String instance, int weight) ->
				json.put("service", service.value()).put("instance", instance).put("weight", weight);
			case Action.CircuitOpen(ServiceName service) -> json.put("service", service.value());
			case Action.Freeze freeze -> {
				// Of everything.
			}
		}
		json.put("scope", override.scope().name());
		json.put("since", override.since().toString());
		json.put("until", override.until().toString());
		json.put("reason", override.reason());
		json.put("by", override.by());
		try {
			return MAPPER.writeValueAsBytes(json);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException("no JSON of " + override, ex);
		}
	}

	/**
	 * Reads an override.
	 * @param json its JSON in UTF-8
	 * @return the override
	 * @throws UnreadableOverrideException if it is none, or is of another schema
	 */
	public static OperatorOverride decode(byte[] json) throws UnreadableOverrideException {
		if (json.length > MAX_LENGTH) {
			throw new UnreadableOverrideException(
					"override: %d bytes (expected: at most %d)".formatted(json.length, MAX_LENGTH));
		}
		ObjectNode members = object(json);
		int schema = number(members, "schemaVersion", 1, Integer.MAX_VALUE);
		if (schema != SCHEMA_VERSION) {
			throw new UnreadableOverrideException("schemaVersion: %d (expected: %d)".formatted(schema, SCHEMA_VERSION));
		}
		for (Iterator<String> names = members.fieldNames(); names.hasNext();) {
			String name = names.next();
			if (!MEMBERS.contains(name)) {
				throw unexpected(members, name, "no such member");
			}
		}
		try {
			return new OperatorOverride(action(members), scope(members), instant(members, "since"),
					instant(members, "until"), text(members, "reason"), text(members, "by"));
		}
		// What the records throw.
		catch (IllegalArgumentException ex) {
			throw new UnreadableOverrideException(String.valueOf(ex.getMessage()));
		}
	}

	private static ObjectNode object(byte[] json) throws UnreadableOverrideException {
		try {
			// From a text, since bytes alone would be taken for UTF-16 where they look
			// so.
			if (MAPPER.readTree(new String(json, StandardCharsets.UTF_8)) instanceof ObjectNode members) {
				return members;
			}
		}
		catch (JsonProcessingException ex) {
			throw new UnreadableOverrideException("override: " + PrintableText.of(ex.getOriginalMessage()));
		}
		throw new UnreadableOverrideException("override: no JSON object");
	}

	private static Action action(ObjectNode members) throws UnreadableOverrideException {
		String kind = text(members, "kind");
		return switch (kind) {
			case "DRAIN" -> {
				refuse(members, "weight");
				yield new Action.Drain(service(members), text(members, "instance"));
			}
			case "WEIGHT" -> new Action.Weight(service(members), text(members, "instance"),
					number(members, "weight", 0, Action.Weight.MAX));
			case "CIRCUIT_OPEN" -> {
				refuse(members, "weight", "instance");
				yield new Action.CircuitOpen(service(members));
			}
			case "FREEZE" -> {
				refuse(members, "weight", "instance", "service");
				yield new Action.Freeze();
			}
			default -> throw unexpected(members, "kind", "DRAIN, WEIGHT, CIRCUIT_OPEN or FREEZE");
		};
	}

	private static void refuse(ObjectNode members, String... names) throws UnreadableOverrideException {
		for (String name : names) {
			if (members.has(name)) {
				throw unexpected(members, name, "none with this kind");
			}
		}
	}

	private static ServiceName service(ObjectNode members) throws UnreadableOverrideException {
		String name = text(members, "service");
		if (!ServiceName.isValid(name)) {
			throw unexpected(members, "service", "the name of a service");
		}
		return new ServiceName(name);
	}

	private static Scope scope(ObjectNode members) throws UnreadableOverrideException {
		return switch (text(members, "scope")) {
			case "LOCAL" -> Scope.LOCAL;
			case "CLUSTER" -> Scope.CLUSTER;
			default -> throw unexpected(members, "scope", "LOCAL or CLUSTER");
		};
	}

	private static Instant instant(ObjectNode members, String name) throws UnreadableOverrideException {
		try {
			return Instant.parse(text(members, name));
		}
		catch (DateTimeException ex) {
			throw unexpected(members, name, "a time such as 2026-01-31T12:00:00Z");
		}
	}

	private static String text(ObjectNode members, String name) throws UnreadableOverrideException {
		JsonNode value = members.path(name);
		if (!value.isTextual()) {
			throw unexpected(members, name, "a text");
		}
		return value.textValue();
	}

	private static int number(ObjectNode members, String name, int min, int max) throws UnreadableOverrideException {
		JsonNode value = members.path(name);
		if (!value.isInt() || value.intValue() < min || value.intValue() > max) {
			throw unexpected(members, name, "a whole number from %d to %d".formatted(min, max));
		}
		return value.intValue();
	}

	private static UnreadableOverrideException unexpected(ObjectNode members, String name, String expected) {
		JsonNode value = members.path(name);
		String found = value.isMissingNode() ? "none" : value.toString();
		return new UnreadableOverrideException(
				"%s: %s (expected: %s)".formatted(PrintableText.of(name, 100), PrintableText.of(found, 100), expected));
	}

}
