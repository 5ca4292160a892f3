package dev.holdfast.configuration;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * The keys that a record of properties is read from.
 */
final class KnownKeys {

	/** Two keys that differ in more characters than these do not look alike. */
	private static final int ALIKE = 3;

	private static final String INDEX = "[*]";

	private final List<String> keys;

	private KnownKeys(List<String> keys) {
		this.keys = keys;
	}

	static KnownKeys of(String prefix, Class<? extends Record> type) {
		List<String> keys = new ArrayList<>();
		collect(prefix, type, keys);
		return new KnownKeys(List.copyOf(keys));
	}

	private static void collect(String prefix, Class<?> type, List<String> keys) {
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
				keys.add(key);
			}
		}
	}

	/**
	 * Tells whether a key is one of these.
	 * @param key the key
	 */
	boolean contains(String key) {
		return this.keys.contains(withoutIndexes(key));
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
		return this.keys.stream()
			.filter((known) -> distance(known, key) <= ALIKE)
			.min(Comparator.comparingInt((known) -> distance(known, key)))
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

	// Levenshtein's distance, one row of the table at a time.
	private static int distance(String left, String right) {
		int[] row = new int[right.length() + 1];
		for (int j = 0; j < row.length; j++) {
			row[j] = j;
		}
		for (int i = 1; i <= left.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j < row.length; j++) {
				int replaced = diagonal + ((left.charAt(i - 1) != right.charAt(j - 1)) ? 1 : 0);
				diagonal = row[j];
				row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
			}
		}
		return row[right.length()];
	}

}
