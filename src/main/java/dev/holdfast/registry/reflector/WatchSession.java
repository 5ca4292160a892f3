package dev.holdfast.registry.reflector;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

import dev.holdfast.registry.EndCause;
import dev.holdfast.registry.RecordEvent;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.RegistryConnection;
import dev.holdfast.registry.RegistryDiff;
import dev.holdfast.registry.RegistryException;
import dev.holdfast.registry.RelistOutcome;
import dev.holdfast.registry.RelistReason;
import dev.holdfast.registry.Signal;
import dev.holdfast.registry.guard.TimerQueue;
import dev.holdfast.registry.guard.TimerQueue.Timer;
import dev.holdfast.service.Revision;
import org.jspecify.annotations.Nullable;

/**
 * One life of client, list and watch. It lists everything, watches from there on, proves
 * again and again that the watch delivers, and ends at the first error, completion or
 * doubt; the next session then starts over. Belongs to the reflector's thread.
 */
final class WatchSession {

	private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(250);

	private final long number;

	private final Reflector reflector;

	private final Mailbox mailbox;

	private final LongSupplier nanoTime;

	private final Reconciler reconciler;

	private final SnapshotPublisher publisher;

	private final Requests requests = new Requests();

	private @Nullable Ending ending;

	private int proofs;

	private boolean watching;

	private Revision head = Revision.NONE;

	private Watermarks delivered = new Watermarks(0, 0);

	private @Nullable Barrier barrier;

	private final Timer nextBarrier;

	private final Timer barrierTimeout;

	private final Timer nextRequest;

	private @Nullable Relist relist;

	private final Timer nextRelist;

	private final Timer listTimeout;

	/**
	 * From when on a list that has arrived is compared with what a watch has brought that
	 * does not tell how much that is.
	 */
	private final Timer comparison;

	WatchSession(long number, Reflector reflector, Requests waiting) {
		this.number = number;
		this.reflector = reflector;
		this.mailbox = reflector.mailbox();
		this.nanoTime = reflector.nanoTime();
		this.reconciler = reflector.reconciler();
		this.publisher = reflector.publisher();
		this.requests.addAll(waiting);
		TimerQueue timers = reflector.timers();
		this.nextBarrier = timers.timer();
		this.barrierTimeout = timers.timer();
		this.nextRequest = timers.timer();
		this.nextRelist = timers.timer();
		this.listTimeout = timers.timer();
		this.comparison = timers.timer();
	}

	/**
	 * Lives until something goes wrong.
	 * @return why it ended
	 */
	Ending run() throws InterruptedException {
		try (RegistryConnection connection = this.reflector.source()
			.connect((signal) -> this.mailbox.post(new Mailbox.Message.Spoken(this.number, signal)))) {
			this.listTimeout.startIn(Relist.TIMEOUT);
			this.reflector.begin(this.number, connection::readLease);
			this.requests.answer(this.number);
			connection.list();
			while (this.ending == null) {
				Mailbox.Message message = this.reflector.poll(this.publisher.hasUnpublished() ? 0 : Long.MAX_VALUE);
				if (this.publisher.isToPublish(isDelivery(message))) {
					this.publisher.publishDelivered();
				}
				if (message != null) {
					take(message, connection);
				}
				this.reflector.doWhatIsDue();
				if (this.ending == null) {
					onTime(connection, now());
				}
			}
			this.publisher.publishDelivered();
			return this.ending;
		}
		finally {
			Stream
				.of(this.nextBarrier, this.barrierTimeout, this.nextRequest, this.nextRelist, this.listTimeout,
						this.comparison)
				.forEach(Timer::stop);
			abandon();
		}
	}

	private boolean isDelivery(Mailbox.@Nullable Message message) {
		return message instanceof Mailbox.Message.Spoken(long session, Signal signal) && session == this.number
				&& signal instanceof Signal.Delivered;
	}

