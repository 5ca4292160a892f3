package dev.holdfast.configuration;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import dev.holdfast.service.Likeness;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * The keys that a record of properties is read from.
 */
final class KnownKeys {

	private static final String INDEX = "[*]";

	private final List<Key> all;

	private final List<String> keys;

	private KnownKeys(List<Key> keys) {
		this.all = keys;
		this.keys = keys.stream().map(Key::name).toList();
	}

	static KnownKeys of(String prefix, Class<? extends Record> type) {
		List<Key> keys = new ArrayList<>();
		collect(prefix, type, keys);
		return new KnownKeys(List.copyOf(keys));
	}

	private static void collect(String prefix, Class<?> type, List<Key> keys) {
		for (RecordComponent component : type.getRecordComponents()) {
			String key = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
			if (component.getType().isRecord()) {
				collect(key, component.getType(), keys);
			}
			else if (component.getGenericType() instanceof ParameterizedType generic
					&& generic.getActualTypeArguments()[0] instanceof Class<?> element && element.isRecord()) {
				collect(key + INDEX, element, keys);
			}
			else {
				keys.add(new Key(key, component.getType()));
			}
		}
	}

	List<Key> all() {
		return this.all;
	}

	/**
	 * Tells whether a key is one of these.
	 * @param key the key
	 */
	boolean contains(String key) {
		return this.keys.contains(withoutIndexes(key));
	}

	/**
	 * Tells whether a key has entries with indexes.
	 * @param key the key
	 */
	boolean containsList(String key) {
		String list = withoutIndexes(key);
		return this.all.stream()
			.anyMatch(
					(known) -> known.name().startsWith(list + INDEX) || (known.isList() && known.name().equals(list)));
	}

	/**
	 * Says which key may have been meant.
	 * @param unknown a key that is not known, or has no value
	 * @return a sentence
	 */
	String suggestFor(String unknown) {
		if (contains(unknown)) {
			return "Leave %s out for its default.".formatted(unknown);
		}
		String key = withoutIndexes(unknown);
		return nearest(key).map("Did you mean %s?"::formatted).orElseGet(() -> "The keys " + keysNear(key));
	}

	private static String withoutIndexes(String key) {
		return key.replaceAll("\\[[0-9]+]", INDEX);
	}

	private Optional<String> nearest(String key) {
		return Likeness.nearest(key, this.keys, Likeness.ALIKE)
			.or(() -> this.keys.stream().filter((known) -> lastPart(known).equals(lastPart(key))).findFirst());
	}

	private String keysNear(String key) {
		String parent = key;
		List<String> near = List.of();
		while (near.isEmpty()) {
			parent = parent.substring(0, parent.lastIndexOf('.'));
			String prefix = parent + ".";
			near = this.keys.stream().filter((known) -> known.startsWith(prefix)).toList();
		}
		int length = parent.length() + 1;
		return "under %s are: %s".formatted(parent,
				near.stream().map((known) -> known.substring(length)).collect(Collectors.joining(", ")));
	}

	private static String lastPart(String key) {
		return key.substring(key.lastIndexOf('.') + 1);
	}

	/**
	 * A key that has a value.
	 *
	 * @param name the key, with {@code [*]} for each index
	 * @param type what its value becomes
	 */
	record Key(String name, Class<?> type) {

		boolean isList() {
			return Collection.class.isAssignableFrom(this.type);
		}

		boolean isMap() {
			return Map.class.isAssignableFrom(this.type);
		}

	}

}
