package dev.holdfast.registry.catalog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * The records of one service, from all sources, by key.
 */
final class ServiceRecords {

	/** Nothing is published during a freeze, and they must not grow for as long. */
	private static final int MAX_REPLACEMENTS = 16;

	private final TreeMap<String, List<Instance>> records = new TreeMap<>();

	/** The keys that the registry no longer has. */
	private final Set<String> absent = new HashSet<>();

	/**
	 * Those that came from disk and are not published yet, by key and id, and whether a
	 * probe of them has failed.
	 */
	private final Map<String, Map<String, Boolean>> hidden = new HashMap<>();

	private final Map<String, ParsedRecord.Weighted> weights = new HashMap<>();

	private int size;

	private int absentSize;

	/**
	 * What became of single instances since the service was last made of the records,
	 * {@code null} when there is more to it.
	 */
	private @Nullable List<Replacement> replacements;

	void put(String key, List<Instance> instances) {
		List<Instance> before = this.records.put(key, instances);
		List<Replacement> only = this.replacements;
		if (only != null && before != null && only.size() < MAX_REPLACEMENTS && isInPlace(key, before, instances)) {
			only.add(new Replacement(before.getFirst(), instances.getFirst()));
		}
		else {
			this.replacements = null;
		}
		setPresent(key, (before != null) ? before : List.of());
		this.hidden.remove(key);
		this.weights.remove(key);
		this.size += instances.size() - ((before != null) ? before.size() : 0);
	}

	/**
	 * Whether a record that was written anew has one instance as before, with the same id
	 * at the same endpoint: whatever the other records say, it takes the same place among
	 * them.
	 */
	private boolean isInPlace(String key, List<Instance> before, List<Instance> after) {
		return before.size() == 1 && after.size() == 1 && before.getFirst().id().equals(after.getFirst().id())
				&& before.getFirst().endpoint().equals(after.getFirst().endpoint()) && this.weights.isEmpty()
				&& !this.hidden.containsKey(key) && !this.absent.contains(key);
	}

	void add(String key, Instance instance) {
		this.replacements = null;
		List<Instance> grown = new ArrayList<>(instances(key));
		grown.add(instance);
		this.records.put(key, List.copyOf(grown));
		this.size++;
	}

	void weigh(String key, ParsedRecord.Weighted weight) {
		remove(key);
		this.weights.put(key, weight);
	}

	ParsedRecord.@Nullable Weighted weight(String key) {
		return this.weights.get(key);
	}

	List<Instance> instances(String key) {
		return this.records.getOrDefault(key, List.of());
	}

	int size() {
		return this.size;
	}

	/**
	 * Counts the instances whose records the registry has.
	 */
	int present() {
		return this.size - this.absentSize;
	}

	boolean isPresent(Endpoint endpoint) {
		return isAnyPresent((instance) -> instance.endpoint().equals(endpoint));
	}

	boolean isAnyPresent(Predicate<Instance> test) {
		return this.records.entrySet()
			.stream()
			.filter((entry) -> !this.absent.contains(entry.getKey()))
			.flatMap((entry) -> entry.getValue().stream())
			.anyMatch(test);
	}

	void setAbsent(String key) {
		this.replacements = null;
		if (this.absent.add(key)) {
			this.absentSize += instances(key).size();
		}
	}

	private void setPresent(String key, List<Instance> instances) {
		if (this.absent.remove(key)) {
			this.absentSize -= instances.size();
			this.replacements = null;
		}
	}

	/**
	 * Takes note that the registry has a record, whatever it says.
	 */
	void confirm(String key) {
		this.replacements = null;
		setPresent(key, instances(key));
		this.hidden.remove(key);
	}

	void hide(String key, String id) {
		this.replacements = null;
		this.hidden.computeIfAbsent(key, (unknown) -> new HashMap<>()).put(id, false);
	}

