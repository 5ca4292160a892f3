package dev.holdfast.actuate;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/**
 * Counters of one name that differ in one label; a counter that was found once costs one
 * map lookup. The values must come from a bounded set.
 */
final class CounterFamily {

	private final MeterRegistry meters;

	private final String name;

	private final String description;

	private final Tags tags;

	private final String label;

	private final ConcurrentMap<String, Counter> counters = new ConcurrentHashMap<>();

	CounterFamily(MeterRegistry meters, String name, String description, String label) {
		this(meters, name, description, Tags.empty(), label);
	}

	CounterFamily(MeterRegistry meters, String name, String description, Tags tags, String label) {
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

	private Counter register(String value) {
		return Counter.builder(this.name)
			.description(this.description)
			.tags(this.tags)
			.tag(this.label, value)
			.register(this.meters);
	}

}
