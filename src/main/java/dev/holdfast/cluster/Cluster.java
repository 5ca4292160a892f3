package dev.holdfast.cluster;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import dev.holdfast.override.Action;
import dev.holdfast.override.Command;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.OverrideCodec;
import dev.holdfast.override.SharedOverrides;
import dev.holdfast.override.SharedOverridesException;
import dev.holdfast.store.Inbox;
import dev.holdfast.store.ProgressReplies;
import dev.holdfast.store.RetryDelay;
import dev.holdfast.store.Store;
import dev.holdfast.store.StoreConnection;
import dev.holdfast.store.StoreConnection.Write;
import dev.holdfast.store.StoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This gateway among all that share an etcd: it stands in their list, follows what
 * operators have handed to all of them, and hands on what they hand to it. Whatever
 * becomes of its connection concerns this alone, never the registry. What it does goes on
 * on one thread of its own.
 */
public final class Cluster implements SharedOverrides, Gateways, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Cluster.class);

	/** How long this gateway may take to hear of its own write. */
	private static final Duration HEARING_TIMEOUT = Duration.ofSeconds(1);

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

	private final Store store;

	private final ClusterSettings settings;

	private final ClusterKeys keys;

	private final ClusterListener listener;

	private final Clock clock;

	private final LongSupplier nanoTime;

	private final Inbox<ClusterMessage> inbox;

	private final Executor writers;

	private final RetryDelay delay;

	private final ClusterContents contents;

	private final OwnReport own;

	private final ProgressReplies replies = new ProgressReplies();

	private final GatewayDirectory directory;

	private volatile Link link = new Link.Down("etcd has not answered yet");

	private volatile long sessions;

	/** When delivery was proven last, or when this was made. */
	private volatile long provenAt;

	private Told told = Told.NOTHING;

	private volatile boolean stopped;

	private volatile @Nullable Thread thread;

	/**
	 * Creates it; connects to nothing yet.
	 * @param store where gateways leave what others are to know
	 * @param settings how they share it
	 * @param local tells of this gateway what does not change
	 * @param standing tells how this gateway's view of the registry stands; must not
	 * block
	 * @param listener follows what operators hand to all
	 * @param clock the time of day
	 */
	public Cluster(Store store, ClusterSettings settings, Supplier<LocalGateway> local, Supplier<Standing> standing,
			ClusterListener listener, Clock clock) {
		this(store, settings, local, standing, listener, clock, System::nanoTime, new Inbox.Blocking<>(),
				(write) -> Thread.ofVirtual().name("cluster-write").start(write), RandomGenerator.getDefault());
	}

	Cluster(Store store, ClusterSettings settings, Supplier<LocalGateway> local, Supplier<Standing> standing,
			ClusterListener listener, Clock clock, LongSupplier nanoTime, Inbox<ClusterMessage> inbox, Executor writers,
			RandomGenerator random) {
		this.store = store;
		this.settings = settings;
		this.keys = new ClusterKeys(settings.prefix());
		this.listener = listener;
		this.clock = clock;
		this.nanoTime = nanoTime;
		this.inbox = inbox;
		this.writers = writers;
		this.provenAt = nanoTime.getAsLong();
		this.delay = new RetryDelay(random);
		this.contents = new ClusterContents(this.keys, clock, nanoTime);
		this.own = new OwnReport(local, standing, this.keys, settings, clock, nanoTime);
		this.directory = new GatewayDirectory(this.own, settings.lagAfter(), nanoTime);
	}

	/**
	 * Begins to follow etcd; returns at once.
	 */
	public void start() {
		this.thread = Thread.ofVirtual().name("cluster").start(this::run);
	}

	/**
	 * Takes this gateway off the list, if etcd answers, and ends the thread; takes some
	 * seconds at most. What is in force stays in force.
	 */
	@Override
	public void close() {
		this.stopped = true;
		this.inbox.post(new ClusterMessage.Stop());
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

	@Override
	public GatewaysView view() {
		return this.directory.view();
	}

	/**
	 * Return how many times a connection to etcd was begun.
	 * @return their number
	 */
	public long sessions() {
		return this.sessions;
	}

	/**
	 * Return how long ago it was proven last that etcd delivers what gateways share.
	 * @return the time since then; since the start while it never was
	 */
	public Duration staleness() {
		return Duration.ofNanos(this.nanoTime.getAsLong() - this.provenAt);
	}

	@Override
	public Optional<String> unavailable() {
		return switch (this.link) {
			case Link.Up up -> Optional.empty();
			case Link.Down(String reason) -> Optional.of(reason);
		};
	}

	@Override
	public CompletableFuture<Void> put(OperatorOverride override) {
		String key = this.keys.override(override.action());
		if (!this.contents.hasRoomFor(key)) {
			return CompletableFuture.failedFuture(new SharedOverridesException(
					"as many overrides are shared as count, %d: remove one".formatted(ClusterContents.MAX_OVERRIDES)));
		}
		byte[] value = OverrideCodec.encode(override);
		Duration time = Duration.between(this.clock.instant(), override.until());
		return write((connection) -> putLeased(connection, key, value, time)).thenAccept((written) -> {
		});
	}

	@Override
	public CompletableFuture<Boolean> remove(Action action) {
		String key = this.keys.override(action);
		return write((connection) -> connection.delete(key)).thenApply(Write::changed);
	}

	@Override
	public CompletableFuture<Void> command(Command command) {
		String key = this.keys.command(UUID.randomUUID().toString());
		byte[] value = CommandCodec.encode(new IssuedCommand(command, this.clock.instant()));
		return write((connection) -> putLeased(connection, key, value, IssuedCommand.LIFETIME))
			.thenAccept((written) -> {
			});
	}

	/** The lease is at least as long: what has ended by its own time does not count. */
	private static Write putLeased(StoreConnection connection, String key, byte[] value, Duration time) {
		long lease = connection.grant(Duration.ofSeconds(Math.max(1, time.plusMillis(999).toSeconds())));
		try {
			Write write = connection.put(key, value, lease);
			// A write that was repeated has met itself.
			return (write.formerLease() == lease) ? new Write(write.revision(), true, 0) : write;
		}
		catch (StoreException ex) {
			// Otherwise the entry may be there, and would end with its lease.
			if (ex.isRefused()) {
				revoke(connection, lease);
			}
			throw ex;
		}
	}

	private static void revoke(StoreConnection connection, long lease) {
		try {
			connection.revoke(lease);
		}
		catch (StoreException ex) {
			logger.debug("A lease that nothing hangs on was not revoked; it ends by itself", ex);
		}
	}

	/**
	 * Writes on the running connection, and answers when this gateway has heard of it.
	 */
	private CompletableFuture<Write> write(Function<StoreConnection, Write> call) {
		CompletableFuture<Write> answer = new CompletableFuture<>();
		switch (this.link) {
			case Link.Down(String reason) -> answer.completeExceptionally(new SharedOverridesException(reason));
			case Link.Up(long session, StoreConnection connection) ->
				this.writers.execute(() -> write(session, connection, call, answer));
		}
		return answer;
	}

	private void write(long session, StoreConnection connection, Function<StoreConnection, Write> call,
			CompletableFuture<Write> answer) {
		try {
			Write write = call.apply(connection);
			this.inbox.post(new ClusterMessage.Written(session, write.revision(),
					this.nanoTime.getAsLong() + HEARING_TIMEOUT.toNanos(), () -> answer.complete(write)));
			if (write.formerLease() != 0) {
				revoke(connection, write.formerLease());
			}
		}
		catch (RuntimeException ex) {
			answer.completeExceptionally(new SharedOverridesException(String.valueOf(ex.getMessage())));
		}
	}

	void run() {
		try {
			follow();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.link = new Link.Down("the gateway stops");
		}
	}

	private void follow() throws InterruptedException {
		int failures = 0;
		for (long number = 1; !this.stopped; number++) {
			this.sessions = number;
			Ending ending = live(number);
			this.link = new Link.Down(ending.reason());
			this.directory.unavailable(ending.reason());
			outlive(this.listener::onUnconfirmed);
			failures = ending.settled() ? 0 : failures + 1;
			if (ending.denied()) {
				tell(Told.DENIED, ending.reason());
				pause(this.delay.jittered(this.settings.refusedPause()));
			}
			// Every member gets its turn before the first wait.
			else if (failures > 0 && failures % this.store.members() == 0) {
				tell(Told.AWAY, ending.reason());
				pause(this.delay.next());
			}
		}
	}

	private Ending live(long number) throws InterruptedException {
		try (StoreConnection connection = this.store
			.connect((signal) -> this.inbox.post(new ClusterMessage.Spoken(number, signal)))) {
			ClusterSession session = new ClusterSession(number, connection, this.settings, this.contents, this.own,
					this.replies, this.inbox, new SessionListener(number, connection), this.nanoTime);
			try {
				session.run();
				return new Ending("the gateway stops", false, true);
			}
			catch (StoreException ex) {
				return new Ending(String.valueOf(ex.getMessage()), ex.isDenied(), session.isSettled());
			}
		}
		// The loop must outlive any defect in what it calls.
		catch (RuntimeException | Error ex) {
			logger.error("What gateways share in etcd cannot be followed; it is tried again", ex);
			return new Ending("internal error: " + ex, false, false);
		}
	}

	/** A defect in one of those who follow must not keep the others from it. */
	private static void outlive(Runnable call) {
		try {
			call.run();
		}
		catch (RuntimeException ex) {
			logger.error("What was shared by all gateways could not be followed; the rest is", ex);
		}
	}

	/** Drops what an older connection says. */
	private void pause(Duration time) throws InterruptedException {
		long until = this.nanoTime.getAsLong() + time.toNanos();
		while (!this.stopped && this.nanoTime.getAsLong() - until < 0) {
			if (this.inbox.poll(until - this.nanoTime.getAsLong()) instanceof ClusterMessage.Written written) {
				written.heard().run();
			}
		}
	}

	private void tell(Told now, String reason) {
		if (this.told == now || this.stopped) {
			return;
		}
		this.told = now;
		switch (now) {
			case NOTHING -> {
				// Until etcd has answered, or has not.
			}
			case LISTED -> logger.info("This gateway is listed in etcd under {}", this.keys.gateways());
			case UNLISTED ->
				logger.warn("The other gateways do not see this one, or not as it is: {}; what is shared in etcd is "
						+ "followed all the same. It is tried again until it succeeds", reason);
			case AWAY -> logger.warn(
					"The other gateways cannot be seen, nor overrides be shared with them: {}; those "
							+ "that are known stay in force until their time. It is tried again until it succeeds",
					reason);
			case DENIED ->
				logger.warn("The other gateways cannot be seen, nor overrides be shared with them: {}; a role "
						+ "that may read and write keys that begin with {} is needed. The registry does without. It is "
						+ "tried again every {} s", reason, this.keys.prefix(),
						this.settings.refusedPause().toSeconds());
		}
	}

	/**
	 * What is told in the log, once each time that it changes.
	 */
	private enum Told {

		NOTHING, LISTED, UNLISTED, AWAY, DENIED

	}

	/**
	 * Whether something can be written, and where.
	 */
	private sealed interface Link {

		record Up(long session, StoreConnection connection) implements Link {
		}

		record Down(String reason) implements Link {
		}

	}

	/**
	 * Why a session ended.
	 *
	 * @param reason what happened
	 * @param denied whether the permission was denied
	 * @param settled whether it had worked
	 */
	private record Ending(String reason, boolean denied, boolean settled) {
	}

	private final class SessionListener implements ClusterSession.Listener {

		private final long number;

		private final StoreConnection connection;

		SessionListener(long number, StoreConnection connection) {
			this.number = number;
			this.connection = connection;
		}

		@Override
		public void onListed() {
			Cluster.this.directory.restart();
			onChanges();
		}

		@Override
		public void onChanges() {
			Cluster.this.directory.update(Cluster.this.contents.gateways());
			Cluster.this.contents.takeOverrides().ifPresent((shared) -> outlive(() -> follow(shared)));
			Cluster.this.contents.takeDue()
				.forEach((command) -> outlive(() -> Cluster.this.listener.onCommand(command)));
		}

		private void follow(ClusterContents.Shared shared) {
			if (shared.lost()) {
				Cluster.this.listener.onHistoryLost(shared.overrides());
			}
			else {
				Cluster.this.listener.onOverrides(shared.overrides());
			}
		}

		@Override
		public void onProven() {
			Cluster.this.provenAt = Cluster.this.nanoTime.getAsLong();
			Cluster.this.link = new Link.Up(this.number, this.connection);
			Cluster.this.directory.available();
			Cluster.this.delay.reset();
		}

		@Override
		public void onReported() {
			Cluster.this.own.failure()
				.ifPresentOrElse((reason) -> tell(Told.UNLISTED, reason), () -> tell(Told.LISTED, ""));
		}

		@Override
		public void onTick() {
			Cluster.this.directory.judge();
		}

	}

}
