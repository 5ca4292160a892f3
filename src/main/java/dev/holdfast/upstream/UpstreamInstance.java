package dev.holdfast.upstream;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import dev.holdfast.override.InstanceOverrides;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Registration;
import org.jspecify.annotations.Nullable;

/**
 * One instance's run-time state. It stays the same object for as long as the instance is
 * registered under the same id with the same endpoint.
 */
public final class UpstreamInstance {

	private static final AtomicReferenceFieldUpdater<UpstreamInstance, @Nullable TryCounts> TRIES = AtomicReferenceFieldUpdater
		.newUpdater(UpstreamInstance.class, TryCounts.class, "tries");

	private static final AtomicReferenceFieldUpdater<UpstreamInstance, @Nullable SlowStart> SLOW_START = AtomicReferenceFieldUpdater
		.newUpdater(UpstreamInstance.class, SlowStart.class, "slowStart");

	private static final AtomicReferenceFieldUpdater<UpstreamInstance, @Nullable InstanceLog> LOG = AtomicReferenceFieldUpdater
		.newUpdater(UpstreamInstance.class, InstanceLog.class, "log");

	private final InstanceContext context;

	private final Endpoint origin;

	/**
	 * Made when it is first asked for: most of a large registry's instances are never.
	 */
	private @Nullable String authority;

	private volatile Instance instance;

	private volatile InstanceOverrides overrides = InstanceOverrides.NONE;

	/** {@code null} before the first try. */
	private volatile @Nullable TryCounts tries;

	private final InstanceHealth health;

	/** {@code null} before there is something to tell. */
	private volatile @Nullable InstanceLog log;

	/** {@code null} for one that has its whole share. */
	private volatile @Nullable SlowStart slowStart;

	/**
	 * Creates the state of an instance that nothing is known of.
	 * @param context what it has in common with the others of its service
	 */
	UpstreamInstance(InstanceContext context, Instance instance) {
		this.context = context;
		this.instance = instance;
		this.origin = instance.endpoint().origin();
		this.health = new InstanceHealth(context);
	}

	/**
	 * What is registered.
	 * @return the instance
	 */
	public Instance instance() {
		return this.instance;
	}

	/**
	 * Where connections are made to.
	 * @return its endpoint without a path
	 */
	public Endpoint origin() {
		return this.origin;
	}

	/**
	 * Return how requests name it that do not keep the host they were made for.
	 * @return its host and port
	 */
	public String authority() {
		String known = this.authority;
		if (known == null) {
			known = this.origin.authority();
			this.authority = known;
		}
		return known;
	}

	/**
	 * Takes what is registered now. A record that was written anew is the instance's own
	 * word that it is up, and ends an ejection for refusals. Some write it again from
	 * time to time; that it does not fail requests any more is told by a record that is
	 * new, or has another lease.
	 */
	void register(Instance registered) {
		Registration before = this.instance.registration();
		Registration now = registered.registration();
		if (now.createRevision() != before.createRevision() || now.lease() != before.lease()) {
			returned(this.health.reset(), "was registered anew");
		}
		else if (now.modRevision() != before.modRevision()) {
			returned(this.health.resetRefusals(), "was registered anew");
		}
		this.instance = registered;
	}

	/**
	 * Takes what operators have set against what is registered. Tries in flight end as
	 * they would.
	 */
	void override(InstanceOverrides overrides) {
		this.overrides = overrides;
	}

	/**
	 * Return the weight by which it is chosen: an operator's, or else the one that is
	 * registered.
	 * @return the weight, 0 when it gets no new requests
	 */
	public int effectiveWeight() {
		return this.overrides.effectiveWeight(this.instance.weight());
	}

	/**
	 * Has it begin with a part of its share, unless that is turned off.
	 * @param recovered whether it was known before, and avoided
	 */
	void beginSlowStart(boolean recovered) {
		if (this.context.settings().slowStart().isPositive()) {
			this.slowStart = SlowStart.begin(recovered, this.context);
		}
	}

	/**
	 * Return the part of its share that it gets, in percent.
	 */
	int sharePercent() {
		SlowStart current = this.slowStart;
		if (current == null) {
			return SlowStart.WHOLE;
		}
		int percent = current.percent(this.context.now());
		if (percent == SlowStart.WHOLE) {
			// Another may have begun since.
			SLOW_START.compareAndSet(this, current, null);
		}
		return percent;
	}

	/**
	 * Counts a try that is sent to this instance. Must be followed by one {@link #end}.
	 * @return what the end is to be told: the state of the instance that its result is of
	 */
	public long start() {
		tries().start();
		return this.health.begin();
	}

	/**
	 * Takes a try for a success before its end, which may be hours away.
	 * @param mark what {@link #start} gave
	 */
	public void succeed(long mark) {
		returned(this.health.succeed(mark), "answers again");
	}

