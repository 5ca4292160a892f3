package dev.holdfast.actuate;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;

/**
 * Counters of one name that differ in one label; a counter that was found once costs one
 * map lookup. The values must come from a bounded set.
 */
final class CounterFamily {

	private final MeterGroup meters;

	private final String name;

	private final String description;

	private final Tags tags;

	private final String label;

	private final ConcurrentMap<String, Counter> counters = new ConcurrentHashMap<>();

	CounterFamily(MeterGroup meters, String name, String description, String label) {
		this(meters, name, description, Tags.empty(), label);
	}

	CounterFamily(MeterGroup meters, String name, String description, Tags tags, String label) {
		this.meters = meters;
		this.name = name;
		this.description = description;
		this.tags = tags;
		this.label = label;
	}

	Counter get(String value) {
		Counter counter = this.counters.get(value);
		return (counter != null) ? counter : this.counters.computeIfAbsent(value, this::register);
	}

	/**
	 * Lets the counters of all values begin with 0, since a counter that is first seen
	 * with 1 has not risen.
	 * @param values all values that are known beforehand
	 * @return this family
	 */
	CounterFamily beginning(List<String> values) {
		values.forEach(this::get);
		return this;
	}

	private Counter register(String value) {
		return this.meters.register(Counter.builder(this.name)
			.description(this.description)
			.tags(this.tags)
			.tag(this.label, value)::register);
	}

}
