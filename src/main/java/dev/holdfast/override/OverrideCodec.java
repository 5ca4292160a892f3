package dev.holdfast.override;

import java.util.Set;

import com.fasterxml.jackson.databind.node.ObjectNode;
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

	private static final Set<String> MEMBERS = Set.of("schemaVersion", "kind", "service", "instance", "weight", "scope",
			"since", "until", "reason", "by");

	private OverrideCodec() {
	}

	/**
	 * Writes an override.
	 * @param override the override
	 * @return its JSON in one line, ASCII alone
	 */
	public static byte[] encode(OperatorOverride override) {
		ObjectNode json = StrictMembers.create();
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
		return StrictMembers.write(json);
	}

	/**
	 * Reads an override.
	 * @param json its JSON in UTF-8
	 * @return the override
	 * @throws UnreadableValueException if it is none, or is of another schema
	 */
	public static OperatorOverride decode(byte[] json) throws UnreadableValueException {
		StrictMembers members = StrictMembers.read(json, MAX_LENGTH, "override");
		long schema = members.number("schemaVersion", 1, Integer.MAX_VALUE);
		if (schema != SCHEMA_VERSION) {
			throw new UnreadableValueException("schemaVersion: %d (expected: %d)".formatted(schema, SCHEMA_VERSION));
		}
		members.allowOnly(MEMBERS);
		try {
			return new OperatorOverride(action(members), scope(members), members.instant("since"),
					members.instant("until"), members.text("reason"), members.text("by"));
		}
		// What the records throw.
		catch (IllegalArgumentException ex) {
			throw new UnreadableValueException(String.valueOf(ex.getMessage()));
		}
	}

	private static Action action(StrictMembers members) throws UnreadableValueException {
		String kind = members.text("kind");
		return switch (kind) {
			case "DRAIN" -> {
				refuse(members, "weight");
				yield new Action.Drain(service(members), members.text("instance"));
			}
			case "WEIGHT" -> new Action.Weight(service(members), members.text("instance"),
					(int) members.number("weight", 0, Action.Weight.MAX));
			case "CIRCUIT_OPEN" -> {
				refuse(members, "weight", "instance");
				yield new Action.CircuitOpen(service(members));
			}
			case "FREEZE" -> {
				refuse(members, "weight", "instance", "service");
				yield new Action.Freeze();
			}
			default -> throw members.unexpected("kind", "DRAIN, WEIGHT, CIRCUIT_OPEN or FREEZE");
		};
	}

	private static void refuse(StrictMembers members, String... names) throws UnreadableValueException {
		for (String name : names) {
			if (members.has(name)) {
				throw members.unexpected(name, "none with this kind");
			}
		}
	}

	private static ServiceName service(StrictMembers members) throws UnreadableValueException {
		String name = members.text("service");
		if (!ServiceName.isValid(name)) {
			throw members.unexpected("service", "the name of a service");
		}
		return new ServiceName(name);
	}

	private static Scope scope(StrictMembers members) throws UnreadableValueException {
		return switch (members.text("scope")) {
			case "LOCAL" -> Scope.LOCAL;
			case "CLUSTER" -> Scope.CLUSTER;
			default -> throw members.unexpected("scope", "LOCAL or CLUSTER");
		};
	}

}
