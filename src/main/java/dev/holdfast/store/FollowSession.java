package dev.holdfast.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import dev.holdfast.service.Revision;
import org.jspecify.annotations.Nullable;

/**
 * One life of connection, list and watch: lists everything, watches, proves again and
 * again that the watch delivers, and ends at the first error or doubt. Belongs to the
 * follower's thread.
 */
final class FollowSession {

	private static final long TICK = Duration.ofSeconds(1).toNanos();

	/** After so many messages it is looked at the time. */
	private static final int BATCH = 1_000;

	private final long number;

	private final StoreConnection connection;

	private final FollowerSettings settings;

	private final StoreListener listener;

	private final ProgressReplies replies;

	private final Inbox<FollowerMessage> inbox;

	private final LongSupplier nanoTime;

	private final RandomGenerator random;

	private Revision head = Revision.NONE;

	private @Nullable DeliveryProof proof;

	private int proofs;

	private boolean resumed;

	private boolean unsettled;

	private long nextProof;

	private long nextRelist;

	private long nextTick;

	private boolean stopped;

	FollowSession(long number, StoreConnection connection, FollowerSettings settings, StoreListener listener,
			ProgressReplies replies, Inbox<FollowerMessage> inbox, LongSupplier nanoTime, RandomGenerator random) {
		this.number = number;
		this.connection = connection;
		this.settings = settings;
		this.listener = listener;
		this.replies = replies;
		this.inbox = inbox;
		this.nanoTime = nanoTime;
		this.random = random;
	}

	/**
	 * Lives until the gateway stops.
	 * @param resume whether to hear of the changes since the last connection one by one,
	 * where the store is still of the same history; it may have forgotten them
	 * @throws StoreException if something goes wrong before
	 */
	void run(boolean resume) throws InterruptedException {
		Revision known = this.listener.known();
		list();
		this.nextTick = time() + TICK;
		this.resumed = resume && !known.equals(Revision.NONE) && !this.head.isOtherHistory(known)
				&& known.number() < this.head.number();
		// From a revision that exists: newer versions of etcd answer no progress request
		// for a watch that begins in the future.
		this.connection.watch(this.settings.prefix(), this.resumed ? known.number() : this.head.number());
		prove();
		while (!this.stopped) {
			takeAll();
			if (this.unsettled) {
				this.unsettled = false;
				this.listener.onSettled();
			}
			onTime();
		}
	}

	/**
	 * Whether delivery was proven more than once. A connection that breaks right after
	 * each first proof would otherwise be made again without a wait.
	 */
	boolean isSettled() {
		return this.proofs > 1;
	}

	/**
	 * Whether it did not get as far as to hear of the changes that it wanted to hear of.
	 */
	boolean hasFailedToResume() {
		return this.resumed && this.proofs == 0;
	}

	private void list() {
		List<StoredEntry> entries = new ArrayList<>();
		Revision listed = this.connection.list(this.settings.prefix(), entries::add);
		headIs(listed);
		this.nextRelist = time() + (long) (this.settings.relistInterval().toNanos() * this.random.nextDouble(0.9, 1.1));
		this.listener.onListed(listed, entries);
		this.listener.onSettled();
	}

	private void headIs(Revision now) {
		if (!this.head.equals(Revision.NONE) && now.isOtherHistory(this.head)) {
			throw new StoreException("the cluster was wiped or restored: it is %s, it was %s".formatted(now, this.head),
					false);
		}
		this.head = now;
	}

	/** What has come already counts before the time is judged that passed meanwhile. */
	private void takeAll() throws InterruptedException {
		FollowerMessage message = this.inbox.poll(untilNext());
		for (int taken = 0; message != null; taken++) {
			switch (message) {
				case FollowerMessage.Spoken(long session, StoreSignal signal) -> {
					if (session == this.number) {
						take(signal);
					}
				}
				case FollowerMessage.Stop stop -> this.stopped = true;
			}
			message = (taken < BATCH) ? this.inbox.poll(0) : null;
		}
	}

	private void take(StoreSignal signal) {
		switch (signal) {
			case StoreSignal.Delivered(long revision, List<StoreSignal.Change> changes) -> {
				if (changes.isEmpty()) {
					this.replies.arrived();
				}
				else {
					this.listener.onChanges(changes);
					this.unsettled = true;
				}
				if (this.proof != null) {
					this.proof.arrived(revision);
					checkProof(this.proof);
				}
			}
			case StoreSignal.Failed(StoreException reason) -> throw reason;
		}
	}

	private void prove() {
		headIs(this.connection.head(this.settings.prefix()));
		DeliveryProof begun = new DeliveryProof(time(), this.head.number());
		this.proof = begun;
		this.nextProof = time() + this.settings.proofInterval().toNanos();
		if (this.replies.areMissing()) {
			// The next connection may be to a member that answers.
			this.connection.requestProgress();
			proveByList(begun);
		}
	}

	/** Takes what a list has for what the watch delivered. */
	private void proveByList(DeliveryProof running) {
		list();
		running.arrived(this.head.number());
		checkProof(running);
	}

	private void checkProof(DeliveryProof running) {
		if (!running.isPassed()) {
			return;
		}
		this.proof = null;
		this.proofs++;
		this.listener.onProven(this.head);
		this.unsettled = true;
	}

	private void onTime() {
		DeliveryProof running = this.proof;
		if (running != null && running.isOverdue(time())) {
			if (this.replies.areKnown()) {
				throw new StoreException(running.missing(), false);
			}
			this.replies.missed();
			proveByList(running);
		}
		else if (running != null && running.isToRequest(time())) {
			this.connection.requestProgress();
		}
		else if (running == null && time() - this.nextRelist >= 0) {
			list();
			prove();
		}
		else if (running == null && time() - this.nextProof >= 0) {
			prove();
		}
		if (time() - this.nextTick >= 0 && !this.stopped) {
			this.nextTick = time() + TICK;
			this.listener.onTick();
		}
	}

	private long untilNext() {
		long forProof = (this.proof != null) ? this.proof.next() : this.nextProof;
		return Math.min(forProof - time(), this.nextTick - time());
	}

	private long time() {
		return this.nanoTime.getAsLong();
	}

}
