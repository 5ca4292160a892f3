package dev.holdfast.admin;

import java.util.List;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.slf4j.LoggerFactory;

/**
 * What is written to the audit log until it is closed.
 */
final class AuditLog implements AutoCloseable {

	private final Logger logger = (Logger) LoggerFactory.getLogger("dev.holdfast.audit");

	private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

	AuditLog() {
		this.appender.start();
		this.logger.addAppender(this.appender);
	}

	List<String> lines() {
		return this.appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

	@Override
	public void close() {
		this.logger.detachAppender(this.appender);
	}

}
