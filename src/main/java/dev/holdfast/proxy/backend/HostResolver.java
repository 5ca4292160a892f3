package dev.holdfast.proxy.backend;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import dev.holdfast.service.HostLookup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names that instances are registered with, for all event loops. Names are looked up
 * on threads of their own, since that may take seconds, and each by one thread at a time.
 * Addresses stay good until there are others: that name servers cannot be asked says
 * nothing of the instances.
 */
public final class HostResolver {

	private static final Logger logger = LoggerFactory.getLogger(HostResolver.class);

	/** So many names without an answer leave the others waiting. */
	private static final int MOST_THREADS = 64;

	private static final long IDLE_SECONDS = 10;

	private static final long UNUSED = Duration.ofMinutes(10).toNanos();

	private static final long BETWEEN_CLEANINGS = Duration.ofMinutes(1).toNanos();

	private final Map<String, HostAddresses> hosts = new ConcurrentHashMap<>();

	/** The names whose last known addresses are used for want of an answer. */
	private final Set<String> unanswered = ConcurrentHashMap.newKeySet();

	private final HostLookup lookup;

	private final Executor executor;

	private final LongSupplier nanoTime;

	private final AtomicLong cleanedAt;

	/**
	 * Looks names up on threads that live as long as there is something to look up.
	 */
	public HostResolver(HostLookup lookup) {
		this(lookup, threads(), System::nanoTime);
	}

	/**
	 * Prepares to look names up.
	 * @param executor what may be held up by a lookup
	 * @param nanoTime the time
	 */
	public HostResolver(HostLookup lookup, Executor executor, LongSupplier nanoTime) {
		this.lookup = lookup;
		this.executor = executor;
		this.nanoTime = nanoTime;
		this.cleanedAt = new AtomicLong(nanoTime.getAsLong());
	}

	private static Executor threads() {
		ThreadPoolExecutor threads = new ThreadPoolExecutor(MOST_THREADS, MOST_THREADS, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), Thread.ofPlatform().daemon().name("name-lookup-", 0).factory());
		threads.allowCoreThreadTimeOut(true);
		return threads;
	}

	/**
	 * Finds what is known of a name.
	 */
	public HostAddresses of(String name) {
		HostAddresses known = this.hosts.get(name);
		if (known != null) {
			return known;
		}
		forgetUnused();
		return this.hosts.computeIfAbsent(name, (absent) -> new HostAddresses(absent, this));
	}

	/**
	 * Forgets the names that nobody has asked for lately. To be asked from time to time.
	 */
	public void forgetUnused() {
		long now = now();
		long before = this.cleanedAt.get();
		if (now - before >= BETWEEN_CLEANINGS && this.cleanedAt.compareAndSet(before, now)) {
			this.hosts.values().removeIf((host) -> host.isUnused(UNUSED));
			if (this.unanswered.retainAll(this.hosts.keySet())) {
				tellIfAllAnswered();
			}
		}
	}

	/**
	 * Answers a question of a name, on another thread.
	 */
	void lookUp(HostAddresses host, HostAddresses.Lookup question) {
		boolean accepted = false;
		try {
			this.executor.execute(() -> answer(host, question));
			accepted = true;
		}
		finally {
			if (!accepted) {
				end(host, question);
			}
		}
	}

	/**
	 * Ends a question that nothing else has: the next one would wait for it.
	 */
	private static void end(HostAddresses host, HostAddresses.Lookup question) {
		if (!question.result().isDone()) {
			host.onNoAnswer(question, new UnknownHostException(host.name() + ": the lookup has failed"));
		}
	}

	private void answer(HostAddresses host, HostAddresses.Lookup question) {
		try {
			List<InetAddress> found = this.lookup.lookUp(host.name()).stream().distinct().toList();
			if (found.isEmpty()) {
				throw new UnknownHostException(host.name() + ": the name has no address");
			}
			host.onAnswer(question, found);
			if (this.unanswered.remove(host.name())) {
				tellIfAllAnswered();
			}
		}
		// What lookups throw for texts that are no names: the question must end.
		catch (UnknownHostException | RuntimeException ex) {
			host.onNoAnswer(question, ex);
			if (!host.last().isEmpty() && this.unanswered.add(host.name()) && this.unanswered.size() == 1) {
				logger.warn("The name {} cannot be looked up ({}); the last known addresses of such names stay in use",
						host.name(), ex.getMessage());
			}
		}
		finally {
			end(host, question);
		}
	}

	private void tellIfAllAnswered() {
		if (this.unanswered.isEmpty()) {
			logger.info("All names of instances can be looked up again");
		}
	}

	/**
	 * The time, nanoseconds.
	 */
	long now() {
		return this.nanoTime.getAsLong();
	}

}
