package dev.holdfast.cluster;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import dev.holdfast.service.Revision;
import dev.holdfast.store.Inbox;
import dev.holdfast.store.DeliveryProof;
import dev.holdfast.store.ProgressReplies;
import dev.holdfast.store.StoreConnection;
import dev.holdfast.store.StoreException;
import dev.holdfast.store.StoreSignal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of connection, list and watch. It lists everything, watches from there on,
 * proves again and again that the watch delivers, keeps this gateway listed as far as the
 * store lets it, and ends at the first other error or doubt. Belongs to the cluster's
 * thread.
 */
final class ClusterSession {

	private static final Logger logger = LoggerFactory.getLogger(ClusterSession.class);

	private static final long TICK = Duration.ofSeconds(1).toNanos();

	/** After so many messages it is looked at the time. */
	private static final int BATCH = 1_000;

	private final long number;

	private final StoreConnection connection;

	private final ClusterSettings settings;

	private final ClusterContents contents;

	private final OwnReport own;

	private final ProgressReplies replies;

	private final Inbox<ClusterMessage> inbox;

	private final Listener listener;

	private final LongSupplier nanoTime;

	private final List<ClusterMessage.Written> waiting = new ArrayList<>();

	private Revision head = Revision.NONE;

	private long delivered;

	/** What the watch delivers up to here is in a list already. */
	private long floor;

	private @Nullable DeliveryProof proof;

	private int proofs;

	private long nextProof;

	private long nextTick;

	private long nextReport;

	private boolean stopped;

	ClusterSession(long number, StoreConnection connection, ClusterSettings settings, ClusterContents contents,
			OwnReport own, ProgressReplies replies, Inbox<ClusterMessage> inbox, Listener listener,
			LongSupplier nanoTime) {
		this.number = number;
		this.connection = connection;
		this.settings = settings;
		this.contents = contents;
		this.own = own;
		this.replies = replies;
		this.inbox = inbox;
		this.listener = listener;
		this.nanoTime = nanoTime;
	}

	/**
	 * Lives until the gateway stops.
	 * @throws StoreException if something goes wrong before
	 */
	void run() throws InterruptedException {
		try {
			this.head = list();
			this.listener.onListed();
			this.nextTick = time();
			// From the list's own revision, not the one after: newer versions of etcd
			// answer no progress request for a watch that begins in the future.
			this.connection.watch(this.settings.prefix(), this.head.number());
			prove();
			while (!this.stopped) {
				takeAll();
				onTime();
			}
			this.own.leave(this.connection);
		}
		finally {
			this.waiting.forEach((written) -> written.heard().run());
		}
	}

	private Revision list() {
		ClusterContents.Listing listing = this.contents.list();
		Revision listed = this.connection.list(this.settings.prefix(), listing::add);
		listing.end(listed);
		this.floor = listed.number();
		this.delivered = Math.max(this.delivered, listed.number());
		return listed;
	}

	/**
	 * Whether delivery was proven more than once. A connection that breaks right after
	 * each first proof would otherwise be made again without a wait.
	 */
	boolean isSettled() {
		return this.proofs > 1;
	}

	/** What has come already counts before the time is judged that passed meanwhile. */
	private void takeAll() throws InterruptedException {
		ClusterMessage message = this.inbox.poll(untilNext());
		for (int taken = 0; message != null; taken++) {
			take(message);
			message = (taken < BATCH) ? this.inbox.poll(0) : null;
		}
	}

	private void take(ClusterMessage message) {
		switch (message) {
			case ClusterMessage.Spoken(long session, StoreSignal signal) -> {
				if (session == this.number) {
					take(signal);
				}
			}
			case ClusterMessage.Written written -> {
				if (written.session() == this.number && written.revision() > this.delivered) {
					this.waiting.add(written);
				}
				else {
					written.heard().run();
				}
			}
			case ClusterMessage.Stop stop -> this.stopped = true;
		}
	}