	void failProbe(String key, String id) {
		this.hidden.getOrDefault(key, new HashMap<>()).replace(id, true);
	}

	boolean reveal(String key, String id) {
		this.replacements = null;
		return this.hidden.getOrDefault(key, new HashMap<>()).remove(id) != null;
	}

	/**
	 * Publishes what of a record is hidden, but for those that have failed a probe, which
	 * go.
	 */
	void settle(String key) {
		this.replacements = null;
		Map<String, Boolean> failedById = this.hidden.remove(key);
		if (failedById != null) {
			failedById.forEach((id, failed) -> {
				if (failed) {
					remove(key, id);
				}
			});
		}
	}

	void remove(String key, String id) {
		this.replacements = null;
		List<Instance> before = instances(key);
		List<Instance> after = before.stream().filter((instance) -> !instance.id().equals(id)).toList();
		int gone = before.size() - after.size();
		this.size -= gone;
		this.absentSize -= this.absent.contains(key) ? gone : 0;
		this.records.replace(key, after);
	}

	/**
	 * Forgets a record.
	 * @return whether there was one
	 */
	boolean remove(String key) {
		this.replacements = null;
		setPresent(key, instances(key));
		this.hidden.remove(key);
		boolean weighed = this.weights.remove(key) != null;
		List<Instance> gone = this.records.remove(key);
		this.size -= (gone != null) ? gone.size() : 0;
		return gone != null || weighed;
	}

	/**
	 * Makes the service that the records are of.
	 * @param before what was made of them last, {@code null} for nothing
	 */
	Service toService(ServiceName name, @Nullable Service before, long revision) {
		List<Replacement> only = this.replacements;
		this.replacements = new ArrayList<>(1);
		Service after = (before != null && only != null) ? replace(before, only, revision) : null;
		return (after != null) ? after : new Service(name, merged(), revision);
	}

	private static @Nullable Service replace(Service before, List<Replacement> replacements, long revision) {
		Service after = before;
		for (Replacement replacement : replacements) {
			// One that is published under another id, or hidden behind another record.
			if (!after.isSharing(replacement.before())) {
				return null;
			}
			after = after.replacing(replacement.before(), replacement.after(), revision);
		}
		return after;
	}

	/**
	 * The service's instances: one for each endpoint, whichever source and however many
	 * records it is registered by. What the registry has comes before what it no longer
	 * has, and then the first key counts. Of two that claim the same id at different
	 * endpoints the later one gets its endpoint into its id.
	 */
	List<Instance> merged() {
		Map<Endpoint, Instance> byEndpoint = new LinkedHashMap<>();
		collect(byEndpoint, false);
		if (!this.absent.isEmpty()) {
			collect(byEndpoint, true);
		}
		Map<String, Integer> weightById = new HashMap<>();
		this.weights.values().forEach((weight) -> weightById.put(weight.instance(), weight.weight()));
		Map<String, Instance> byId = new LinkedHashMap<>();
		for (Instance instance : byEndpoint.values()) {
			Instance weighed = weightById.isEmpty() ? instance
					: instance.withWeight(weightById.getOrDefault(instance.id(), instance.weight()));
			if (byId.putIfAbsent(weighed.id(), weighed) != null) {
				Instance renamed = weighed.withId(weighed.id() + "@" + weighed.endpoint());
				byId.put(renamed.id(), renamed);
			}
		}
		return List.copyOf(byId.values());
	}

	private void collect(Map<Endpoint, Instance> byEndpoint, boolean ofAbsent) {
		this.records.forEach((key, instances) -> {
			if (this.absent.contains(key) == ofAbsent) {
				Set<String> unproven = this.hidden.getOrDefault(key, Map.of()).keySet();
				for (Instance instance : instances) {
					if (!unproven.contains(instance.id())) {
						byEndpoint.putIfAbsent(instance.endpoint(), instance);
					}
				}
			}
		});
	}

	private record Replacement(Instance before, Instance after) {
	}

}