	/** What was asked for and did not come. */
	private void abandon() {
		Ending why = Objects.requireNonNullElse(this.ending, new Ending(EndCause.INTERNAL_ERROR, "internal error"));
		if (why.cause() != null) {
			if (!this.watching) {
				this.reflector.listener().onRelist(RelistReason.START, RelistOutcome.FAILURE);
			}
			if (this.relist != null) {
				this.reflector.listener().onRelist(this.relist.reason(), RelistOutcome.FAILURE);
			}
		}
		RegistryException failure = new RegistryException(why.message());
		this.requests.fail(failure);
		if (this.relist != null) {
			this.relist.requests().fail(failure);
		}
	}

	/**
	 * Whether delivery was proven more than once. A connection that breaks right after
	 * each first proof would otherwise be made again without a wait, each with a list.
	 */
	boolean isSettled() {
		return this.proofs > 1;
	}

	private void take(Mailbox.Message message, RegistryConnection connection) {
		switch (message) {
			case Mailbox.Message.Spoken(long session, Signal signal) -> {
				if (session == this.number) {
					take(signal, connection);
				}
			}
			case Mailbox.Message.Refresh(CompletableFuture<RefreshResult> result) -> {
				this.requests.add(result);
				beginRequested(connection);
			}
			case Mailbox.Message.Diff(CompletableFuture<RegistryDiff> result) -> {
				this.requests.addDiff(result);
				beginRequested(connection);
			}
			case Mailbox.Message.Reconnect(CompletableFuture<Long> result) -> {
				this.requests.addReconnect(result);
				end(EndCause.OPERATOR, "an operator wants a new connection");
				this.reflector.carryOver(this.requests);
				if (this.relist != null) {
					this.reflector.carryOver(this.relist.requests());
				}
			}
			case Mailbox.Message.Task task -> throw new IllegalStateException("a task that was not done: " + task);
			case Mailbox.Message.Stop stop -> end(null, "the gateway stops");
		}
	}

	private void take(Signal signal, RegistryConnection connection) {
		switch (signal) {
			case Signal.Listed listed -> {
				if (this.watching) {
					onRelisted(listed, connection);
				}
				else {
					onListed(listed, connection);
				}
			}
			case Signal.Head(Revision revision) -> onHead(revision, connection);
			case Signal.Delivered deliveredNow -> {
				onDelivered(deliveredNow);
				beginRequested(connection);
			}
			case Signal.Lease lease -> {
				this.reflector.guard().onLease(lease);
				this.publisher.publish();
			}
			case Signal.Failed(EndCause cause, String message) -> end(cause, message);
		}
	}

	private void onListed(Signal.Listed listed, RegistryConnection connection) {
		RefreshResult result = this.reconciler.replace(listed);
		this.reflector.listener().onRelist(RelistReason.START, RelistOutcome.SUCCESS);
		this.requests.answer(result);
		if (this.requests.hasDiffs()) {
			this.requests.answer(RegistryComparison.of(this.reflector.registry(), listed));
		}
		this.head = listed.revision();
		// From the list's own revision and not the one after, although what it changed is
		// in the list: newer versions of etcd answer no progress request for a watch that
		// begins in the future, and in an idle cluster that is for ever.
		int watches = connection.watch(listed.revision().number());
		this.delivered = new Watermarks(watches, listed.revision().number());
		this.watching = true;
		this.listTimeout.stop();
		this.nextRelist.startIn(this.reflector.nextRelistDelay());
		prove(connection);
	}

	/**
	 * Begins a proof of delivery: what a majority agrees on now must come out of the
	 * watch.
	 */
	private void prove(RegistryConnection connection) {
		this.barrier = new Barrier(now(), this.head, this.delivered.watches());
		this.barrierTimeout.startIn(Barrier.TIMEOUT);
		this.nextBarrier.startIn(this.reflector.settings().barrierInterval());
		connection.readHead();
	}

