package dev.holdfast.admin;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;
import org.springframework.stereotype.Component;

/**
 * Collects which services have changed until the event stream takes them. As many as
 * there are services at most: a reader sees what they are in the end, not what they were
 * in between. Neither side holds the lock for longer than it takes to hand over names.
 */
@Component
public final class SnapshotChanges implements SnapshotListener {

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private Snapshot snapshot = Snapshot.EMPTY;

	private Set<ServiceName> services = new HashSet<>();

	@Override
	public void onSnapshot(Snapshot snapshot, Set<ServiceName> changed) {
		this.lock.lock();
		try {
			this.snapshot = snapshot;
			this.services.addAll(changed);
			this.changed.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits until something has changed since the last time that it was taken.
	 * @param time how long at most
	 */
	void await(Duration time) throws InterruptedException {
		long nanos = time.toNanos();
		this.lock.lock();
		try {
			while (this.services.isEmpty() && nanos > 0) {
				nanos = this.changed.awaitNanos(nanos);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes what has changed since the last time.
	 * @return the changes, perhaps none
	 */
	Changes take() {
		this.lock.lock();
		try {
			Changes taken = new Changes(this.snapshot, this.services);
			this.services = new HashSet<>();
			return taken;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * What has changed.
	 *
	 * @param snapshot the newest snapshot
	 * @param services the services that may differ from what they were
	 */
	record Changes(Snapshot snapshot, Set<ServiceName> services) {
	}

}
