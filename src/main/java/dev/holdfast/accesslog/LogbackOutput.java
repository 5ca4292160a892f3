package dev.holdfast.accesslog;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.Context;
import ch.qos.logback.core.ContextBase;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.recovery.RecoveryListener;
import ch.qos.logback.core.recovery.ResilientOutputStreamBase;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes by Logback's appenders, in a context of its own: what is configured for, or
 * happens to, the gateway's other logs does not touch this one.
 */
final class LogbackOutput implements LogOutput, RecoveryListener {

	private static final Logger logger = LoggerFactory.getLogger(LogbackOutput.class);

	private final String name;

	private final OutputStreamAppender<byte[]> appender;

	private @Nullable OutputStream watched;

	private boolean broken;

	/** Whether the log says that it is broken. */
	private boolean reported;

	private LogbackOutput(String name, OutputStreamAppender<byte[]> appender) {
		this.name = name;
		this.appender = appender;
	}

	/**
	 * Open the output.
	 * @throws AccessLogUnavailableException if the file cannot be written
	 */
	static LogbackOutput open(AccessLogSettings settings) {
		Context context = new ContextBase();
		LogbackOutput output = settings.file().isEmpty() ? new LogbackOutput("standard output", new ConsoleAppender<>())
				: new LogbackOutput(settings.file(), file(settings, context));
		output.start(context);
		return output;
	}

	private static RollingFileAppender<byte[]> file(AccessLogSettings settings, Context context) {
		RollingFileAppender<byte[]> appender = new RollingFileAppender<>();
		appender.setFile(settings.file());
		FixedWindowRollingPolicy files = new FixedWindowRollingPolicy();
		files.setContext(context);
		files.setParent(appender);
		files.setFileNamePattern(settings.file() + ".%i");
		files.setMinIndex(1);
		files.setMaxIndex(settings.maxFiles());
		files.start();
		SizeBasedTriggeringPolicy<byte[]> full = new SizeBasedTriggeringPolicy<>();
		full.setContext(context);
		full.setMaxFileSize(new FileSize(settings.maxFileSize()));
		// Lines come in batches, so that looking each time costs little.
		full.setCheckIncrement(Duration.buildByMilliseconds(0));
		full.start();
		appender.setRollingPolicy(files);
		appender.setTriggeringPolicy(full);
		return appender;
	}

	private void start(Context context) {
		AsTheyAre encoder = new AsTheyAre();
		encoder.setContext(context);
		encoder.start();
		this.appender.setContext(context);
		this.appender.setName(this.name);
		this.appender.setEncoder(encoder);
		this.appender.start();
		if (!this.appender.isStarted()) {
			throw new AccessLogUnavailableException(Path.of(this.name));
		}
		watch();
	}

	@Override
	public boolean write(byte[] lines) {
		// What makes the appender try anew is lost as well.
		boolean lost = this.broken;
		this.appender.doAppend(lines);
		// A file that has become full is followed by another one.
		watch();
		boolean written = !lost && !this.broken && this.appender.isStarted();
		if (written && this.reported) {
			this.reported = false;
			logger.info("The access log is written to {} again", this.name);
		}
		return written;
	}

	@SuppressWarnings("ReferenceEquality") // each file has another stream
	private void watch() {
		OutputStream now = this.appender.getOutputStream();
		if (now != this.watched) {
			this.watched = now;
			if (now instanceof ResilientOutputStreamBase file) {
				file.addRecoveryListener(this);
			}
		}
	}

	@Override
	public void newFailure(IOException failure) {
		this.broken = true;
		if (!this.reported) {
			this.reported = true;
			logger.warn("The access log cannot be written to {}: {}; lines are dropped until it can", this.name,
					failure.getMessage());
		}
	}

	@Override
	public void recoveryOccured() {
		this.broken = false;
	}

	@Override
	public void close() {
		this.appender.stop();
	}

	/**
	 * Hands on what is bytes already.
	 */
	private static final class AsTheyAre extends EncoderBase<byte[]> {

		@Override
		public byte @Nullable [] headerBytes() {
			return null;
		}

		@Override
		public byte[] encode(byte[] lines) {
			return lines;
		}

		@Override
		public byte @Nullable [] footerBytes() {
			return null;
		}

	}

}
