package dev.holdfast.accesslog;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

import dev.holdfast.service.Instance;

/**
 * Lines of one JSON object each, in the words of the operators' API. What a request has
 * not is left out.
 */
final class JsonLines implements LineFormat {

	private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

	private final boolean query;

	JsonLines(boolean query) {
		this.query = query;
	}

	@Override
	public void write(AccessLogEntry entry, StringBuilder line) {
		line.append("{\"time\":\"");
		TIME.formatTo(Instant.ofEpochMilli(entry.startMillis()), line);
		line.append('"');
		text("clientAddress", entry.clientAddress(), line);
		text("method", entry.method(), line);
		LoggedTarget target = LoggedTarget.of(entry.target());
		text("path", target.path(), line);
		text("query", this.query ? target.query() : "", line);
		text("protocol", entry.protocol(), line);
		text("host", entry.host(), line);
		number("status", entry.status(), line);
		text("errorCode", entry.errorCode(), line);
		number("requestBytes", entry.requestBytes(), line);
		number("responseBytes", entry.responseBytes(), line);
		seconds("durationSeconds", entry.durationNanos(), line);
		seconds("upstreamSeconds", entry.upstreamNanos(), line);
		number("tries", entry.tries(), line);
		text("route", entry.route(), line);
		text("service", entry.service(), line);
		Instance instance = entry.instance();
		if (instance != null) {
			text("instance", instance.id(), line);
			text("endpoint", instance.endpoint().toString(), line);
		}
		if (entry.endpointState() != null) {
			text("endpointState", entry.endpointState().name(), line);
		}
		text("requestId", entry.requestId(), line);
		line.append("}\n");
	}

	private static void text(String name, String value, StringBuilder line) {
		if (!value.isEmpty()) {
			name(name, line);
			line.append('"');
			Escapes.JSON.append(value, line);
			line.append('"');
		}
	}

	private static void number(String name, long value, StringBuilder line) {
		name(name, line);
		line.append(value);
	}

	private static void seconds(String name, long nanos, StringBuilder line) {
		name(name, line);
		Seconds.append(nanos, line);
	}

	private static void name(String name, StringBuilder line) {
		line.append(",\"").append(name).append("\":");
	}

}