	/**
	 * Counts the end of a try. A refused connection ejects the instance, and so do
	 * failures in a row; a success ends both.
	 * @param outcome how it ended
	 * @param mark what {@link #start} gave
	 */
	public void end(Outcome outcome, long mark) {
		tries().end(outcome);
		switch (outcome) {
			case SUCCESS -> succeed(mark);
			case SERVER_ERROR -> {
				if (this.context.settings().ejection().ejectsForFailures()) {
					returned(this.health.answer(mark), "answers again");
					failed(outcome, mark);
				}
				else {
					succeed(mark);
				}
			}
			case CONNECT_FAILURE -> {
				Ejection begun = this.health.refuse();
				if (begun != null) {
					log().refused(this.instance, begun);
				}
			}
			case BROKEN, TIMEOUT -> failed(outcome, mark);
			case CANCELLED -> this.health.release(mark);
		}
	}

	private void failed(Outcome outcome, long mark) {
		Ejection begun = this.health.fail(mark, outcome);
		if (begun != null) {
			log().ejected(this.instance, begun);
		}
	}

	/**
	 * Takes it for an outlier among the instances of its service.
	 */
	void fallBehind(EjectionCause.Outlier outlier) {
		Ejection begun = this.health.fallBehind(outlier);
		if (begun != null) {
			log().ejected(this.instance, begun);
		}
	}

	/**
	 * Takes the verdict of its active check that it is not well. It is avoided until
	 * {@link #checkPassed}, whatever its requests say. Calling it again renews the cause.
	 * @param why what the check found, as the end of a sentence such as "its health check
	 * fails: the status is 503"
	 * @param connected whether the check had a connection: an instance that cannot be
	 * connected to is no use even where all others are not well
	 */
	public void checkFailed(String why, boolean connected) {
		if (this.health.failCheck(new InstanceHealth.FailedCheck(why, connected))) {
			log().failedCheck(this.instance, why);
		}
	}

	/**
	 * Takes the verdict of its active check that it is well, which changes something only
	 * after {@link #checkFailed}. An ejection because it failed requests goes on: many a
	 * check passes where requests do not.
	 */
	public void checkPassed() {
		returned(this.health.passCheck(), "passes its check again");
	}

	/**
	 * Tells why no connection can be made, before the end of the try for which it could
	 * not.
	 * @param cause the cause, empty when there is no more to tell
	 */
	public void explain(String cause) {
		log().explain(cause);
	}

	private TryCounts tries() {
		TryCounts known = this.tries;
		if (known != null) {
			return known;
		}
		TryCounts created = new TryCounts();
		return TRIES.compareAndSet(this, null, created) ? created : Objects.requireNonNull(this.tries);
	}

	private InstanceLog log() {
		InstanceLog known = this.log;
		if (known != null) {
			return known;
		}
		InstanceLog created = new InstanceLog(this.context);
		return LOG.compareAndSet(this, null, created) ? created : Objects.requireNonNull(this.log);
	}

	private void returned(boolean changed, String reason) {
		if (changed && this.health.isHealthy()) {
			beginSlowStart(true);
			InstanceLog told = this.log;
			if (told != null) {
				told.returned(this.instance, reason, this.slowStart);
			}
		}
		if (changed) {
			this.context.listener().onHealth(true);
		}
	}

	/**
	 * Tells how it takes part in the choice for a request.
	 * @return the state
	 */
	public InstanceState state() {
		if (this.overrides.isDrained()) {
			return new InstanceState.Draining();
		}
		InstanceState impairment = this.health.impairment();
		if (impairment != null) {
			return impairment;
		}
		if (effectiveWeight() == 0) {
			return new InstanceState.Weightless();
		}
		SlowStart slow = this.slowStart;
		return (slow != null && slow.percent(this.context.now()) < SlowStart.WHOLE) ? slow.state()
				: new InstanceState.Routable();
	}

	/**
	 * Whether the instance is avoided while there is another.
	 * @return whether it is ejected, or fails its check
	 */
	public boolean ejected() {
		return state().isAvoided();
	}

	/**
	 * What its tries say of it.
	 */
	InstanceHealth health() {
		return this.health;
	}

	/**
	 * Return what has become of its tries since this was asked last. Called by one thread
	 * at a time.
	 */
	TryCounts.Sample sample() {
		TryCounts counted = this.tries;
		return (counted != null) ? counted.sample() : TryCounts.Sample.NONE;
	}

	/**
	 * Counts the tries that were started and have not ended.
	 * @return the tries in flight
	 */
	public int active() {
		TryCounts counted = this.tries;
		return (counted != null) ? counted.active() : 0;
	}

	/**
	 * Tells whether it has all the requests that it gets at a time. Event loops that ask
	 * at the same moment may each send it one more.
	 */
	boolean full() {
		int most = this.context.settings().maxRequests();
		return most > 0 && active() >= most;
	}

	/**
	 * Counts all tries that were started.
	 * @return their number
	 */
	public long total() {
		TryCounts counted = this.tries;
		return (counted != null) ? counted.total() : 0;
	}

	/**
	 * Counts the tries that failed by the instance's fault, those without a connection
	 * included.
	 * @return their number
	 */
	public long errors() {
		TryCounts counted = this.tries;
		return (counted != null) ? counted.errors() : 0;
	}

	/**
	 * Counts the tries for which no connection could be made.
	 * @return their number
	 */
	public long connectFailures() {
		TryCounts counted = this.tries;
		return (counted != null) ? counted.connectFailures() : 0;
	}

	@Override
	public String toString() {
		return this.instance.id() + " at " + this.instance.endpoint();
	}

}
