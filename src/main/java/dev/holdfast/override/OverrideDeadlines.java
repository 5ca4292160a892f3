package dev.holdfast.override;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * When overrides end by themselves, in a time that nobody sets: a gateway's clock may be
 * wrong, and be put right. What all gateways share ends when etcd says so, and by itself
 * only while etcd does not say anything of it.
 */
final class OverrideDeadlines {

	/** Anybody may write into etcd what no count of nanoseconds can hold. */
	private static final Duration LONGEST = Duration.ofDays(3_650);

	private final LongSupplier nanoTime;

	private final Map<String, Long> local = new HashMap<>();

	private Map<String, Long> shared = new HashMap<>();

	OverrideDeadlines(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/**
	 * Lets an override end when its time is over by the clock of this gateway.
	 * @param now that clock
	 */
	void begin(OperatorOverride override, Instant now) {
		Duration whole = Duration.between(override.since(), override.until());
		Duration rest = Duration.between(now, override.until());
		of(override.scope()).put(override.key(), after((rest.compareTo(whole) < 0) ? rest : whole));
	}

	private Map<String, Long> of(Scope scope) {
		return switch (scope) {
			case LOCAL -> this.local;
			case CLUSTER -> this.shared;
		};
	}

	/**
	 * Lets those end that do not yet, as {@link #endOf} has it.
	 */
	void addShared(Collection<OperatorOverride> overrides, Instant now) {
		overrides.forEach((override) -> this.shared.computeIfAbsent(override.key(), (key) -> endOf(override, now)));
	}

	/**
	 * The same, and all others end no longer by themselves.
	 */
	void keepShared(Collection<OperatorOverride> overrides, Instant now) {
		Map<String, Long> before = this.shared;
		this.shared = new HashMap<>();
		for (OperatorOverride override : overrides) {
			Long known = before.get(override.key());
			this.shared.put(override.key(), (known != null) ? known : Long.valueOf(endOf(override, now)));
		}
	}

	/**
	 * Where the time is over by this gateway's clock although etcd had the override a
	 * moment ago, or is longer than it can be, the clock is wrong.
	 */
	private long endOf(OperatorOverride override, Instant now) {
		Duration whole = Duration.between(override.since(), override.until());
		Duration rest = Duration.between(now, override.until());
		boolean credible = rest.isPositive() && rest.compareTo(whole) < 0;
		return after(credible ? rest : whole);
	}

	private long after(Duration time) {
		return this.nanoTime.getAsLong() + ((time.compareTo(LONGEST) < 0) ? time : LONGEST).toNanos();
	}

	/**
	 * Whether what all gateways share of a key ends by itself, since etcd says nothing of
	 * it.
	 */
	boolean isSharedEnding(String key) {
		return this.shared.containsKey(key);
	}

	boolean isOver(OperatorOverride override) {
		return until(override).filter((rest) -> !rest.isPositive()).isPresent();
	}

	/**
	 * Return how long it is until the first of some ends by itself, empty when none does.
	 */
	Optional<Duration> untilNext(Collection<OperatorOverride> overrides) {
		return overrides.stream().flatMap((override) -> until(override).stream()).min(Duration::compareTo);
	}

	private Optional<Duration> until(OperatorOverride override) {
		Long end = of(override.scope()).get(override.key());
		return Optional.ofNullable(end).map((at) -> Duration.ofNanos(at - this.nanoTime.getAsLong()));
	}

	/**
	 * Forgets those that are in force no longer.
	 */
	void retain(ActiveOverrides active) {
		this.local.keySet().retainAll(active.of(Scope.LOCAL).keySet());
		this.shared.keySet().retainAll(active.of(Scope.CLUSTER).keySet());
	}

}
