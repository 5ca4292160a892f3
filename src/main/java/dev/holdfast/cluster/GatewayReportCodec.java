package dev.holdfast.cluster;

import java.util.regex.Pattern;

import dev.holdfast.override.StrictMembers;
import dev.holdfast.override.UnreadableValueException;
import dev.holdfast.service.PrintableText;

/**
 * What a gateway says of itself, as JSON. Members that a newer version has besides are
 * passed over, so that gateways of two versions see each other during an upgrade.
 */
final class GatewayReportCodec {

	private static final int MAX_LENGTH = 8 * 1024;

	private static final int MAX_TEXT_LENGTH = 253;

	private static final Pattern STATE = Pattern.compile("[A-Z_]{1,32}");

	private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

	private GatewayReportCodec() {
	}

	static byte[] encode(GatewayReport report) {
		return StrictMembers.write(StrictMembers.create()
			.put("instanceId", report.instanceId())
			.put("version", report.version())
			.put("host", report.host())
			.put("adminPort", report.adminPort())
			.put("startedAt", report.startedAt().toString())
			.put("state", report.state())
			.put("revision", report.revision())
			.put("reportedAt", report.reportedAt().toString()));
	}

	private static String printable(StrictMembers members, String name) throws UnreadableValueException {
		return PrintableText.of(members.text(name, MAX_TEXT_LENGTH), MAX_TEXT_LENGTH);
	}

	static GatewayReport decode(byte[] json) throws UnreadableValueException {
		StrictMembers members = StrictMembers.read(json, MAX_LENGTH, "gateway");
		String state = members.text("state", MAX_TEXT_LENGTH);
		if (!STATE.matcher(state).matches()) {
			throw members.unexpected("state", "LIVE, STALE, FROM_DISK or EMPTY");
		}
		String id = members.text("instanceId", MAX_TEXT_LENGTH);
		if (!ID.matcher(id).matches()) {
			throw members.unexpected("instanceId", "letters, digits, dots and dashes");
		}
		return new GatewayReport(id, printable(members, "version"), printable(members, "host"),
				(int) members.number("adminPort", 0, 65_535), members.instant("startedAt"), state,
				members.number("revision", 0, Long.MAX_VALUE), members.instant("reportedAt"));
	}

}
