package dev.holdfast.check;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import dev.holdfast.service.PrintableText;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.UpstreamInstance;
import org.jspecify.annotations.Nullable;

/**
 * One instance that is checked, and what its checks have come to. Touched by the checks'
 * event loop alone, but for {@link #state}.
 */
final class CheckedInstance {

	/** No turn. */
	static final long NONE = -1;

	private final ServiceName service;

	private final UpstreamInstance instance;

	private CheckPolicy.Planned planned;

	private boolean failing;

	private String why = "";

	private int failures;

	private int passes;

	private @Nullable RunningCheck running;

	/** Whoever waits for the check that is running, or is to be next. */
	private List<Consumer<String>> waiting = new ArrayList<>();

	/** Which of its turns counts, since those of earlier plans stay in the queue. */
	private long turn = NONE;

	private boolean over;

	private volatile CheckState state;

	/**
	 * Prepare to check an instance, which passes until its checks say otherwise.
	 * @param service its service
	 * @param instance its run-time state, which hears of what the checks come to
	 * @param planned how it is checked
	 */
	CheckedInstance(ServiceName service, UpstreamInstance instance, CheckPolicy.Planned planned) {
		this.service = service;
		this.instance = instance;
		this.planned = planned;
		this.state = CheckState.unchecked(planned);
	}

	ServiceName service() {
		return this.service;
	}

	UpstreamInstance instance() {
		return this.instance;
	}

	CheckSettings settings() {
		return this.planned.settings();
	}

	/**
	 * Return what its checks have come to. Safe on any thread.
	 */
	CheckState state() {
		return this.state;
	}

	/**
	 * Take how it is checked from now on. What is known of it stays: it is the same
	 * instance.
	 */
	void plan(CheckPolicy.Planned now) {
		this.planned = now;
		publish(this.state.lastCheck(), this.state.lastError());
	}

	long turn() {
		return this.turn;
	}

	void turn(long next) {
		this.turn = next;
	}

	boolean isRunning() {
		return this.running != null;
	}

	boolean isOver() {
		return this.over;
	}

	/**
	 * Have somebody told what the check comes to that is running, or else the next one.
	 */
	void await(Consumer<String> result) {
		this.waiting.add(result);
	}

	void begin(RunningCheck check) {
		this.running = check;
	}

	/**
	 * Take the result of a check.
	 * @param error what was wrong, empty when nothing was
	 * @param at when it ended
	 */
	void ended(String error, Instant at) {
		boolean connected = this.running != null && this.running.hasConnected();
		this.running = null;
		// It may quote what an instance has registered or answered.
		String printable = PrintableText.of(error);
		List<Consumer<String>> told = this.waiting;
		this.waiting = new ArrayList<>();
		if (error.isEmpty()) {
			passed();
		}
		else {
			failed(printable, connected);
		}
		publish(Optional.of(at), printable);
		told.forEach((result) -> result.accept(printable));
	}

	private void passed() {
		this.failures = 0;
		this.passes = this.failing ? this.passes + 1 : 0;
		if (this.failing && this.passes >= settings().rise()) {
			this.failing = false;
			this.passes = 0;
			this.instance.checkPassed();
		}
	}

	private void failed(String error, boolean connected) {
		this.passes = 0;
		this.failures++;
		String now = why(error);
		// What fails in another way says more than what is known.
		if (this.failures >= settings().fall() && !(this.failing && now.equals(this.why))) {
			this.failing = true;
			this.why = now;
			this.instance.checkFailed(now, connected);
		}
	}

	private String why(String error) {
		return settings().check().map((check) -> PrintableText.of(check.description()) + ": ").orElse("") + error;
	}

	private void publish(Optional<Instant> lastCheck, String lastError) {
		this.state = new CheckState(settings().check(), this.planned.problem(), this.failing, this.failures,
				this.passes, lastCheck, lastError);
	}

	/**
	 * Check it no more.
	 * @param unregistered whether it has gone; else nothing speaks against it any more
	 */
	void end(boolean unregistered) {
		this.over = true;
		this.turn = NONE;
		RunningCheck left = this.running;
		this.running = null;
		if (left != null) {
			left.cancel();
		}
		this.waiting.forEach((result) -> result.accept("it is not checked any more"));
		if (this.failing && !unregistered) {
			this.instance.checkPassed();
		}
	}

}
