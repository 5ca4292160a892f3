package dev.holdfast.proxy.backend;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * The addresses of one name, for all event loops: those found last, however long that is
 * ago, and which of them no connection came about with lately.
 */
public final class HostAddresses {

	/** For how long addresses are used without asking again. */
	private static final long FRESH = Duration.ofSeconds(10).toNanos();

	/** From when on the answer to that is waited for. */
	private static final long STALE = Duration.ofSeconds(30).toNanos();

	/** For how long, as long as addresses are known. */
	private static final long PATIENCE = Duration.ofMillis(250).toNanos();

	/** For how long nobody waits for name servers that gave no answer. */
	private static final long PAUSE = Duration.ofSeconds(5).toNanos();

	/** For how long an address comes after the others, until one connection tries it. */
	private static final long AVOIDED = Duration.ofSeconds(30).toNanos();

	private final String name;

	private final HostResolver resolver;

	/** Begins anywhere, so that not all gateways begin with the same address. */
	private final AtomicInteger turn = new AtomicInteger(ThreadLocalRandom.current().nextInt());

	private final AtomicReference<@Nullable Lookup> running = new AtomicReference<>();

	/** Since when each address is avoided. */
	private final Map<InetAddress, Long> avoided = new ConcurrentHashMap<>();

	/** Written by one lookup at a time. */
	private volatile Answer answer = new Answer(List.of(), 0, 0);

	/** Whether nothing could be connected to with the answer. */
	private volatile boolean doubted;

	private volatile boolean failing;

	private volatile long failedAt;

	private volatile long usedAt;

	HostAddresses(String name, HostResolver resolver) {
		this.name = name;
		this.resolver = resolver;
		this.usedAt = resolver.now();
	}

	String name() {
		return this.name;
	}

	/**
	 * The addresses to connect to without waiting, empty when it must be {@link #ask()
	 * asked} first. What is not fresh is asked for meanwhile.
	 */
	public List<InetAddress> known() {
		long now = this.resolver.now();
		this.usedAt = now;
		Answer last = this.answer;
		long age = this.doubted ? STALE : now - last.asOf();
		if (last.addresses().isEmpty() || age < FRESH) {
			return last.addresses();
		}
		boolean useless = isUnanswered(now);
		refresh();
		return (age < STALE || useless) ? last.addresses() : List.of();
	}

	@SuppressWarnings("FutureReturnValueIgnored") // who needs the answer asks for it
	private void refresh() {
		ask();
	}

	private boolean isUnanswered(long now) {
		Lookup lookup = this.running.get();
		return (this.failing && now - this.failedAt < PAUSE) || (lookup != null && now - lookup.since() >= PATIENCE);
	}

	/**
	 * The addresses found last, empty when there never were any.
	 */
	List<InetAddress> last() {
		return this.answer.addresses();
	}

	/**
	 * How long an answer may be waited for.
	 * @param most the longest time, nanoseconds
	 */
	long patience(long most) {
		return last().isEmpty() ? most : Math.min(PATIENCE, most / 2);
	}

	/**
	 * Looks the name up, unless somebody does already.
	 */
	public CompletableFuture<List<InetAddress>> ask() {
		Lookup begun = new Lookup(this.resolver.now(), new CompletableFuture<>());
		Lookup before = this.running.compareAndExchange(null, begun);
		if (before != null) {
			return before.result();
		}
		this.resolver.lookUp(this, begun);
		return begun.result();
	}

	/**
	 * Looks the name up when its addresses are old, for the sake of the connections that
	 * there are.
	 */
	void keepFresh() {
		long now = this.resolver.now();
		// Read for each request and by all event loops, so written seldom.
		if (now - this.usedAt >= PAUSE) {
			this.usedAt = now;
		}
		if (now - this.answer.asOf() >= STALE && !isUnanswered(now)) {
			refresh();
		}
	}

