package dev.holdfast.upstream;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Looks after the services from time to time, and gives up the state of those that have
 * been without an instance for long.
 */
public final class UpstreamSweep {

	private static final long SHORTEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

	private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(1);

	private final Upstreams upstreams;

	private final Duration forgetAfter;

	private @Nullable Thread thread;

	/**
	 * Prepares to look.
	 * @param upstreams the state of the services
	 * @param forgetAfter how long a service must have been without an instance, 0 to
	 * forget none; it may take a tenth longer
	 */
	public UpstreamSweep(Upstreams upstreams, Duration forgetAfter) {
		this.upstreams = upstreams;
		this.forgetAfter = forgetAfter;
	}

	/**
	 * Begins to look.
	 */
	public synchronized void start() {
		if (this.thread == null) {
			this.thread = Thread.ofVirtual().name("upstream-sweep").start(this::run);
		}
	}

	private void run() {
		try {
			while (true) {
				TimeUnit.NANOSECONDS.sleep(pause());
				this.upstreams.sweep();
				if (this.forgetAfter.isPositive()) {
					this.upstreams.forget(this.forgetAfter);
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private long pause() {
		return this.forgetAfter.isPositive()
				? Math.clamp(this.forgetAfter.toNanos() / 10, SHORTEST_PAUSE, LONGEST_PAUSE) : LONGEST_PAUSE;
	}

	/**
	 * Looks no more.
	 */
	public synchronized void close() {
		if (this.thread != null) {
			this.thread.interrupt();
			this.thread = null;
		}
	}

}
