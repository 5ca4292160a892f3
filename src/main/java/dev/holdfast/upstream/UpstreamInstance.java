package dev.holdfast.upstream;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
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

	private static final int CACHE_LINE = 64 / Integer.BYTES;

	private final ServiceName service;

	private final UpstreamSettings settings;

	private final LongSupplier nanoTime;

	private final Endpoint origin;

	private volatile Instance instance;

	/**
	 * The tries in flight, in the middle of an array so that no other instance's state
	 * lies on the cache line that every try writes to.
	 */
	private final AtomicIntegerArray active = new AtomicIntegerArray(2 * CACHE_LINE);

	/** {@code null} since the last answer. */
	private final AtomicReference<@Nullable Ejection> ejection = new AtomicReference<>();

	/**
	 * Until when nothing is logged: an instance that refuses some connections and answers
	 * on others would else fill the log.
	 */
	private volatile long quietUntil;

	private volatile boolean reported;

	private volatile String cause = "";

	private final LongAdder total = new LongAdder();

	private final LongAdder errors = new LongAdder();

	private final LongAdder connectFailures = new LongAdder();

	UpstreamInstance(ServiceName service, Instance instance, UpstreamSettings settings, LongSupplier nanoTime) {
		this.service = service;
		this.instance = instance;
		this.origin = instance.endpoint().origin();
		this.settings = settings;
		this.nanoTime = nanoTime;
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
	 * Takes what is registered now. A record that was written anew is the instance's own
	 * word that it is up, and ends an ejection.
	 */
	void register(Instance registered) {
		if (registered.registration().modRevision() != this.instance.registration().modRevision()) {
			this.ejection.set(null);
		}
		this.instance = registered;
	}

	/**
	 * Counts a try that is sent to this instance. Must be followed by one {@link #end}.
	 */
	public void start() {
		this.total.increment();
		this.active.incrementAndGet(CACHE_LINE);
	}

	/**
	 * Counts the end of a try. A refused connection ejects the instance, an answer ends
	 * the ejection. What else may happen to a try says nothing about whether the next
	 * connection will be accepted.
	 * @param outcome how it ended
	 */
	public void end(Outcome outcome) {
		this.active.decrementAndGet(CACHE_LINE);
		switch (outcome) {
			case SUCCESS -> answered();
			case SERVER_ERROR -> {
				this.errors.increment();
				answered();
			}
			case CONNECT_FAILURE -> {
				this.errors.increment();
				this.connectFailures.increment();
				refused();
			}
			case BROKEN, TIMEOUT -> this.errors.increment();
			case CANCELLED -> {
				// Says nothing of the backend.
			}
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

	private void answered() {
		if (this.ejection.get() != null && this.ejection.getAndSet(null) != null && this.reported) {
			this.reported = false;
			logger.info("{} of {} at {} answers again; it is chosen like the others", this.instance.id(), this.service,
					this.instance.endpoint());
		}
	}

	private void refused() {
		long now = this.nanoTime.getAsLong();
		Ejection before = this.ejection.getAndUpdate((current) -> Ejection.after(current, now, this.settings));
		if (before == null && now - this.quietUntil >= 0) {
			this.quietUntil = now + this.settings.maxEjectionTime().toNanos();
			this.reported = true;
			logger.warn("No connection to {} of {} at {}{}; the other instances get its requests, for {} ms at first",
					this.instance.id(), this.service, this.instance.endpoint(),
					this.cause.isEmpty() ? "" : ": " + this.cause, this.settings.ejectionTime().toMillis());
		}
	}

	/**
	 * Tells whether the instance refused a connection lately and is avoided while there
	 * is another.
	 * @return whether it is ejected
	 */
	public boolean ejected() {
		Ejection current = this.ejection.get();
		return current != null && current.lastsAt(this.nanoTime.getAsLong());
	}

	/**
	 * Counts the tries that were started and have not ended.
	 * @return the tries in flight
	 */
	public int active() {
		return this.active.get(CACHE_LINE);
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
		return this.total.sum();
	}

	/**
	 * Counts the tries that failed by the instance's fault, those without a connection
	 * included.
	 * @return their number
	 */
	public long errors() {
		return this.errors.sum();
	}

	/**
	 * Counts the tries for which no connection could be made.
	 * @return their number
	 */
	public long connectFailures() {
		return this.connectFailures.sum();
	}

	@Override
	public String toString() {
		return this.instance.id() + " at " + this.instance.endpoint();
	}

}