	void onAnswer(Lookup lookup, List<InetAddress> addresses) {
		Answer last = this.answer;
		boolean same = Set.copyOf(last.addresses()).equals(Set.copyOf(addresses));
		this.answer = new Answer(addresses, this.resolver.now(), same ? last.version() : last.version() + 1);
		this.doubted = false;
		this.avoided.keySet().retainAll(addresses);
		this.failing = false;
		this.running.set(null);
		lookup.result().complete(addresses);
	}

	void onNoAnswer(Lookup lookup, Exception failure) {
		this.failedAt = this.resolver.now();
		this.failing = true;
		this.running.set(null);
		lookup.result().completeExceptionally(failure);
	}

	/**
	 * Whether an address is still one of the name's, or nobody knows better. Asks anew
	 * when what is known is old.
	 */
	boolean has(InetAddress address) {
		keepFresh();
		List<InetAddress> last = last();
		return last.isEmpty() || last.contains(address);
	}

	/**
	 * A number that changes with the addresses.
	 */
	int version() {
		return this.answer.version();
	}

	/**
	 * Whether nobody has asked for it for some time.
	 * @param nanos how long
	 */
	boolean isUnused(long nanos) {
		return this.resolver.now() - this.usedAt >= nanos;
	}

	/**
	 * No connection came about with an address, or it took longer than with another one.
	 */
	public void avoid(InetAddress address) {
		this.avoided.put(address, this.resolver.now());
	}

	/**
	 * A connection came about with an address.
	 */
	void favour(InetAddress address) {
		this.avoided.remove(address);
	}

	/**
	 * No address is of any use: what is known may be wrong.
	 */
	void doubt() {
		this.doubted = true;
	}

	/**
	 * Puts addresses in the order in which they are to be connected to. Each time another
	 * one is the first, so that all of them get connections. The families take turns (RFC
	 * 8305, section 4), beginning with that of the first one. Those that are avoided come
	 * last, but after a while one connection finds out whether they are back.
	 */
	List<InetAddress> inOrder(List<InetAddress> addresses) {
		if (addresses.size() == 1) {
			return addresses;
		}
		List<InetAddress> ordered = interleaved(addresses, this.turn.getAndIncrement());
		if (this.avoided.isEmpty()) {
			return ordered;
		}
		long now = this.resolver.now();
		List<InetAddress> retried = new ArrayList<>();
		List<InetAddress> usual = new ArrayList<>();
		List<InetAddress> last = new ArrayList<>();
		for (InetAddress address : ordered) {
			Long since = this.avoided.get(address);
			if (since == null) {
				usual.add(address);
			}
			else if (now - since >= AVOIDED && this.avoided.replace(address, since, now)) {
				retried.add(address);
			}
			else {
				last.add(address);
			}
		}
		retried.addAll(usual);
		retried.addAll(last);
		return retried;
	}

	private static List<InetAddress> interleaved(List<InetAddress> addresses, int turn) {
		List<InetAddress> preferred = new ArrayList<>();
		List<InetAddress> others = new ArrayList<>();
		int length = addresses.getFirst().getAddress().length;
		for (InetAddress address : addresses) {
			((address.getAddress().length == length) ? preferred : others).add(address);
		}
		Collections.rotate(preferred, -Math.floorMod(turn, preferred.size()));
		Collections.rotate(others, others.isEmpty() ? 0 : -Math.floorMod(turn, others.size()));
		List<InetAddress> interleaved = new ArrayList<>(addresses.size());
		for (int i = 0; i < Math.max(preferred.size(), others.size()); i++) {
			if (i < preferred.size()) {
				interleaved.add(preferred.get(i));
			}
			if (i < others.size()) {
				interleaved.add(others.get(i));
			}
		}
		return interleaved;
	}

	/**
	 * A question that has no answer yet.
	 *
	 * @param since when it was asked, nanoseconds
	 * @param result completed on any thread
	 */
	record Lookup(long since, CompletableFuture<List<InetAddress>> result) {
	}

	/**
	 * What was found.
	 *
	 * @param addresses the addresses, the one to be preferred first
	 * @param asOf when, nanoseconds
	 * @param version another number when they are others than before
	 */
	private record Answer(List<InetAddress> addresses, long asOf, int version) {
	}

}
