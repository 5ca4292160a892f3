package dev.holdfast.route.document;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.holdfast.service.Likeness;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Keys with values. Those that are there twice or are not known are noted as problems.
 */
final class YamlMapping {

	private final YamlValue whole;

	private final Map<String, YamlValue> values;

	private final Map<String, Node> keys;

	private YamlMapping(YamlValue whole, Map<String, YamlValue> values, Map<String, Node> keys) {
		this.whole = whole;
		this.values = values;
		this.keys = keys;
	}

	static YamlMapping of(YamlValue whole, Collection<String> known, Collection<String> unsupported) {
		YamlMapping mapping = any(whole);
		mapping.keys.forEach((key, node) -> {
			if (unsupported.contains(key)) {
				whole.problems().add(node, whole.below(node, key).path(), "not supported", "");
			}
			else if (!known.contains(key)) {
				whole.problems()
					.add(node, whole.below(node, key).path(), "unknown key",
							Likeness.nearest(key, known, Likeness.ALIKE)
								.orElseGet(() -> "one of " + String.join(", ", known)));
			}
		});
		return mapping;
	}

	/**
	 * Return keys that are names of somebody's own.
	 */
	static YamlMapping any(YamlValue whole) {
		Map<String, YamlValue> values = new LinkedHashMap<>();
		Map<String, Node> keys = new LinkedHashMap<>();
		if (whole.node() instanceof MappingNode mapping) {
			for (NodeTuple tuple : mapping.getValue()) {
				if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
					whole.problems().add(tuple.getKeyNode(), whole.path(), "a key that is no text", "a text");
				}
				else if (keys.putIfAbsent(key.getValue(), key) != null) {
					whole.problems()
						.add(key, whole.below(key, key.getValue()).path(), "a key that is there twice",
								"each key once");
				}
				else {
					values.put(key.getValue(), whole.below(tuple.getValueNode(), key.getValue()));
				}
			}
		}
		else {
			whole.unexpected("keys with values");
		}
		return new YamlMapping(whole, values, keys);
	}

	YamlValue whole() {
		return this.whole;
	}

	Map<String, YamlValue> values() {
		return this.values;
	}

	boolean has(String key) {
		return this.values.containsKey(key);
	}

	@Nullable YamlValue get(String key) {
		return this.values.get(key);
	}

	/**
	 * Return the value of a key that must be there, {@code null} when it is not.
	 */
	@Nullable YamlValue required(String key, String expected) {
		YamlValue value = this.values.get(key);
		if (value == null) {
			wrong("\"%s\" is missing".formatted(key), expected);
		}
		return value;
	}

	/**
	 * Return what is read of a key's value, or something else where there is none.
	 */
	<T> T get(String key, Function<YamlValue, @Nullable T> reader, T otherwise) {
		YamlValue value = this.values.get(key);
		T read = (value != null) ? reader.apply(value) : null;
		return (read != null) ? read : otherwise;
	}

	List<YamlValue> list(String key, int most) {
		YamlValue value = this.values.get(key);
		return (value != null) ? value.list(most) : List.of();
	}

	List<String> texts(String key, int most) {
		YamlValue value = this.values.get(key);
		return (value != null) ? value.texts(most) : List.of();
	}

	void wrong(String what, String expected) {
		this.whole.wrong(what, expected);
	}

	/**
	 * Notes a problem with a key, where it stands.
	 */
	void wrong(String key, String what, String expected) {
		Node node = this.keys.getOrDefault(key, this.whole.node());
		this.whole.problems().add(node, this.whole.below(node, key).path(), what, expected);
	}

	/**
	 * Notes that a key has no effect, if it is there.
	 */
	void withoutEffect(String key, String why) {
		Node node = this.keys.get(key);
		if (node != null) {
			this.whole.problems().addWithoutEffect(node, this.whole.below(node, key).path(), "without effect: " + why);
		}
	}

	/**
	 * Notes what the model says of several keys together: at the key that it names, if
	 * there is one.
	 */
	void refused(IllegalArgumentException refusal) {
		String message = String.valueOf(refusal.getMessage());
		String part = message.substring(0, Math.max(0, message.indexOf(':')));
		YamlValue named = Stream.of(part, part + "s")
			.map(this.values::get)
			.filter((value) -> value != null)
			.findFirst()
			.orElse(this.whole);
		this.whole.problems().add(named.node(), named.path(), refusal);
	}

	/**
	 * Return those of some keys that are there.
	 */
	List<String> present(Collection<String> some) {
		List<String> present = new ArrayList<>(some);
		present.retainAll(this.values.keySet());
		return present;
	}

}
