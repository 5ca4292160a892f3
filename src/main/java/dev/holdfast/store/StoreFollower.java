package dev.holdfast.store;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the entries below a prefix: begins one session of connection, list and watch
 * after the other, for ever, and never trusts one that does not prove that it delivers.
 * What it does goes on on one thread of its own.
 */
public final class StoreFollower implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(StoreFollower.class);

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

	private final String name;

	private final Store store;

	private final FollowerSettings settings;

	private final StoreListener listener;

	private final LongSupplier nanoTime;

	private final Inbox<FollowerMessage> inbox;

	private final RandomGenerator random;

	private final RetryDelay delay;

	private final ProgressReplies replies = new ProgressReplies();

	private volatile long sessions;

	private volatile boolean stopped;

	private volatile @Nullable Thread thread;

	/**
	 * Creates it; connects to nothing yet.
	 * @param name the name of its thread
	 * @param store where the entries are
	 * @param settings which are followed, and how often that is checked
	 * @param listener hears what becomes of them
	 */
	public StoreFollower(String name, Store store, FollowerSettings settings, StoreListener listener) {
		this(name, store, settings, listener, System::nanoTime, new Inbox.Blocking<>(), RandomGenerator.getDefault());
	}

	StoreFollower(String name, Store store, FollowerSettings settings, StoreListener listener, LongSupplier nanoTime,
			Inbox<FollowerMessage> inbox, RandomGenerator random) {
		this.name = name;
		this.store = store;
		this.settings = settings;
		this.listener = listener;
		this.nanoTime = nanoTime;
		this.inbox = inbox;
		this.random = random;
		this.delay = new RetryDelay(random);
	}

	/**
	 * Begins to follow; returns at once.
	 */
	public void start() {
		this.thread = Thread.ofVirtual().name(this.name).start(this::run);
	}

	/**
	 * Ends the thread; takes some seconds at most.
	 */
	@Override
	public void close() {
		this.stopped = true;
		this.inbox.post(new FollowerMessage.Stop());
		Thread running = this.thread;
		try {
			if (running != null && !running.join(STOP_TIMEOUT)) {
				running.interrupt();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Return how many connections were begun.
	 * @return their number
	 */
	public long sessions() {
		return this.sessions;
	}

	void run() {
		try {
			follow();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void follow() throws InterruptedException {
		int failures = 0;
		boolean resume = true;
		for (long number = 1; !this.stopped; number++) {
			this.sessions = number;
			Ending ending = live(number, resume);
			if (this.stopped) {
				return;
			}
			outlive(() -> this.listener.onLost(ending.reason(), ending.denied()));
			// What the store has forgotten is not asked for again.
			resume = !ending.unresumed();
			failures = ending.settled() ? 0 : failures + 1;
			if (ending.denied()) {
				pause(this.delay.jittered(this.settings.refusedPause()));
			}
			// Every member gets its turn before the first wait.
			else if (failures > 0 && failures % this.store.members() == 0 && resume) {
				pause(this.delay.next());
			}
		}
	}

	private Ending live(long number, boolean resume) throws InterruptedException {
		try (StoreConnection connection = this.store
			.connect((signal) -> this.inbox.post(new FollowerMessage.Spoken(number, signal)))) {
			FollowSession session = new FollowSession(number, connection, this.settings, this.listener, this.replies,
					this.inbox, this.nanoTime, this.random);
			try {
				session.run(resume);
				return new Ending("the gateway stops", false, true, false);
			}
			catch (StoreException ex) {
				if (session.isSettled()) {
					this.delay.reset();
				}
				return new Ending(String.valueOf(ex.getMessage()), ex.isDenied(), session.isSettled(),
						ex.isCompacted() && session.hasFailedToResume());
			}
		}
		// The loop must outlive any defect in what it calls.
		catch (RuntimeException | Error ex) {
			logger.error("{} failed in itself; it starts over", this.name, ex);
			return new Ending("internal error: " + ex, false, false, false);
		}
	}

	private void outlive(Runnable call) {
		try {
			call.run();
		}
		catch (RuntimeException | Error ex) {
			logger.error("{} failed in itself; it goes on", this.name, ex);
		}
	}

	/** Drops what an older connection says. */
	private void pause(Duration time) throws InterruptedException {
		long until = this.nanoTime.getAsLong() + time.toNanos();
		while (!this.stopped && this.nanoTime.getAsLong() - until < 0) {
			this.inbox.poll(until - this.nanoTime.getAsLong());
		}
	}

	/**
	 * Why a session ended.
	 *
	 * @param reason what happened
	 * @param denied whether the permission was denied
	 * @param settled whether it had worked
	 * @param unresumed whether the store has forgotten the changes since the one before
	 */
	private record Ending(String reason, boolean denied, boolean settled, boolean unresumed) {
	}

}