	private void onHead(Revision revision, RegistryConnection connection) {
		Barrier running = this.barrier;
		if (running == null) {
			return;
		}
		if (revision.isOtherHistory(running.before())) {
			endOtherHistory(revision, running.before());
			return;
		}
		this.head = revision.at(Math.max(revision.number(), this.head.number()));
		running.aimAt(revision.number());
		if (this.reflector.isProgressUnanswered()) {
			this.barrierTimeout.extend(Relist.TIMEOUT);
		}
		requestProgress(connection);
		checkBarrier();
	}

	/**
	 * Where progress is not answered, changes that come prove as much; a list does where
	 * none come. Progress is asked for once all the same, since the next connection may
	 * be to a member that answers.
	 */
	private void askAgain(RegistryConnection connection) {
		if (this.reflector.isProgressUnanswered()) {
			this.nextRequest.startIn(PROGRESS_INTERVAL);
			relist(RelistReason.BARRIER, connection);
		}
		else {
			requestProgress(connection);
		}
	}

	private void endOtherHistory(Revision now, Revision before) {
		end(EndCause.HISTORY_CHANGED, "the cluster was wiped or restored: it is %s, it was %s".formatted(now, before));
	}

	/** etcd drops a progress request while a watch catches up, so it is repeated. */
	private void requestProgress(RegistryConnection connection) {
		this.nextRequest.startIn(PROGRESS_INTERVAL);
		connection.requestProgress();
	}

	private void onDelivered(Signal.Delivered signal) {
		if (!this.watching) {
			return;
		}
		List<RecordEvent> events = signal.events().get();
		if (events.isEmpty()) {
			this.reflector.progressWorks();
		}
		else {
			this.head = this.head.at(Math.max(signal.revision(), this.head.number()));
			this.reconciler.apply(events, this.head.cluster(), signal);
			if (this.relist != null) {
				this.relist.note(events);
			}
		}
		this.delivered.raise(signal);
		if (this.barrier != null) {
			this.barrier.arrived().raise(signal);
		}
		checkBarrier();
		checkRelist();
	}

	private void checkBarrier() {
		Barrier running = this.barrier;
		if (running != null && running.isPassed()) {
			this.publisher.publishDelivered();
			this.barrier = null;
			this.barrierTimeout.stop();
			this.nextRequest.stop();
			this.proofs++;
			this.reconciler.proven(this.delivered.lowest());
			this.reflector.proven(this.head, Duration.ofNanos(now() - running.startedAt()));
		}
	}

	/** Who asks while a list is under way gets the next: it may have missed a write. */
	private void beginRequested(RegistryConnection connection) {
		if (this.watching && !this.requests.isEmpty()) {
			relist(this.requests.hasRefreshes() ? RelistReason.REFRESH : RelistReason.DIFF, connection);
		}
	}

	private void relist(RelistReason reason, RegistryConnection connection) {
		if (this.relist == null) {
			this.relist = new Relist(reason, this.head, this.requests);
			this.listTimeout.startIn(Relist.TIMEOUT);
			connection.list();
		}
	}

	private void onRelisted(Signal.Listed listed, RegistryConnection connection) {
		if (this.relist != null && listed.revision().isOtherHistory(this.relist.before())) {
			endOtherHistory(listed.revision(), this.relist.before());
		}
		else if (this.relist != null) {
			this.relist.arrived(listed);
			this.comparison.startIn(Relist.WATCH_LATENCY);
			connection.requestProgress();
			checkRelist();
			beginRequested(connection);
		}
	}

