package dev.holdfast.admin;

import java.util.List;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.holdfast.testing.CapturedLog;

/**
 * What a test has written to the audit log since this was created.
 */
final class AuditLog {

	private final CapturedLog log = CapturedLog.ofThisTest();

	List<String> lines() {
		return this.log.events()
			.stream()
			.filter((event) -> event.getLoggerName().equals("dev.holdfast.audit"))
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

}
