package dev.holdfast.admin;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * How the overrides that are in force differ from what was told last.
 *
 * @param put those that are new or differ, whole
 * @param removed those that are in force no longer
 */
record OverrideDifference(List<OverrideView> put, List<Key> removed) {

	static OverrideDifference between(Map<String, OverrideView> before, Map<String, OverrideView> now) {
		List<OverrideView> put = new TreeMap<>(now).entrySet()
			.stream()
			.filter((entry) -> !entry.getValue().equals(before.get(entry.getKey())))
			.map(Map.Entry::getValue)
			.toList();
		List<Key> removed = new TreeMap<>(before).entrySet()
			.stream()
			.filter((entry) -> !now.containsKey(entry.getKey()))
			.map((entry) -> Key.of(entry.getValue()))
			.toList();
		return new OverrideDifference(put, removed);
	}

	/**
	 * What it was of.
	 *
	 * @param kind {@code DRAIN}, {@code WEIGHT}, {@code CIRCUIT_OPEN} or
	 * {@code FREEZE}
	 * @param service the name of the service, {@code null} for all
	 * @param instance the id of the instance, {@code null} for all
	 */
	record Key(String kind, @Nullable String service, @Nullable String instance) {

		static Key of(OverrideView override) {
			return new Key(override.kind(), override.service(), override.instance());
		}

	}

}
