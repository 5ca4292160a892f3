package dev.holdfast.route.source;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.route.source.RouteOrigin.Source;
import dev.holdfast.route.source.SourceStatus.State;
import dev.holdfast.service.PrintableText;
import dev.holdfast.service.Revision;
import dev.holdfast.store.StoreListener;
import dev.holdfast.store.StoreSignal;
import dev.holdfast.store.StoredEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The documents of routes in etcd. What is written applies at once. A document is taken
 * out when its deletion was seen in the history that is followed; one that a list merely
 * lacks, because etcd was wiped, restored or replaced, and one whose lease has ended
 * beyond the budget stay for a while. Belongs to the follower's thread.
 */
final class EtcdRoutes implements StoreListener {

	private static final Logger logger = LoggerFactory.getLogger(EtcdRoutes.class);

	/** How often what does not change is saved again, so that it can be gone on from. */
	private static final Duration SAVE_INTERVAL = Duration.ofMinutes(5);

	private final RouteCatalog documents;

	private final RemovalGuardSettings guard;

	private final Runnable save;

	private final Clock clock;

	private final LongSupplier nanoTime;

	/** What etcd has, or had when it was asked last. */
	private final Map<String, Known> known = new HashMap<>();

	/** What a list lacks, until every deletion has been heard of. */
	private final Set<String> undecided = new HashSet<>();

	/** Until when what is gone stays; the time left while etcd is away. */
	private final Map<String, Long> held = new HashMap<>();

	/** When leases ended whose documents were taken out at once. */
	private final Deque<Long> spent = new ArrayDeque<>();

	private final List<DocumentChange> pending = new ArrayList<>();

	/** From where on changes are heard of one by one. */
	private Revision proven = Revision.NONE;

	/** Up to which revision the last list had everything. */
	private long listedAt;

	private boolean historyLost;

	private boolean live;

	/** Whether etcd has ever said what there is. */
	private boolean listed;

	private boolean restored;

	private long savedAt;

	/** Released when etcd has said what there is, or that it may not be read. */
	private final CountDownLatch asked = new CountDownLatch(1);

	private volatile SourceStatus status;

	EtcdRoutes(RouteCatalog documents, String prefix, RemovalGuardSettings guard, Runnable save, Clock clock,
			LongSupplier nanoTime) {
		this.documents = documents;
		this.guard = guard;
		this.save = save;
		this.clock = clock;
		this.nanoTime = nanoTime;
		this.savedAt = nanoTime.getAsLong();
		this.status = new SourceStatus(Source.ETCD, prefix, State.EMPTY, clock.instant(), "etcd has not answered yet");
	}

	/**
	 * Return how it stands; safe on any thread.
	 */
	SourceStatus status() {
		return this.status;
	}

