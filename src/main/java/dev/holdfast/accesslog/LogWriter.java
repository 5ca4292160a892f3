package dev.holdfast.accesslog;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that writes the access log. It looks for entries ten times a second rather
 * than be woken for each, which would cost every request a call of the operating system.
 */
final class LogWriter implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(LogWriter.class);

	private static final long INTERVAL_MILLIS = 100;

	private static final long FAREWELL_SECONDS = 5;

	/** How many characters are written at once, about. */
	private static final int BATCH = 64 * 1024;

	private final EntryQueue queue;

	private final LineFormat format;

	private final LogOutput output;

	private final StringBuilder lines = new StringBuilder(BATCH);

	private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1,
			Thread.ofPlatform().name("access-log").daemon().factory());

	LogWriter(EntryQueue queue, LineFormat format, LogOutput output) {
		this.queue = queue;
		this.format = format;
		this.output = output;
	}

	@SuppressWarnings("FutureReturnValueIgnored") // ends with the thread
	void start() {
		this.thread.scheduleWithFixedDelay(this::drain, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
	}

	/**
	 * Writes what there is, and throws nothing: the next time would be none.
	 */
	private void drain() {
		int count = 0;
		try {
			for (AccessLogEntry entry = this.queue.poll(); entry != null; entry = this.queue.poll()) {
				count++;
				this.format.write(entry, this.lines);
				if (this.lines.length() >= BATCH) {
					write(count);
					count = 0;
				}
			}
			if (count > 0) {
				write(count);
				count = 0;
			}
		}
		catch (RuntimeException | Error ex) {
			logger.error("{} lines of the access log could not be made", count, ex);
		}
		finally {
			// What has not been written when something failed.
			this.lines.setLength(0);
			this.queue.drop(count);
		}
	}

	private void write(int count) {
		byte[] bytes = this.lines.toString().getBytes(StandardCharsets.US_ASCII);
		this.lines.setLength(0);
		if (!this.output.write(bytes)) {
			this.queue.drop(count);
		}
	}

	@Override
	public void close() {
		if (this.thread.isShutdown()) {
			return;
		}
		this.thread.execute(this::drain);
		this.thread.execute(this.output::close);
		this.thread.shutdown();
		boolean ended = false;
		try {
			ended = this.thread.awaitTermination(FAREWELL_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (!ended) {
			this.thread.shutdownNow();
			int left = this.queue.clear();
			logger.warn("The access log stands still; {} lines or more are not written", left);
		}
	}

}
