package dev.holdfast.registry;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

import dev.holdfast.service.Revision;
import dev.holdfast.service.SnapshotListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a local copy of a registry: lists it, watches it, proves that the watch delivers,
 * and starts over whenever one of these fails, for ever. All of it runs on one thread of
 * its own; the name is Kubernetes client-go's for the same duty.
 */
public final class Reflector implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Reflector.class);

	private final RegistrySource source;

	private final RegistrySettings settings;

	private final Backoff backoff;

	private final Optional<SnapshotFile> file;

	private final RegistryListener listener;

	private final LongSupplier nanoTime;

	private final Mailbox mailbox;

	private final Catalog catalog;

	private final CachedRegistry registry;

	private final List<CompletableFuture<RefreshResult>> waiting = new ArrayList<>();

	private boolean progressKnownToWork;

	private @Nullable Thread thread;

	/**
	 * Creates a reflector that keeps the real time.
	 * @param source where registrations come from
	 * @param settings how often the registry is checked
	 * @param backoff the wait between attempts to reach the registry
	 * @param file where the snapshot is kept across restarts, empty for nowhere
	 * @param snapshotListeners told of every published snapshot, in this order
	 * @param listener told of the reflector's own life
	 */
	public Reflector(RegistrySource source, RegistrySettings settings, Backoff backoff, Optional<SnapshotFile> file,
			List<SnapshotListener> snapshotListeners, RegistryListener listener) {
		this(source, settings, backoff, file, snapshotListeners, listener, Clock.systemUTC(), System::nanoTime,
				new Mailbox.Blocking());
	}

	Reflector(RegistrySource source, RegistrySettings settings, Backoff backoff, Optional<SnapshotFile> file,
			List<SnapshotListener> snapshotListeners, RegistryListener listener, Clock clock, LongSupplier nanoTime,
			Mailbox mailbox) {
		this.source = source;
		this.settings = settings;
		this.backoff = backoff;
		this.file = file;
		this.listener = listener;
		this.nanoTime = nanoTime;
		this.mailbox = mailbox;
		this.catalog = new Catalog(clock);
		this.registry = new CachedRegistry(clock, source, file, snapshotListeners, mailbox);
	}

	/**
	 * Gives the copy.
	 * @return the registry as far as it is known
	 */
	public Registry registry() {
		return this.registry;
	}

	/**
	 * Gives what operators can ask the reflector to do.
	 * @return the operations
	 */
	public RegistryOperations operations() {
		return this.registry;
	}

	/**
	 * Publishes the snapshot on disk, if there is one, and begins to follow the registry.
	 */
	public synchronized void start() {
		restore();
		this.thread = Thread.ofVirtual().name("registry-reflector").start(this::run);
	}

	/**
	 * Ends the reflector and waits for its thread, a few seconds at most.
	 */
	@Override
	public synchronized void close() {
		this.mailbox.post(new Mailbox.Message.Stop());
		try {
			if (this.thread != null && !this.thread.join(Duration.ofSeconds(5))) {
				this.thread.interrupt();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.file.ifPresent(SnapshotFile::close);
	}

	void restore() {
		this.file.flatMap(SnapshotFile::load).ifPresent((saved) -> {
			this.catalog.seed(saved.snapshot());
			this.registry.restore(saved.snapshot(), saved.savedAt(), "the registry has not been asked yet");
		});
	}

	void run() {
		try {
			int failures = 0;
			for (long number = 1;; number++) {
				this.registry.begin(number);
				Generation generation = new Generation(number, this, drain());
				Generation.Ending ending = live(generation);
				if (ending.cause().equals(Generation.STOPPED)) {
					return;
				}
				ended(number, ending);
				failures = generation.isSettled() ? 0 : failures + 1;
				// Every member gets its turn before the first wait.
				if (failures > 0 && failures % this.source.members().size() == 0 && !pause()) {
					return;
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** The loop must outlive any defect in what it calls. */
	private Generation.Ending live(Generation generation) throws InterruptedException {
		try {
			return generation.run();
		}
		catch (RuntimeException | Error ex) {
			logger.error("The registry client failed in itself; it starts over", ex);
			return new Generation.Ending("internal-error", "internal error: " + ex);
		}
	}

	private void ended(long number, Generation.Ending ending) {
		logger.debug("Generation {} ended, {}: {}", number, ending.cause(), ending.message());
		this.registry.lost(ending.message());
		try {
			this.listener.onGenerationEnded(ending.cause());
		}
		catch (RuntimeException ex) {
			logger.error("{} failed on the end of generation {}; the next one begins", this.listener, number, ex);
		}
	}

	/**
	 * Waits before the next attempt.
	 * @return whether there is to be one
	 */
	private boolean pause() throws InterruptedException {
		long until = this.nanoTime.getAsLong() + this.backoff.next().toNanos();
		while (true) {
			switch (this.mailbox.poll(until - this.nanoTime.getAsLong())) {
				case null -> {
					return true;
				}
				case Mailbox.Message.Refresh(CompletableFuture<RefreshResult> result) -> {
					this.waiting.add(result);
					return true;
				}
				case Mailbox.Message.Stop stop -> {
					return false;
				}
				case Mailbox.Message.Spoken late -> logger.trace("Dropped, of an older generation: {}", late);
			}
		}
	}

	private List<CompletableFuture<RefreshResult>> drain() {
		List<CompletableFuture<RefreshResult>> refreshes = List.copyOf(this.waiting);
		this.waiting.clear();
		return refreshes;
	}

	/**
	 * Makes a list the whole truth.
	 */
	RefreshResult replace(Signal.Listed listed) {
		Revision before = this.catalog.snapshot().revision();
		if (!before.equals(Revision.NONE)
				&& (before.cluster() != listed.revision().cluster() || listed.revision().number() < before.number())) {
			logger.warn("The cluster was wiped, restored or replaced: it is at {}, it was at {}", listed.revision(),
					before);
		}
		this.catalog.replace(listed);
		this.registry.listed();
		return publish(listed.revision());
	}

	/**
	 * Applies what a list has that the watch did not bring.
	 * @param complete whether the watch had delivered as much as the list has; a
	 * difference is a defect then
	 */
	RefreshResult reconcile(Signal.Listed listed, Map<String, Long> deletedSince, String reason, boolean complete) {
		int differences = this.catalog.reconcile(listed, deletedSince);
		if (complete && differences > 0) {
			logger.error("A list found {} records that the watch should have delivered; they are applied now",
					differences);
			this.listener.onDrift(differences);
		}
		this.listener.onRelist(reason, "success");
		return publish(newest(listed.revision()));
	}

	/**
	 * Applies what a watch delivered.
	 */
	void apply(List<RecordEvent> events, long cluster, Signal.Delivered delivered) {
		for (RecordEvent event : events) {
			String type = this.catalog.apply(event);
			if (type != null) {
				this.listener.onEvent(type);
			}
		}
		publish(newest(new Revision(cluster, delivered.revision())));
		this.listener.onPropagated(Duration.ofNanos(this.nanoTime.getAsLong() - delivered.receivedNanos()));
	}

	/**
	 * Within a generation the revision never falls: watches progress at different speeds.
	 */
	private Revision newest(Revision revision) {
		Revision current = this.catalog.snapshot().revision();
		return (revision.number() < current.number()) ? current : revision;
	}

	private RefreshResult publish(Revision revision) {
		Revision before = this.catalog.snapshot().revision();
		Commit commit = this.catalog.commit(revision);
		this.registry.unreadable(this.catalog.unreadable());
		this.registry.publish(commit.snapshot(), commit.services());
		this.file.ifPresent((file) -> file.save(commit.snapshot()));
		return new RefreshResult(commit.added(), commit.removed(), commit.changed(), 0, before.number(),
				commit.snapshot().revision().number());
	}

	void proven(Revision head, long tookNanos) {
		this.backoff.reset();
		this.registry.proven(head);
		// What is on disk is as old as its last confirmation, not as its last change.
		this.file.ifPresent((file) -> file.save(this.catalog.snapshot()));
		this.listener.onBarrier(Duration.ofNanos(tookNanos), head.number());
	}

	void progressWorks() {
		this.progressKnownToWork = true;
	}

	boolean isProgressKnownToWork() {
		return this.progressKnownToWork;
	}

	/** ± 10 %, so that a fleet of gateways does not list at once. */
	long nextRelistDelay() {
		return (long) (this.settings.relistInterval().toNanos() * ThreadLocalRandom.current().nextDouble(0.9, 1.1));
	}

	RegistrySource source() {
		return this.source;
	}

	RegistrySettings settings() {
		return this.settings;
	}

	RegistryListener listener() {
		return this.listener;
	}

	LongSupplier nanoTime() {
		return this.nanoTime;
	}

	Mailbox mailbox() {
		return this.mailbox;
	}

}
