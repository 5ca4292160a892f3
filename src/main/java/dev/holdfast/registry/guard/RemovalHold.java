package dev.holdfast.registry.guard;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import dev.holdfast.registry.HeldRemoval;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * One held removal on its way to the end.
 */
final class RemovalHold {

	private static final Duration TOLERANCE = Duration.ofSeconds(1);

	private final String key;

	private final ServiceName service;

	private final Instance instance;

	private final HeldRemoval.Evidence evidence;

	private final String reason;

	private final Instant since;

	/** By the stopwatch of live time, nanoseconds. */
	private long deadline;

	private HeldRemoval.ProbeState probe = HeldRemoval.ProbeState.NONE;

	private @Nullable Instant shownDeadline;

	private @Nullable Instant keptUntil;

	private boolean over;

	RemovalHold(Removal removal, Instance instance, HeldRemoval.Evidence evidence, String reason, Instant since) {
		this.key = removal.key();
		this.service = removal.service();
		this.instance = instance;
		this.evidence = evidence;
		this.reason = reason;
		this.since = since;
	}

	String key() {
		return this.key;
	}

	ServiceName service() {
		return this.service;
	}

	Instance instance() {
		return this.instance;
	}

	String reason() {
		return this.reason;
	}

	long deadline() {
		return this.deadline;
	}

	void setDeadline(long liveNanos) {
		this.deadline = liveNanos;
	}

	/**
	 * Takes what a probe found.
	 * @param error what went wrong, empty when nothing did
	 * @return how many have failed running
	 */
	int probed(String error, Instant at) {
		int failures = error.isEmpty() ? 0 : this.probe.failures() + 1;
		this.probe = new HeldRemoval.ProbeState(failures, Optional.of(at), error);
		return failures;
	}

	boolean isKept() {
		return this.keptUntil != null;
	}

	void keepUntil(Instant end) {
		this.keptUntil = end;
	}

	/** The operator's time is up; what the probes found meanwhile does not count. */
	void keepNoLonger() {
		this.keptUntil = null;
		this.probe = new HeldRemoval.ProbeState(0, this.probe.lastCheck(), this.probe.lastError());
	}

	@Nullable Instant keptUntil() {
		return this.keptUntil;
	}

	boolean isOver() {
		return this.over;
	}

	void end() {
		this.over = true;
	}

	/**
	 * What others see of it.
	 * @param now the time of day
	 * @param live the stopwatch that its deadline counts by
	 */
	HeldRemoval view(Instant now, PausableStopwatch live) {
		boolean counting = live.isRunning() && !isKept();
		this.shownDeadline = counting ? steady(now.plusNanos(this.deadline - live.nanos())) : null;
		return new HeldRemoval(this.service, this.instance, this.evidence, this.reason, this.since,
				Optional.ofNullable(this.shownDeadline), this.probe, Optional.ofNullable(this.keptUntil));
	}

	/**
	 * Gives the deadline that was shown before, unless it has moved: the time of day and
	 * the stopwatch are never read in the same moment.
	 */
	private Instant steady(Instant exact) {
		Instant shown = this.shownDeadline;
		return (shown != null && Duration.between(shown, exact).abs().compareTo(TOLERANCE) < 0) ? shown : exact;
	}

}
