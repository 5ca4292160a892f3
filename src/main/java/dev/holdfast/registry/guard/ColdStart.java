package dev.holdfast.registry.guard;

import java.time.Duration;

import dev.holdfast.registry.catalog.RecordStore;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Service;
import dev.holdfast.service.Snapshot;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes the instances that came from disk before their first use, again and again until
 * they pass or the registry has answered.
 */
public final class ColdStart {

	private static final Logger logger = LoggerFactory.getLogger(ColdStart.class);

	private static final Duration INTERVAL = Duration.ofSeconds(2);

	private final RecordStore records;

	private final TimerQueue timers;

	private final Prober prober;

	/** What its probes publish one by one, until the registry has answered. */
	private @Nullable Snapshot saved;

	/** Whoever waits for the first probes. */
	private @Nullable Runnable waiting;

	private boolean over;

	private int unprobed;

	private int passed;

	/**
	 * Creates one that has nothing to probe yet.
	 */
	public ColdStart(RecordStore records, TimerQueue timers, Prober prober) {
		this.records = records;
		this.timers = timers;
		this.prober = prober;
	}

	/**
	 * Begins to probe.
	 * @param saved the snapshot from disk
	 * @param probed called once, when each instance was probed or the registry has
	 * answered
	 */
	public void begin(Snapshot saved, Runnable probed) {
		this.saved = saved;
		this.waiting = probed;
		this.unprobed = saved.instances();
		if (this.unprobed == 0) {
			release();
		}
		for (Service service : saved.services().values()) {
			for (Instance instance : service.instances()) {
				this.prober.probe(instance.endpoint(), (error) -> {
					this.unprobed--;
					this.passed += error.isEmpty() ? 1 : 0;
					take(instance, error);
					if (this.unprobed == 0 && !this.over) {
						logger.info("Of the {} instances from disk {} answer a probe and are routed to",
								saved.instances(), this.passed);
						release();
					}
				});
			}
		}
	}

	private void take(Instance instance, String error) {
		if (this.over) {
			return;
		}
		if (error.isEmpty()) {
			this.records.reveal(instance.registration().key(), instance);
			return;
		}
		this.records.failProbe(instance.registration().key(), instance);
		this.timers.after(INTERVAL, () -> {
			if (!this.over) {
				this.prober.probe(instance.endpoint(), (again) -> take(instance, again));
			}
		});
	}

	/**
	 * Has all that is being probed published, whatever its probes find.
	 * @return whether there is anything
	 */
	public boolean revealAll() {
		Snapshot rest = this.saved;
		if (rest != null) {
			reveal(rest);
		}
		return rest != null;
	}

	/**
	 * Has a snapshot published as it is, without probes.
	 */
	public void reveal(Snapshot snapshot) {
		for (Service service : snapshot.services().values()) {
			for (Instance instance : service.instances()) {
				this.records.reveal(instance.registration().key(), instance);
			}
		}
	}

	/**
	 * Ends the probes: what is to be published is so, by the registry's word or an
	 * operator's.
	 */
	public void end() {
		this.over = true;
		this.saved = null;
		release();
	}

	private void release() {
		Runnable released = this.waiting;
		this.waiting = null;
		if (released != null) {
			released.run();
		}
	}

}
