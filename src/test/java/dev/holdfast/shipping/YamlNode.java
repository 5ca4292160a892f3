package dev.holdfast.shipping;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * A place in a YAML document, reached by keys and list positions.
 */
record YamlNode(Object value) {

	static YamlNode read(Path file) throws IOException {
		return new YamlNode(yaml().load(Files.readString(file)));
	}

	static List<YamlNode> readAll(String documents) {
		return StreamSupport.stream(yaml().loadAll(documents).spliterator(), false)
			.filter(Objects::nonNull)
			.map(YamlNode::new)
			.toList();
	}

	YamlNode at(Object... path) {
		Object found = find(path);
		if (found == null) {
			throw new AssertionError("nothing at " + List.of(path) + " of " + this.value);
		}
		return new YamlNode(found);
	}

	boolean has(Object... path) {
		return find(path) != null;
	}

	String text() {
		return this.value.toString();
	}

	int number() {
		return Integer.parseInt(text());
	}

	Map<?, ?> map() {
		return (Map<?, ?>) this.value;
	}

	List<YamlNode> items() {
		return ((List<?>) this.value).stream().map((item) -> new YamlNode(Objects.requireNonNull(item))).toList();
	}

	YamlNode itemNamed(String name) {
		return items().stream()
			.filter((item) -> item.has("name") && item.at("name").text().equals(name))
			.findFirst()
			.orElseThrow(() -> new AssertionError("no item named " + name + " in " + this.value));
	}

	// A key that is there twice is a mistake, of which one would see the second value
	// alone.
	private static Yaml yaml() {
		LoaderOptions options = new LoaderOptions();
		options.setAllowDuplicateKeys(false);
		return new Yaml(options);
	}

	private @Nullable Object find(Object... path) {
		Object node = this.value;
		for (Object step : path) {
			node = switch (node) {
				case Map<?, ?> map -> map.get(step);
				case List<?> list when step instanceof Integer index && index < list.size() -> list.get(index);
				case null, default -> null;
			};
		}
		return node;
	}

}
