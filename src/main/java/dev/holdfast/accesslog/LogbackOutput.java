package dev.holdfast.accesslog;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.Context;
import ch.qos.logback.core.ContextBase;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.recovery.RecoveryListener;
import ch.qos.logback.core.recovery.ResilientOutputStreamBase;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.status.Status;
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

	/**
	 * How often is looked whether a file is full. Where it cannot be renamed, the older
	 * ones are moved all the same each time.
	 */
	private static final Duration FULL_INTERVAL = Duration.buildBySeconds(10);

	private final String name;

	private final OutputStreamAppender<byte[]> appender;

	private @Nullable OutputStream watched;

	private boolean broken;

	/** Whether what was written last may have ended within a line. */
	private boolean torn;

	/** Whether the log says that it is broken. */
	private boolean reported;

	/** What Logback complained of last. */
	private String complaint = "";

	private LogbackOutput(String name, OutputStreamAppender<byte[]> appender) {
		this.name = name;
		this.appender = appender;
	}

	/**
	 * Open the output.
	 * @throws AccessLogUnavailableException if the file cannot be written
	 */
	static LogbackOutput open(AccessLogSettings settings) {
		return open(settings, FULL_INTERVAL);
	}

	static LogbackOutput open(AccessLogSettings settings, Duration fullInterval) {
		Context context = new ContextBase();
		LogbackOutput output = settings.file().isEmpty() ? new LogbackOutput("standard output", new ConsoleAppender<>())
				: new LogbackOutput(settings.file(), file(settings, context, fullInterval));
		output.start(context);
		return output;
	}

	private static RollingFileAppender<byte[]> file(AccessLogSettings settings, Context context,
			Duration fullInterval) {
		RollingFileAppender<byte[]> appender = new RollingFileAppender<>();
		// Without one, what it says goes to standard output.
		appender.setContext(context);
		appender.setFile(settings.file());
		// Batches need no buffer. To flush an empty one would pass for a recovery.
		appender.setBufferSize(new FileSize(1));
		appender.setImmediateFlush(false);
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
		full.setCheckIncrement(fullInterval);
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
			throw new AccessLogUnavailableException(Path.of(this.name), reason(context));
		}
		context.getStatusManager().add(this::onStatus);
		watch();
	}

	private static String reason(Context context) {
		return context.getStatusManager()
			.getCopyOfStatusList()
			.stream()
			.map(Status::getThrowable)
			.filter((cause) -> cause != null)
			.reduce((first, last) -> last)
			.map(Throwable::getMessage)
			.orElse("");
	}

	/**
	 * Tell what goes wrong beside writing, such as a full file that cannot be renamed,
	 * once.
	 */
	private void onStatus(Status status) {
		if (status.getLevel() >= Status.WARN && !(status.getOrigin() instanceof ResilientOutputStreamBase)
				&& !status.getMessage().equals(this.complaint)) {
			this.complaint = status.getMessage();
			logger.warn("The access log in {}: {}", this.name, this.complaint);
		}
	}

	@Override
	public boolean write(byte[] lines) {
		beginFile();
		this.appender.doAppend(this.torn ? onALineOfTheirOwn(lines) : lines);
		// A file that has become full is followed by another one.
		watch();
		flush();
		boolean written = !this.broken && this.appender.isStarted() && this.appender.getOutputStream() != null
				&& !isConsoleBroken();
		this.torn = !written;
		if (written && this.reported) {
			this.reported = false;
			logger.info("The access log is written to {} again", this.name);
		}
		return written;
	}

	private static byte[] onALineOfTheirOwn(byte[] lines) {
		byte[] all = new byte[lines.length + 1];
		all[0] = '\n';
		System.arraycopy(lines, 0, all, 1, lines.length);
		return all;
	}

	/**
	 * What is opened anew behind a failure has a buffer all the same.
	 */
	private void flush() {
		OutputStream file = this.watched;
		if (!this.broken && file instanceof ResilientOutputStreamBase) {
			try {
				file.flush();
			}
			catch (IOException ex) {
				newFailure(ex);
			}
		}
	}

	/**
	 * Begin the file that could not be begun when the one before it was full.
	 */
	private void beginFile() {
		if (this.appender.getOutputStream() == null && this.appender instanceof FileAppender<byte[]> file) {
			try {
				file.openFile(this.name);
				this.broken = false;
				watch();
			}
			catch (IOException ex) {
				newFailure(ex);
			}
		}
	}

	/**
	 * Whether standard output has failed, which it does not say by itself.
	 */
	private boolean isConsoleBroken() {
		boolean failed = this.appender instanceof ConsoleAppender && System.out.checkError();
		if (failed) {
			newFailure(new IOException("nobody reads it"));
		}
		return failed;
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