	/**
	 * Compares a list with the cache once the watch has delivered as much, so that what
	 * is only under way is not taken for lost. Where progress requests are not answered
	 * nobody knows how much that is, and the watch is given some time.
	 */
	private void checkRelist() {
		Relist done = this.relist;
		Signal.Listed listed = (done != null) ? done.listed() : null;
		if (done == null || listed == null) {
			return;
		}
		long revision = listed.revision().number();
		boolean complete = this.delivered.lowest() >= revision;
		if (!complete && (this.reflector.isProgressKnownToWork() || !this.comparison.isExpired(now()))) {
			return;
		}
		this.relist = null;
		this.listTimeout.stop();
		this.comparison.stop();
		this.publisher.publishDelivered();
		if (done.requests().hasDiffs()) {
			done.requests().answer(RegistryComparison.of(this.reflector.registry(), listed));
		}
		if (done.reason() == RelistReason.DIFF) {
			return;
		}
		int strangers = this.reconciler.strangers(listed, done.deletedSince());
		if (strangers > 0) {
			this.reconciler.drifted(strangers, "or the cluster was restored, so everything is listed anew");
			this.reflector.carryOver(done.requests());
			end(EndCause.HISTORY_CHANGED,
					"a list at %s has records that the watch did not deliver".formatted(listed.revision()));
			return;
		}
		this.nextRelist.startIn(this.reflector.nextRelistDelay());
		Reconciler.Reconciled reconciled = this.reconciler.reconcile(listed, done.deletedSince(), done.reason(),
				complete);
		done.requests().answer(reconciled.result());
		if (!this.reflector.isProgressKnownToWork()) {
			onProvenByList(revision, reconciled.differences());
		}
	}

	private void onProvenByList(long revision, int differences) {
		if (differences > 0) {
			end(EndCause.SILENT_WATCH, "a list had what the watch did not deliver");
			return;
		}
		this.delivered.raiseAll(revision);
		if (this.barrier != null) {
			this.barrier.arrived().raiseAll(revision);
			checkBarrier();
		}
	}

	private void onTime(RegistryConnection connection, long now) {
		checkRelist();
		beginRequested(connection);
		if (this.listTimeout.isExpired(now)) {
			end(EndCause.LIST_TIMEOUT, "the list did not come within %d s".formatted(Relist.TIMEOUT.toSeconds()));
		}
		else if (this.relist == null && this.nextRelist.isExpired(now)) {
			relist(RelistReason.PERIODIC, connection);
		}
		if (this.barrier != null && this.barrierTimeout.isExpired(now)) {
			onBarrierTimeout(this.barrier, connection);
		}
		else if (this.nextRequest.isExpired(now)) {
			askAgain(connection);
		}
		else if (this.barrier == null && this.nextBarrier.isExpired(now)) {
			prove(connection);
		}
	}

	/**
	 * A registry that has never answered a progress request, such as etcd before 3.4, is
	 * proven by a list instead; from one that has, silence is a fault.
	 */
	private void onBarrierTimeout(Barrier barrier, RegistryConnection connection) {
		if (barrier.isAimed() && !this.reflector.isProgressKnownToWork()) {
			this.reflector.progressIsNotAnswered();
			relist(RelistReason.BARRIER, connection);
			// A comparison proves nothing; the next list will.
			boolean compares = this.relist != null && this.relist.reason() == RelistReason.DIFF;
			this.barrierTimeout.extend(compares ? Barrier.TIMEOUT : Relist.TIMEOUT);
			return;
		}
		String missing = barrier.isAimed() ? "the watch is silent or late, it delivered up to revision %d of %d"
			.formatted(this.delivered.lowest(), barrier.target()) : "the newest revision could not be read";
		end(EndCause.SILENT_WATCH,
				"no proof of delivery within %d s: %s".formatted(Barrier.TIMEOUT.toSeconds(), missing));
	}

	private void end(@Nullable EndCause cause, String message) {
		if (this.ending == null) {
			this.ending = new Ending(cause, message);
		}
	}

	private long now() {
		return this.nanoTime.getAsLong();
	}

	/**
	 * Why a session ended.
	 *
	 * @param cause the cause, {@code null} when the gateway stops
	 * @param message what happened
	 */
	record Ending(@Nullable EndCause cause, String message) {
	}

}
