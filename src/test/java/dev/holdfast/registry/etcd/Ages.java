package dev.holdfast.registry.etcd;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SortedMap;

/**
 * How long after etcd's answer to its writer each revision was routable, in the order of
 * the revisions. A client that keeps up is as quick at the end as at the beginning.
 */
final class Ages {

	private final long[] nanos;

	private Ages(long[] nanos) {
		this.nanos = nanos;
	}

	/**
	 * Compares what was written with what was published.
	 * @param answered when etcd answered for each revision
	 * @param published when each snapshot was published, by its revision
	 */
	static Ages of(SortedMap<Long, Long> answered, NavigableMap<Long, Long> published) {
		return new Ages(answered.entrySet()
			.stream()
			.mapToLong((entry) -> Math.max(0,
					since(entry,
							Objects.requireNonNull(published.ceilingEntry(entry.getKey()),
									"a revision that was never published"))))
			.toArray());
	}

	private static long since(Map.Entry<Long, Long> answer, Map.Entry<Long, Long> publication) {
		return publication.getValue() - answer.getValue();
	}

	Duration oldest() {
		return Duration.ofNanos(percentile(this.nanos, 100));
	}

	private static long percentile(long[] nanos, int percent) {
		long[] sorted = nanos.clone();
		Arrays.sort(sorted);
		return sorted[Math.max(0, (int) Math.ceil(sorted.length * percent / 100.0) - 1)];
	}

	@Override
	public String toString() {
		int third = this.nanos.length / 3;
		return "first third %s, second %s, last %s".formatted(describe(Arrays.copyOfRange(this.nanos, 0, third)),
				describe(Arrays.copyOfRange(this.nanos, third, 2 * third)),
				describe(Arrays.copyOfRange(this.nanos, 2 * third, this.nanos.length)));
	}

	private static String describe(long[] nanos) {
		return "p50 %d ms p99 %d ms max %d ms".formatted(percentile(nanos, 50) / 1_000_000,
				percentile(nanos, 99) / 1_000_000, percentile(nanos, 100) / 1_000_000);
	}

}
