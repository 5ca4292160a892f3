package dev.holdfast.registry.reflector;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Redaction;
import org.jspecify.annotations.Nullable;

/**
 * What a record says differently from before, in words for the history.
 */
final class Differences {

	/** A history of many services stays small whatever their metadata says. */
	private static final int MAX_LENGTH = 500;

	private final List<String> found = new ArrayList<>();

	private Differences() {
	}

	/**
	 * Says what changed of an instance, such as {@code weight 100 → 50}.
	 */
	static String between(Instance before, Instance after) {
		Differences differences = new Differences();
		differences.add("url", before.endpoint(), after.endpoint());
		differences.add("weight", before.weight(), after.weight());
		differences.add("zone", before.zone(), after.zone());
		differences.add("version", before.version(), after.version());
		differences.addAll(before.metadata(), after.metadata());
		return differences.text();
	}

	/**
	 * Says what weight a record gives.
	 */
	static String between(ParsedRecord.@Nullable Weighted before, ParsedRecord.Weighted after) {
		Differences differences = new Differences();
		differences.add("weight", (before != null) ? before.weight() : "", after.weight());
		return differences.text();
	}

	private void addAll(Map<String, String> before, Map<String, String> after) {
		TreeSet<String> names = new TreeSet<>(before.keySet());
		names.addAll(after.keySet());
		names.forEach((name) -> addMetadata(name, before.getOrDefault(name, ""), after.getOrDefault(name, "")));
	}

	private void addMetadata(String name, String before, String after) {
		if (before.equals(after)) {
			return;
		}
		if (Redaction.isSecret(name)) {
			this.found.add("metadata %s has changed".formatted(name));
		}
		else {
			add("metadata " + name, Redaction.text(before), Redaction.text(after));
		}
	}

	private void add(String what, Object before, Object after) {
		if (!Objects.equals(before, after)) {
			this.found.add("%s %s → %s".formatted(what, shown(before), shown(after)));
		}
	}

	private static String shown(Object value) {
		String text = value.toString();
		return text.isEmpty() ? "none" : text;
	}

	private String text() {
		String text = String.join(", ", this.found);
		return (text.length() > MAX_LENGTH) ? text.substring(0, MAX_LENGTH) + "…" : text;
	}

}
