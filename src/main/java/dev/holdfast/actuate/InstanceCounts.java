package dev.holdfast.actuate;

import java.util.EnumMap;
import java.util.Map;

import dev.holdfast.upstream.InstanceState;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamInstance;
import org.jspecify.annotations.Nullable;

/**
 * How many instances of a service are in which state; each is in one.
 *
 * @param byState the states that there are instances in
 * @param panicking how many services use all of their instances, because too few of them
 * are healthy
 */
record InstanceCounts(Map<InstanceState.Word, Integer> byState, int panicking) {

	static final InstanceCounts NONE = new InstanceCounts(Map.of(), 0);

	static InstanceCounts of(@Nullable Upstream upstream) {
		if (upstream == null) {
			return NONE;
		}
		Map<InstanceState.Word, Integer> counts = new EnumMap<>(InstanceState.Word.class);
		for (UpstreamInstance instance : upstream.instances()) {
			counts.merge(instance.state().word(), 1, Integer::sum);
		}
		return new InstanceCounts(counts, upstream.isPanicking() ? 1 : 0);
	}

	int in(InstanceState.Word state) {
		return this.byState.getOrDefault(state, 0);
	}

	InstanceCounts plus(InstanceCounts other) {
		Map<InstanceState.Word, Integer> sum = new EnumMap<>(InstanceState.Word.class);
		sum.putAll(this.byState);
		other.byState.forEach((state, count) -> sum.merge(state, count, Integer::sum));
		return new InstanceCounts(sum, this.panicking + other.panicking);
	}

}
