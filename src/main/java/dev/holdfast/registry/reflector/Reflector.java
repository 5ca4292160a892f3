package dev.holdfast.registry.reflector;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import dev.holdfast.registry.Backoff;
import dev.holdfast.registry.EndCause;
import dev.holdfast.registry.Freeze;
import dev.holdfast.registry.Probe;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryDiff;
import dev.holdfast.registry.RegistryException;
import dev.holdfast.registry.RegistryListener;
import dev.holdfast.registry.RegistryOperations;
import dev.holdfast.registry.RegistrySettings;
import dev.holdfast.registry.RegistrySource;
import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.registry.catalog.History;
import dev.holdfast.registry.catalog.RecordStore;
import dev.holdfast.registry.guard.HeldRemovals;
import dev.holdfast.registry.guard.Prober;
import dev.holdfast.registry.guard.RemovalGuard;
import dev.holdfast.registry.guard.TimerQueue;
import dev.holdfast.registry.guard.TimerQueue.Timer;
import dev.holdfast.registry.snapshot.SnapshotFile;
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

	/** How long a start may wait for the probes of what came from disk. */
	private static final Duration FIRST_PROBES = Duration.ofMillis(1_500);

	private final RegistrySource source;

	private final RegistrySettings settings;

	private final Backoff backoff;

	private final Optional<SnapshotFile> file;

	private final RegistryListener listener;

	private final LongSupplier nanoTime;

	private final Mailbox mailbox;

	/** For the jitter. */
	private final RandomGenerator random;

	private final TimerQueue timers;

	private final History history;

	private final HeldRemovals held;

	private final RemovalGuard guard;

	private final SnapshotPublisher publisher;

	private final StatusTracker status;

	private final ColdStart coldStart;

	private final Reconciler reconciler;

	private final CachedRegistry registry;

	private final Requests waiting = new Requests();

	private boolean progressKnownToWork;

	private boolean progressUnanswered;

	private @Nullable Thread thread;

	/**
	 * Creates a reflector that keeps the real time.
	 * @param source where registrations come from
	 * @param settings how often the registry is checked
	 * @param backoff the wait between attempts to reach the registry
	 * @param file where the snapshot is kept across restarts, empty for nowhere
	 * @param probe finds out whether an instance listens
	 * @param snapshotListeners told of every published snapshot, in this order
	 * @param listener told of the reflector's own life
	 */
	public Reflector(RegistrySource source, RegistrySettings settings, Backoff backoff, Optional<SnapshotFile> file,
			Probe probe, List<SnapshotListener> snapshotListeners, RegistryListener listener) {
		this(source, settings, backoff, file, probe, snapshotListeners, listener, Clock.systemUTC(), System::nanoTime,
				new Mailbox.Blocking(), RandomGenerator.getDefault());
	}

	Reflector(RegistrySource source, RegistrySettings settings, Backoff backoff, Optional<SnapshotFile> file,
			Probe probe, List<SnapshotListener> snapshotListeners, RegistryListener listener, Clock clock,
			LongSupplier nanoTime, Mailbox mailbox, RandomGenerator random) {
		this.source = source;
		this.settings = settings;
		this.backoff = backoff;
		this.file = file;
		this.listener = listener;
		this.nanoTime = nanoTime;
		this.mailbox = mailbox;
		this.random = random;
		this.timers = new TimerQueue(nanoTime);
		RecordStore records = new RecordStore(clock);
		this.history = new History(clock);
		Prober prober = new Prober(probe, (action) -> mailbox.post(new Mailbox.Message.Task(action)));
		RemovalGuardSettings guarding = settings.removalGuard();
		this.held = new HeldRemovals(guarding.holdFor(), records, this.history, this.timers, prober, clock, nanoTime,
				random);
		this.guard = new RemovalGuard(guarding, settings.routability(), records, this.history, this.held, nanoTime);
		this.publisher = new SnapshotPublisher(records, this.held,
				new RegistryLog(records, this.held, guarding.holdFor(), nanoTime), file, snapshotListeners, listener,
				clock, nanoTime);
		this.status = new StatusTracker(this.publisher, clock);
		this.coldStart = new ColdStart(records, this.history, this.timers, prober, this.publisher, this.status);
		this.reconciler = new Reconciler(records, new RecordApplier(records, this.guard, this.held, this.history),
				this.guard, this.publisher, this.coldStart, this.history, listener);
		this.registry = new CachedRegistry(source, this.publisher, this.status, this.held, this.history, file);
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
		return new PostedOperations(this.mailbox, this.publisher, this.coldStart, this.held, this.history);
	}

	/**
	 * Begins to follow the registry; nothing is frozen.
	 */
	public void start() {
		start(Optional.empty());
	}

	/**
	 * Loads the snapshot on disk, if there is one, and begins to follow the registry.
	 * What of the snapshot answers a probe at once is published when this returns, after
	 * a second or two at most.
	 * @param freeze whether, until when and why nothing that the registry says is
	 * published from the start; what of the snapshot was published before is so then
	 * whatever its probes would find
	 */
	public synchronized void start(Optional<Freeze> freeze) {
		CountDownLatch probed = new CountDownLatch(1);
		this.thread = Thread.ofVirtual().name("registry-reflector").start(() -> {
			restore(freeze, probed::countDown);
			run();
		});
		try {
			if (!probed.await(FIRST_PROBES.toMillis(), TimeUnit.MILLISECONDS)) {
				logger.info("Not all instances from disk have answered a probe yet; they are routed to when they do");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
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

	/**
	 * Starts from the snapshot on disk, if there is one.
	 * @param probed called when each of its instances was probed once or the registry has
	 * answered; at once when there is none
	 */
	void restore(Optional<Freeze> freeze, Runnable probed) {
		freeze.ifPresent(this.publisher::freeze);
		this.file.flatMap(SnapshotFile::load).ifPresentOrElse((saved) -> {
			this.reconciler.proven(saved.snapshot().revision().number());
			this.coldStart.begin(saved, probed);
		}, probed);
	}

	void run() {
		try {
			follow();
			refuse();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void follow() throws InterruptedException {
		int failures = 0;
		for (long number = 1;; number++) {
			WatchSession session = new WatchSession(number, this, this.waiting);
			WatchSession.Ending ending = live(session);
			if (ending.cause() == null) {
				return;
			}
			ended(number, ending.cause(), ending.message());
			if (ending.cause() == EndCause.OPERATOR) {
				continue;
			}
			failures = session.isSettled() ? 0 : failures + 1;
			// Every member gets its turn before the first wait.
			if (failures > 0 && failures % this.source.members().size() == 0 && !pause()) {
				return;
			}
		}
	}

	/** Whoever still waits for something will not get it. */
	private void refuse() throws InterruptedException {
		for (Mailbox.Message rest = this.mailbox.poll(0); rest != null; rest = this.mailbox.poll(0)) {
			if (rest instanceof Mailbox.Message.Refresh(CompletableFuture<RefreshResult> result)) {
				this.waiting.add(result);
			}
			else if (rest instanceof Mailbox.Message.Diff(CompletableFuture<RegistryDiff> result)) {
				this.waiting.addDiff(result);
			}
			else if (rest instanceof Mailbox.Message.Reconnect(CompletableFuture<Long> result)) {
				this.waiting.addReconnect(result);
			}
		}
		this.waiting.fail(new RegistryException("the gateway stops"));
	}

	/** The loop must outlive any defect in what it calls. */
	private WatchSession.Ending live(WatchSession session) throws InterruptedException {
		try {
			return session.run();
		}
		catch (RuntimeException | Error ex) {
			logger.error("The registry client failed in itself; it starts over", ex);
			return new WatchSession.Ending(EndCause.INTERNAL_ERROR, "internal error: " + ex);
		}
	}

	private void ended(long number, EndCause cause, String message) {
		logger.debug("Session {} ended, {}: {}", number, cause, message);
		this.guard.disconnected();
		this.status.lost(message);
		try {
			this.listener.onGenerationEnded(cause);
		}
		catch (RuntimeException ex) {
			logger.error("{} failed on the end of session {}; the next one begins", this.listener, number, ex);
		}
	}

	/**
	 * Waits before the next attempt.
	 * @return whether there is to be one
	 */
	private boolean pause() throws InterruptedException {
		Timer end = this.timers.timer();
		end.startIn(this.backoff.next());
		try {
			return pause(end);
		}
		finally {
			end.stop();
		}
	}

	private boolean pause(Timer end) throws InterruptedException {
		while (!end.isExpired(this.nanoTime.getAsLong())) {
			Mailbox.Message message = poll(Long.MAX_VALUE);
			doWhatIsDue();
			switch (message) {
				case null -> {
					// Something was done that concerns the cache alone, or was due.
				}
				case Mailbox.Message.Refresh(CompletableFuture<RefreshResult> result) -> {
					this.waiting.add(result);
					return true;
				}
				case Mailbox.Message.Diff(CompletableFuture<RegistryDiff> result) -> {
					this.waiting.addDiff(result);
					return true;
				}
				case Mailbox.Message.Reconnect(CompletableFuture<Long> result) -> {
					this.waiting.addReconnect(result);
					return true;
				}
				case Mailbox.Message.Stop stop -> {
					return false;
				}
				case Mailbox.Message.Spoken late -> logger.trace("Dropped, of an older session: {}", late);
				case Mailbox.Message.Task task -> throw new IllegalStateException("a task that was not done: " + task);
			}
		}
		return true;
	}

	/**
	 * Waits for a message or until something is due; what concerns the cache alone is
	 * done at once.
	 * @param nanos how long to wait at most, nanoseconds
	 * @return the message, or {@code null} when there is none to be taken
	 */
	Mailbox.@Nullable Message poll(long nanos) throws InterruptedException {
		Mailbox.Message message = this.mailbox.poll(Math.min(nanos, this.timers.untilNext()));
		if (message instanceof Mailbox.Message.Task(Runnable action)) {
			outlive(() -> {
				action.run();
				this.publisher.publish();
			});
			return null;
		}
		return message;
	}

	/** Also while messages come: the mailbox of a busy watch may never empty. */
	void doWhatIsDue() {
		outlive(() -> {
			if (this.timers.run()) {
				this.publisher.publish();
			}
		});
	}

	/** The loop must outlive any defect in what it calls. */
	private static void outlive(Runnable action) {
		try {
			action.run();
		}
		catch (RuntimeException | Error ex) {
			logger.error("The registry client failed in itself; it goes on", ex);
		}
	}

	/**
	 * Has the next session's list answer those whom this one's must not.
	 */
	void carryOver(Requests requests) {
		this.waiting.addAll(requests);
	}

	/**
	 * A connection is made.
	 * @param leases asks it for a lease
	 */
	void begin(long session, LongConsumer leases) {
		this.status.begin(session);
		this.guard.connected(leases);
	}

	/**
	 * Delivery is proven: what comes next is a new trouble.
	 * @param head the newest revision known
	 */
	void proven(Revision head, Duration took) {
		this.guard.live();
		this.status.proven(head);
		// What is on disk is as old as its last confirmation, not as its last change.
		this.publisher.save();
		this.listener.onBarrier(took, head.number());
		this.backoff.reset();
	}

	void progressWorks() {
		this.progressKnownToWork = true;
		this.progressUnanswered = false;
	}

	void progressIsNotAnswered() {
		this.progressUnanswered = true;
	}

	/**
	 * Whether progress was asked for in vain, as by {@code etcd grpc-proxy}, and never
	 * otherwise.
	 */
	boolean isProgressUnanswered() {
		return this.progressUnanswered;
	}

	boolean isProgressKnownToWork() {
		return this.progressKnownToWork;
	}

	/** ± 10 %, so that a fleet of gateways does not list at once. */
	Duration nextRelistDelay() {
		return Duration.ofNanos((long) (this.settings.relistInterval().toNanos() * this.random.nextDouble(0.9, 1.1)));
	}

	TimerQueue timers() {
		return this.timers;
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

	RemovalGuard guard() {
		return this.guard;
	}

	SnapshotPublisher publisher() {
		return this.publisher;
	}

	Reconciler reconciler() {
		return this.reconciler;
	}

	Mailbox mailbox() {
		return this.mailbox;
	}

}
