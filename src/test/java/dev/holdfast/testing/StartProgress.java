package dev.holdfast.testing;

import java.time.Duration;
import java.util.function.IntSupplier;

/**
 * Whether a process that is starting gets on: it logs or computes. How long that takes is
 * the machine's affair.
 */
final class StartProgress {

	private static final Duration STALL = Duration.ofSeconds(60);

	/** What an idle process does not come to within a stall. */
	private static final Duration STEP = Duration.ofSeconds(2);

	/** Many times what a start takes: more is a loop. */
	private static final Duration MOST = Duration.ofMinutes(3);

	private final ProcessHandle process;

	private final IntSupplier logged;

	private long since = System.nanoTime();

	private Duration computed = Duration.ZERO;

	private int length;

	/**
	 * Begins to look.
	 * @param process the process
	 * @param logged gives how much it has logged
	 */
	StartProgress(ProcessHandle process, IntSupplier logged) {
		this.process = process;
		this.logged = logged;
	}

	/**
	 * Whether the process has done nothing for a minute, or more than any start needs.
	 */
	boolean hasEnded() {
		Duration now = computed();
		int nowLogged = this.logged.getAsInt();
		if (nowLogged != this.length || now.minus(this.computed).compareTo(STEP) >= 0) {
			this.length = nowLogged;
			this.computed = now;
			this.since = System.nanoTime();
		}
		return now.compareTo(MOST) > 0 || System.nanoTime() - this.since > STALL.toNanos();
	}

	private Duration computed() {
		return this.process.info().totalCpuDuration().orElse(Duration.ZERO);
	}

	@Override
	public String toString() {
		return "and in %d s of CPU time the start came no further for %d s".formatted(computed().toSeconds(),
				Duration.ofNanos(System.nanoTime() - this.since).toSeconds());
	}

}
