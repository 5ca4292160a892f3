package dev.holdfast.override;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends overrides when their time is over.
 */
public final class OverrideTimer {

	private static final Logger logger = LoggerFactory.getLogger(OverrideTimer.class);

	private final Overrides overrides;

	private @Nullable Thread thread;

	/**
	 * Prepares to end them.
	 * @param overrides the overrides
	 */
	public OverrideTimer(Overrides overrides) {
		this.overrides = overrides;
	}

	/**
	 * Begins to look for those whose time is over.
	 */
	public synchronized void start() {
		if (this.thread == null) {
			this.thread = Thread.ofVirtual().name("override-timer").start(this::run);
		}
	}

	private void run() {
		try {
			while (true) {
				endDue();
				this.overrides.awaitDue();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Without it no override would end any more. */
	private void endDue() {
		try {
			this.overrides.endDue();
		}
		catch (RuntimeException ex) {
			logger.error("Overrides could not be ended; it is tried again", ex);
		}
	}

	/**
	 * Looks no more, and has written what is still to be written.
	 */
	public synchronized void close() {
		if (this.thread != null) {
			this.thread.interrupt();
			this.thread = null;
		}
		this.overrides.close();
	}

}
