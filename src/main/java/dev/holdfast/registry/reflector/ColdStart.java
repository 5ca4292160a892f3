package dev.holdfast.registry.reflector;

import java.time.Duration;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.catalog.History;
import dev.holdfast.registry.catalog.RecordStore;
import dev.holdfast.registry.guard.Prober;
import dev.holdfast.registry.guard.TimerQueue;
import dev.holdfast.registry.snapshot.SnapshotFile;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts from the snapshot on disk: probes its instances before their first use, again
 * and again until they pass or the registry has answered.
 */
final class ColdStart {

	private static final Logger logger = LoggerFactory.getLogger(ColdStart.class);

	private static final Duration INTERVAL = Duration.ofSeconds(2);

	private final RecordStore records;

	private final History history;

	private final TimerQueue timers;

	private final Prober prober;

	private final SnapshotPublisher publisher;

	private final StatusTracker status;

	/** What its probes publish one by one, until the registry has answered. */
	private @Nullable Snapshot saved;

	/** Whoever waits for the first probes. */
	private @Nullable Runnable waiting;

	private boolean over;

	private int unprobed;

	private int passed;

	ColdStart(RecordStore records, History history, TimerQueue timers, Prober prober, SnapshotPublisher publisher,
			StatusTracker status) {
		this.records = records;
		this.history = history;
		this.timers = timers;
		this.prober = prober;
		this.publisher = publisher;
		this.status = status;
	}

	/**
	 * Starts from the snapshot on disk. Its instances are published one by one, as soon
	 * as a probe of them passes; what is frozen is published as it was before.
	 * @param found what is on disk
	 * @param probed called once, when each instance was probed or the registry has
	 * answered
	 */
	void begin(SnapshotFile.Saved found, Runnable probed) {
		Snapshot snapshot = found.snapshot();
		this.records.seed(snapshot);
		for (Service service : snapshot.services().values()) {
			this.history.record(service.name(), service.revision(), Change.Cause.FROM_DISK, "",
					service.instances().size() + " instances");
		}
		boolean frozen = this.publisher.freeze().isPresent();
		if (frozen) {
			// Whoever waited for probes would lose what they find to the list that must
			// not be published.
			reveal(snapshot);
		}
		this.publisher.publish(snapshot.revision());
		this.status.restored(found, "the registry has not been asked yet", frozen);
		if (frozen) {
			probed.run();
		}
		else {
			probe(snapshot, probed);
		}
	}

	private void probe(Snapshot snapshot, Runnable probed) {
		this.saved = snapshot;
		this.waiting = probed;
		this.unprobed = snapshot.instances();
		if (this.unprobed == 0) {
			release();
		}
		for (Service service : snapshot.services().values()) {
			for (Instance instance : service.instances()) {
				this.prober.probe(service.name(), instance, (error) -> {
					this.unprobed--;
					this.passed += error.isEmpty() ? 1 : 0;
					take(service.name(), instance, error);
					if (this.unprobed == 0 && !this.over) {
						logger.info("Of the {} instances from disk {} answer a probe and are routed to",
								snapshot.instances(), this.passed);
						// Who was waiting routes by what they have found.
						this.publisher.publish();
						release();
					}
				});
			}
		}
	}

	private void take(ServiceName service, Instance instance, String error) {
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
				this.prober.probe(service, instance, (again) -> take(service, instance, again));
			}
		});
	}

	/**
	 * Publishes all that came from disk, since whatever its probes have not found yet
	 * would be missing until a freeze that begins now ends, and be missing on disk behind
	 * that.
	 */
	void finish() {
		if (this.saved != null) {
			reveal(this.saved);
			this.publisher.publish();
			end();
		}
	}

	private void reveal(Snapshot snapshot) {
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
	void end() {
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
