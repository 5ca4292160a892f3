package dev.holdfast.accesslog;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

import dev.holdfast.service.Instance;

/**
 * Lines of the Common Log Format, with named fields behind those that it has. A dash
 * stands for what a request has not.
 */
final class CommonLogLines implements LineFormat {

	private static final DateTimeFormatter TIME = DateTimeFormatter
		.ofPattern("dd/MMM/yyyy:HH:mm:ss '+0000'", Locale.ROOT)
		.withZone(ZoneOffset.UTC);

	private final boolean query;

	CommonLogLines(boolean query) {
		this.query = query;
	}

	@Override
	public void write(AccessLogEntry entry, StringBuilder line) {
		line.append(entry.clientAddress()).append(" - - [");
		TIME.formatTo(Instant.ofEpochMilli(entry.startMillis()), line);
		line.append("] \"");
		request(entry, line);
		line.append("\" ").append(entry.status()).append(' ');
		if (entry.responseBytes() > 0) {
			line.append(entry.responseBytes());
		}
		else {
			line.append('-');
		}
		more(entry, line);
		line.append('\n');
	}

	private void request(AccessLogEntry entry, StringBuilder line) {
		if (entry.method().isEmpty()) {
			line.append('-');
			return;
		}
		LoggedTarget target = LoggedTarget.of(entry.target());
		Escapes.HEX.append(entry.method(), line);
		line.append(' ');
		Escapes.HEX.append(target.path().isEmpty() ? "-" : target.path(), line);
		if (this.query) {
			Escapes.HEX.append(target.query(), line);
		}
		line.append(' ').append(entry.protocol());
	}

	private static void more(AccessLogEntry entry, StringBuilder line) {
		text("host", entry.host(), line);
		text("route", entry.route(), line);
		text("service", entry.service(), line);
		Instance instance = entry.instance();
		text("instance", (instance != null) ? instance.id() : "", line);
		text("endpoint", (instance != null) ? instance.endpoint().toString() : "", line);
		text("endpoint_state", (entry.endpointState() != null) ? entry.endpointState().name() : "", line);
		line.append(" tries=").append(entry.tries()).append(" duration=");
		Seconds.append(entry.durationNanos(), line);
		line.append(" upstream=");
		Seconds.append(entry.upstreamNanos(), line);
		line.append(" request_bytes=").append(entry.requestBytes());
		text("error", entry.errorCode(), line);
		text("request_id", entry.requestId(), line);
	}

	private static void text(String name, String value, StringBuilder line) {
		line.append(' ').append(name).append("=\"");
		if (value.isEmpty()) {
			line.append('-');
		}
		else {
			Escapes.HEX.append(value, line);
		}
		line.append('"');
	}

}