	private void take(StoreSignal signal) {
		switch (signal) {
			case StoreSignal.Delivered(long revision, List<StoreSignal.Change> changes) -> {
				if (changes.isEmpty()) {
					this.replies.arrived();
				}
				else if (revision > this.floor) {
					for (StoreSignal.Change change : changes) {
						if (change instanceof StoreSignal.Change.Deleted) {
							// What is set and ended in one turn is set at first: that
							// ends what etcd has lost.
							this.listener.onChanges();
						}
						apply(change);
					}
					this.listener.onChanges();
				}
				this.delivered = Math.max(this.delivered, revision);
				answer((written) -> written.revision() <= this.delivered);
				if (this.proof != null) {
					this.proof.arrived(revision);
					checkProof(this.proof);
				}
			}
			case StoreSignal.Failed(StoreException reason) -> throw reason;
		}
	}

	private void answer(Predicate<ClusterMessage.Written> which) {
		List<ClusterMessage.Written> answered = this.waiting.stream().filter(which).toList();
		this.waiting.removeAll(answered);
		answered.forEach((written) -> written.heard().run());
	}

	private void apply(StoreSignal.Change change) {
		this.contents.apply(change);
		if (change instanceof StoreSignal.Change.Deleted(String key, long revision) && key.equals(this.own.key())) {
			this.own.miss();
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

	private void headIs(Revision now) {
		if (now.isOtherHistory(this.head)) {
			throw new StoreException("the cluster was wiped or restored: it is %s, it was %s".formatted(now, this.head),
					false);
		}
		this.head = now;
		this.contents.headIs(now);
		this.own.headIs(now.number());
	}

	/**
	 * Takes what a list has for what the watch delivered. Whoever shares something shares
	 * little, so a list of it costs next to nothing.
	 */
	private void proveByList(DeliveryProof running) {
		headIs(list());
		if (this.own.isReported() && !this.contents.hasGateway(this.own.key())) {
			this.own.miss();
		}
		this.listener.onChanges();
		answer((written) -> written.revision() <= this.delivered);
		running.arrived(this.head.number());
		checkProof(running);
	}

	private void checkProof(DeliveryProof running) {
		if (!running.isPassed()) {
			return;
		}
		this.proof = null;
		this.proofs++;
		this.listener.onProven();
		if (this.proofs == 1) {
			nameHistory();
			this.own.begin(this.connection);
			this.nextReport = time() + TICK;
			this.listener.onReported();
		}
	}

	/** Two that do so at once have the same name for it a moment later. */
	private void nameHistory() {
		if (this.contents.isNamed()) {
			return;
		}
		try {
			byte[] name = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
			this.connection.put(new ClusterKeys(this.settings.prefix()).history(), name, 0);
		}
		catch (StoreException ex) {
			logger.debug("etcd's history gets no name: {}", ex.getMessage());
		}
	}

	private void onTime() {
		DeliveryProof running = this.proof;
		if (running != null && running.isOverdue(time())) {
			onOverdue(running);
		}
		else if (running != null && running.isToRequest(time())) {
			this.connection.requestProgress();
		}
		else if (running == null && time() - this.nextProof >= 0) {
			prove();
		}
		if (time() - this.nextTick >= 0 && !this.stopped) {
			this.nextTick = time() + TICK;
			answer((written) -> time() - written.until() >= 0);
			this.listener.onTick();
		}
		report();
	}

	private void onOverdue(DeliveryProof running) {
		if (this.replies.areKnown()) {
			throw new StoreException(running.missing(), false);
		}
		this.replies.missed();
		proveByList(running);
	}

	/** Not during a proof: a write that takes its time would pass for a silent watch. */
	private void report() {
		if (this.proofs > 0 && this.proof == null && !this.stopped && time() - this.nextReport >= 0) {
			this.nextReport = time() + TICK;
			this.own.keep(this.connection);
			this.listener.onReported();
		}
	}

	private long untilNext() {
		long forProof = (this.proof != null) ? this.proof.next() : this.nextProof;
		return Math.min(forProof - time(), this.nextTick - time());
	}

	private long time() {
		return this.nanoTime.getAsLong();
	}

	/**
	 * Hears how a session fares, on the cluster's thread.
	 */
	interface Listener {

		/** Everything was read anew. */
		void onListed();

		/** Something changed. */
		void onChanges();

		/** Delivery is proven, for the first time or again. */
		void onProven();

		/** This gateway has reported what it is, or has failed to. */
		void onReported();

		/** A second or so has passed. */
		void onTick();

	}

}
