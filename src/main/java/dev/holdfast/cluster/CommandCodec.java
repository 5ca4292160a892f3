package dev.holdfast.cluster;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.override.Action;
import dev.holdfast.override.Command;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.StrictMembers;
import dev.holdfast.override.UnreadableValueException;
import dev.holdfast.service.ServiceName;

/**
 * A command for all gateways, as JSON. What another version wrote and this one does not
 * know is refused rather than guessed.
 */
final class CommandCodec {

	private static final int SCHEMA_VERSION = 1;

	/** The longest JSON of a command, in bytes. */
	static final int MAX_LENGTH = 8 * 1024;

	private static final int MAX_NAME_LENGTH = 253;

	private static final long MAX_SECONDS = Duration.ofDays(1).toSeconds();

	private static final String APPROVE = "APPROVE";

	private static final String CANCEL = "CANCEL";

	private static final String REFRESH = "REFRESH";

	private static final String RECONNECT = "RECONNECT";

	private static final String RESET_CIRCUIT = "RESET_CIRCUIT";

	private static final Set<String> MEMBERS = Set.of("schemaVersion", "kind", "service", "instance", "ttlSeconds",
			"reason", "by", "issuedAt");

	private CommandCodec() {
	}

	static byte[] encode(IssuedCommand issued) {
		ObjectNode json = StrictMembers.create().put("schemaVersion", SCHEMA_VERSION);
		switch (issued.command()) {
			case Command.Approve approve -> {
				json.put("kind", APPROVE);
				select(json, approve.service(), approve.instance());
			}
			case Command.Cancel cancel -> {
				json.put("kind", CANCEL).put("ttlSeconds", cancel.time().toSeconds());
				select(json, cancel.service(), cancel.instance());
			}
			case Command.Refresh refresh -> json.put("kind", REFRESH);
			case Command.Reconnect reconnect -> json.put("kind", RECONNECT);
			case Command.ResetCircuit reset -> json.put("kind", RESET_CIRCUIT).put("service", reset.service().value());
		}
		return StrictMembers
			.write(json.put("reason", cut(issued.command().reason(), OperatorOverride.MAX_REASON_LENGTH))
				.put("by", cut(issued.command().by(), OperatorOverride.MAX_BY_LENGTH))
				.put("issuedAt", issued.issuedAt().toString()));
	}

	private static void select(ObjectNode json, Optional<ServiceName> service, Optional<String> instance) {
		service.ifPresent((name) -> json.put("service", name.value()));
		instance.ifPresent((id) -> json.put("instance", id));
	}

	private static String cut(String text, int length) {
		return (text.length() > length) ? text.substring(0, length) : text;
	}

	static IssuedCommand decode(byte[] value) throws UnreadableValueException {
		StrictMembers members = StrictMembers.read(value, MAX_LENGTH, "command");
		members.number("schemaVersion", SCHEMA_VERSION, SCHEMA_VERSION);
		members.allowOnly(MEMBERS);
		return new IssuedCommand(command(members), members.instant("issuedAt"));
	}

	private static Command command(StrictMembers members) throws UnreadableValueException {
		String reason = members.text("reason", OperatorOverride.MAX_REASON_LENGTH);
		String by = members.text("by", OperatorOverride.MAX_BY_LENGTH);
		return switch (members.text("kind", MAX_NAME_LENGTH)) {
			case APPROVE -> new Command.Approve(service(members), instance(members), reason, by);
			case CANCEL -> new Command.Cancel(service(members), instance(members),
					Duration.ofSeconds(members.number("ttlSeconds", 1, MAX_SECONDS)), reason, by);
			case REFRESH -> new Command.Refresh(reason, by);
			case RECONNECT -> new Command.Reconnect(reason, by);
			case RESET_CIRCUIT -> new Command.ResetCircuit(
					service(members).orElseThrow(() -> members.unexpected("service", "the name of a service")), reason,
					by);
			default ->
				throw members.unexpected("kind", String.join(", ", APPROVE, CANCEL, REFRESH, RECONNECT, RESET_CIRCUIT));
		};
	}

	private static Optional<ServiceName> service(StrictMembers members) throws UnreadableValueException {
		Optional<String> name = members.optionalText("service", MAX_NAME_LENGTH);
		if (name.isPresent() && !ServiceName.isValid(name.get())) {
			throw members.unexpected("service", "the name of a service");
		}
		return name.map(ServiceName::new);
	}

	/** An instance of no service would be an approval of all. */
	private static Optional<String> instance(StrictMembers members) throws UnreadableValueException {
		Optional<String> instance = members.optionalText("instance", Action.MAX_INSTANCE_LENGTH);
		if (instance.isPresent() && members.optionalText("service", MAX_NAME_LENGTH).isEmpty()) {
			throw members.unexpected("service", "the service of the instance");
		}
		return instance;
	}

}