	/**
	 * Waits until etcd has said what there is, or that it may not be read.
	 * @param time how long at most
	 * @return whether it has said either
	 */
	boolean awaitAnswer(Duration time) throws InterruptedException {
		return this.asked.await(time.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Goes on from what an earlier process has saved. Before it follows anything.
	 * @param revision up to which revision that one knew every change
	 * @param saved when it was saved
	 */
	void restored(Revision revision, Instant saved) {
		this.documents.of(Source.ETCD).forEach((key, entry) -> {
			DocumentHold hold = entry.hold();
			this.known.put(key, new Known((hold != null) ? 0 : entry.modRevision(), entry.lease()));
			if (hold != null && this.guard.enabled()) {
				this.held.put(key, hold.left().toNanos());
			}
		});
		this.proven = revision;
		this.restored = true;
		become(State.FROM_DISK, "etcd has not answered yet; what was saved at %s is in force".formatted(saved));
	}

	@Override
	public Revision known() {
		return this.proven;
	}

	@Override
	public void onListed(Revision revision, List<StoredEntry> entries) {
		if (!this.proven.equals(Revision.NONE) && revision.isOtherHistory(this.proven)) {
			logger.warn("etcd was wiped, restored or replaced: it is at {}, it was at {}; routes that are missing "
					+ "there stay for now", revision, this.proven);
			this.historyLost = true;
			this.known.replaceAll((key, former) -> new Known(0, former.lease()));
			// What was known counts for nothing in another history.
			this.proven = Revision.NONE;
		}
		if (this.proven.equals(Revision.NONE)) {
			// What was before the first list cannot be heard of, and all that comes after
			// it can, whether this connection delivers it or the next.
			this.proven = revision;
		}
		this.listed = true;
		this.listedAt = revision.number();
		Set<String> missing = new HashSet<>(this.known.keySet());
		for (StoredEntry entry : entries) {
			missing.remove(entry.key());
			Known former = this.known.get(entry.key());
			if (former == null || former.modRevision() != entry.modRevision() || this.held.containsKey(entry.key())) {
				write(entry);
			}
		}
		missing.removeAll(this.held.keySet());
		this.undecided.clear();
		if (this.guard.enabled()) {
			this.undecided.addAll(missing);
		}
		else {
			missing.forEach(this::remove);
		}
	}

	@Override
	public void onChanges(List<StoreSignal.Change> changes) {
		for (StoreSignal.Change change : changes) {
			switch (change) {
				case StoreSignal.Change.Put(StoredEntry entry) -> {
					Known former = this.known.get(entry.key());
					// What was written before the list and is not in it is gone since.
					if (entry.modRevision() > this.listedAt
							&& (former == null || entry.modRevision() > former.modRevision())) {
						write(entry);
					}
				}
				case StoreSignal.Change.Deleted(String key, long revision) -> {
					Known former = this.known.get(key);
					// A list may have found what was written anew since.
					if (former != null && revision > former.modRevision()) {
						onDeleted(key, former);
					}
				}
			}
		}
	}

	private void onDeleted(String key, Known former) {
		if (former.lease() == 0 || !this.guard.enabled() || trySpend()) {
			remove(key);
		}
		else {
			hold(key, "its lease has ended, or it was deleted");
		}
	}

	/**
	 * As of a service's instances: a share of them within some time, and not the last.
	 */
	private boolean trySpend() {
		long now = this.nanoTime.getAsLong();
		long start = now - this.guard.window().toNanos();
		while (!this.spent.isEmpty() && this.spent.getFirst() - start <= 0) {
			this.spent.removeFirst();
		}
		int all = this.known.size() - this.held.size();
		int allowed = Math.max(1, (int) ((all + this.spent.size()) * this.guard.maxRemoved()));
		if (all <= 1 || this.spent.size() >= allowed) {
			return false;
		}
		this.spent.addLast(now);
		return true;
	}

	private void write(StoredEntry entry) {
		this.known.put(entry.key(), new Known(entry.modRevision(), entry.lease()));
		this.undecided.remove(entry.key());
		this.held.remove(entry.key());
		this.pending
			.add(new DocumentChange.Written(entry.key(), content(entry.value()), entry.modRevision(), entry.lease()));
	}

	private static Content content(byte[] value) {
		try {
			return new Content.Text(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
		}
		catch (CharacterCodingException ex) {
			return new Content.Unreadable("it is no text in UTF-8");
		}
	}

	private void remove(String key) {
		this.known.remove(key);
		this.undecided.remove(key);
		this.held.remove(key);
		this.pending.add(new DocumentChange.Removed(key));
	}

	private void hold(String key, String reason) {
		this.undecided.remove(key);
		if (!this.held.containsKey(key)) {
			Duration holdFor = this.guard.holdFor();
			this.held.put(key, this.live ? this.nanoTime.getAsLong() + holdFor.toNanos() : holdFor.toNanos());
			this.pending.add(new DocumentChange.Held(key,
					new DocumentHold("%s; it stays for %d s in which etcd answers, or until it is written and deleted"
						.formatted(reason, holdFor.toSeconds()), this.clock.instant(), holdFor)));
		}
	}

	@Override
	public void onProven(Revision revision) {
		String reason = this.historyLost ? "etcd has lost it: it was wiped, restored or replaced"
				: "it is missing in etcd, which does not tell any more that it was deleted";
		boolean begins = !this.live;
		if (begins) {
			this.live = true;
			long now = this.nanoTime.getAsLong();
			this.held.replaceAll((key, left) -> now + left);
		}
		List.copyOf(this.undecided).forEach((key) -> hold(key, reason));
		this.historyLost = false;
		this.proven = revision;
		this.documents.known(revision);
		become(State.LIVE, "");
		if (begins || this.nanoTime.getAsLong() - this.savedAt >= SAVE_INTERVAL.toNanos()) {
			save();
		}
	}

	@Override
	public void onSettled() {
		if (!this.pending.isEmpty()) {
			List<DocumentChange> changes = List.copyOf(this.pending);
			// What fails once would fail for ever.
			this.pending.clear();
			try {
				this.documents.apply(Source.ETCD, changes);
			}
			catch (RuntimeException | Error ex) {
				forget(changes);
				throw ex;
			}
			save();
		}
		if (this.listed) {
			this.asked.countDown();
		}
	}

	/** Has the next list decide anew about what was not applied. */
	private void forget(List<DocumentChange> changes) {
		for (DocumentChange change : changes) {
			Known former = this.known.get(change.place());
			this.known.put(change.place(), new Known(0, (former != null) ? former.lease() : 0));
			this.held.remove(change.place());
		}
	}

	private void save() {
		this.savedAt = this.nanoTime.getAsLong();
		this.save.run();
	}

	@Override
	public void onTick() {
		if (this.live && !this.held.isEmpty()) {
			long now = this.nanoTime.getAsLong();
			List<String> over = this.held.entrySet()
				.stream()
				.filter((entry) -> now - entry.getValue() >= 0)
				.map(Map.Entry::getKey)
				.toList();
			over.forEach((key) -> {
				logger.warn("The routes of {}, which is gone from etcd, have stayed for {} s and are taken out",
						PrintableText.of(key), this.guard.holdFor().toSeconds());
				remove(key);
			});
			onSettled();
			this.documents.timeLeft(Source.ETCD, timesLeft(now));
		}
	}

	private Map<String, Duration> timesLeft(long now) {
		return this.held.entrySet()
			.stream()
			.collect(Collectors.toMap(Map.Entry::getKey, (entry) -> Duration.ofNanos(entry.getValue() - now)));
	}

	@Override
	public void onLost(String reason, boolean denied) {
		if (this.live) {
			this.live = false;
			long now = this.nanoTime.getAsLong();
			this.held.replaceAll((key, until) -> Math.max(0, until - now));
		}
		if (denied) {
			become(State.DENIED, reason);
			this.asked.countDown();
		}
		else {
			become(this.listed ? State.STALE : this.restored ? State.FROM_DISK : State.EMPTY, reason);
		}
		onSettled();
	}

	private void become(State state, String cause) {
		SourceStatus before = this.status;
		this.status = before.become(state, cause, this.clock.instant());
		if (before.state() != state || (before.cause().startsWith("etcd has not answered yet") && !cause.isEmpty())) {
			log(state, cause);
		}
	}

	private void log(State state, String cause) {
		String prefix = this.status.place();
		switch (state) {
			case LIVE -> logger.info("Routes are read from etcd under {}; {} documents", prefix, this.known.size());
			case STALE ->
				logger.warn("Routes under {} in etcd cannot be followed: {}; the last known {} documents stay in force",
						prefix, cause, this.known.size());
			case FROM_DISK -> logger.warn("Routes under {} in etcd are those that were saved, {} documents: {}", prefix,
					this.known.size(), cause);
			case EMPTY -> logger.warn("Routes under {} in etcd are not known: {}", prefix, cause);
			case DENIED ->
				logger.warn("Routes are not read from etcd: {}; a role that may read keys that begin with {} "
						+ "is needed. All else goes on. It is tried again every minute", cause, prefix);
		}
	}

	/**
	 * What is known of a key.
	 *
	 * @param modRevision the revision at which it was written, 0 when that was in another
	 * history
	 * @param lease the lease that it hangs on, 0 for none
	 */
	private record Known(long modRevision, long lease) {
	}

}
