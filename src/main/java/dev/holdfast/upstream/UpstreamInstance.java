package dev.holdfast.upstream;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.LongSupplier;

import dev.holdfast.override.InstanceOverrides;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Registration;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instance's run-time state. It stays the same object for as long as the instance is
 * registered under the same id with the same endpoint.
 */
public final class UpstreamInstance {

	private static final Logger logger = LoggerFactory.getLogger(UpstreamInstance.class);

	private static final AtomicReferenceFieldUpdater<UpstreamInstance, @Nullable AtomicLongArray> TRIES = AtomicReferenceFieldUpdater
		.newUpdater(UpstreamInstance.class, AtomicLongArray.class, "tries");

	private static final AtomicLongFieldUpdater<UpstreamInstance> ERRORS = AtomicLongFieldUpdater
		.newUpdater(UpstreamInstance.class, "errors");

	private static final AtomicLongFieldUpdater<UpstreamInstance> CONNECT_FAILURES = AtomicLongFieldUpdater
		.newUpdater(UpstreamInstance.class, "connectFailures");

	private static final int CACHE_LINE = 64 / Long.BYTES;

	/** Where the tries in flight are counted. */
	private static final int ACTIVE = CACHE_LINE;

	/** Where all tries are counted. */
	private static final int TOTAL = CACHE_LINE + 1;

	private final ServiceName service;

	private final UpstreamSettings settings;

	private final LongSupplier nanoTime;

	private final Endpoint origin;

	/**
	 * Made when it is first asked for: most of a large registry's instances are never.
	 */
	private @Nullable String authority;

	private volatile Instance instance;

	private volatile InstanceOverrides overrides = InstanceOverrides.NONE;

	/**
	 * What every try writes to, in the middle of an array so that no other instance's
	 * state lies on the same cache line; {@code null} before the first one.
	 */
	private volatile @Nullable AtomicLongArray tries;

	private final InstanceHealth health;

	/**
	 * Until when nothing is logged: an instance that refuses some connections and answers
	 * on others would else fill the log.
	 */
	private volatile long quietUntil;

	private volatile boolean reported;

	private volatile String cause = "";

	private volatile long errors;

	private volatile long connectFailures;

	/**
	 * Creates the state of an instance that nothing is known of.
	 * @param limit says how many instances of the service may be ejected
	 */
	UpstreamInstance(ServiceName service, Instance instance, UpstreamSettings settings, EjectionLimit limit,
			LongSupplier nanoTime) {
		this.service = service;
		this.instance = instance;
		this.origin = instance.endpoint().origin();
		this.settings = settings;
		this.nanoTime = nanoTime;
		this.health = new InstanceHealth(settings.ejection(), limit, nanoTime);
		this.quietUntil = nanoTime.getAsLong();
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
	 * Counts a try that is sent to this instance. Must be followed by one {@link #end}.
	 * @return what the end is to be told: the state of the instance that its result is of
	 */
	public long start() {
		AtomicLongArray counts = tries();
		counts.incrementAndGet(TOTAL);
		counts.incrementAndGet(ACTIVE);
		return this.health.begin();
	}

	private AtomicLongArray tries() {
		AtomicLongArray known = this.tries;
		if (known != null) {
			return known;
		}
		AtomicLongArray created = new AtomicLongArray(2 * CACHE_LINE);
		return TRIES.compareAndSet(this, null, created) ? created : Objects.requireNonNull(this.tries);
	}

	private long tries(int which) {
		AtomicLongArray known = this.tries;
		return (known != null) ? known.get(which) : 0;
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
		tries().decrementAndGet(ACTIVE);
		switch (outcome) {
			case SUCCESS -> succeed(mark);
			case SERVER_ERROR -> {
				ERRORS.incrementAndGet(this);
				if (this.settings.ejection().countsFailures()) {
					returned(this.health.answer(mark), "answers again");
					failed(outcome, mark);
				}
				else {
					succeed(mark);
				}
			}
			case CONNECT_FAILURE -> {
				ERRORS.incrementAndGet(this);
				CONNECT_FAILURES.incrementAndGet(this);
				refused();
			}
			case BROKEN, TIMEOUT -> {
				ERRORS.incrementAndGet(this);
				failed(outcome, mark);
			}
			case CANCELLED -> this.health.release(mark);
		}
	}

	/**
	 * Tells why no connection can be made, before the end of the try for which it could
	 * not.
	 * @param cause the cause, empty when there is no more to tell
	 */
	public void explain(String cause) {
		this.cause = cause;
	}

	private void returned(boolean changed, String reason) {
		if (changed && this.reported) {
			this.reported = false;
			logger.info("{} of {} at {} {}; it is chosen like the others", this.instance.id(), this.service,
					this.instance.endpoint(), reason);
		}
	}

	private void failed(Outcome outcome, long mark) {
		Ejection begun = this.health.fail(mark, outcome);
		if (begun != null) {
			this.reported = true;
			logger.warn(
					"{} of {} at {} failed {} requests in a row, the last one {}; the other instances get its "
							+ "requests, for {} s at first",
					this.instance.id(), this.service, this.instance.endpoint(), begun.failures(), outcome.description(),
					begun.time().toSeconds());
		}
	}

	private void refused() {
		Ejection begun = this.health.refuse();
		if (begun == null) {
			return;
		}
		long now = this.nanoTime.getAsLong();
		if (now - this.quietUntil >= 0) {
			this.quietUntil = now + this.settings.ejection().maxRefusalTime().toNanos();
			this.reported = true;
			logger.warn("No connection to {} of {} at {}{}; the other instances get its requests, for {} ms at first",
					this.instance.id(), this.service, this.instance.endpoint(),
					this.cause.isEmpty() ? "" : ": " + this.cause, begun.time().toMillis());
		}
	}

	/**
	 * Tells how it takes part in the choice for a request.
	 * @return the state
	 */
	public InstanceState state() {
		return this.overrides.isDrained() ? new InstanceState.Draining() : this.health.state();
	}

	/**
	 * Tells whether the instance is avoided while there is another.
	 * @return whether it is ejected
	 */
	public boolean ejected() {
		return state() instanceof InstanceState.Ejected;
	}

	/**
	 * What its tries say of it.
	 */
	InstanceHealth health() {
		return this.health;
	}

	/**
	 * Counts the tries that were started and have not ended.
	 * @return the tries in flight
	 */
	public int active() {
		return (int) tries(ACTIVE);
	}

	/**
	 * Tells whether it has all the requests that it gets at a time. Event loops that ask
	 * at the same moment may each send it one more.
	 */
	boolean full() {
		return this.settings.maxRequests() > 0 && active() >= this.settings.maxRequests();
	}

	/**
	 * Counts all tries that were started.
	 * @return their number
	 */
	public long total() {
		return tries(TOTAL);
	}

	/**
	 * Counts the tries that failed by the instance's fault, those without a connection
	 * included.
	 * @return their number
	 */
	public long errors() {
		return this.errors;
	}

	/**
	 * Counts the tries for which no connection could be made.
	 * @return their number
	 */
	public long connectFailures() {
		return this.connectFailures;
	}

	@Override
	public String toString() {
		return this.instance.id() + " at " + this.instance.endpoint();
	}

}
