package dev.holdfast.route;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What is changed of the fields of a request or a response: first some are removed, then
 * some are set, then some are added.
 *
 * @param set fields that are there once, with this value, whatever there was
 * @param add fields that are there besides those of the same name
 * @param remove names of fields that are taken away
 */
public record FieldChanges(List<Field> set, List<Field> add, List<String> remove) {

	/** All stays as it is. */
	public static final FieldChanges NONE = new FieldChanges(List.of(), List.of(), List.of());

	private static final int MOST = 64;

	/**
	 * Copies the lists, brings names to lower case, and checks them.
	 * @throws IllegalArgumentException if there are too many, or one that is set is set
	 * or removed by another as well
	 */
	public FieldChanges {
		set = List.copyOf(set);
		add = List.copyOf(add);
		remove = remove.stream().map((name) -> Field.checkedName("field", name)).toList();
		Set<String> once = new HashSet<>(remove);
		if (once.size() < remove.size()) {
			throw RoutePart.invalid("fields to remove", String.join(", ", remove), "each name once");
		}
		for (Field field : set) {
			if (!once.add(field.name())) {
				throw RoutePart.invalid("field", field.name(), "set once, and not removed as well");
			}
		}
		if (set.size() > MOST || add.size() > MOST || remove.size() > MOST) {
			throw new IllegalArgumentException(
					"fields: %d to set, %d to add, %d to remove (expected: at most %d of each)".formatted(set.size(),
							add.size(), remove.size(), MOST));
		}
	}

	/**
	 * Whether all stays as it is.
	 * @return whether there is nothing to change
	 */
	public boolean isNone() {
		return this.set.isEmpty() && this.add.isEmpty() && this.remove.isEmpty();
	}

	/**
	 * A field with its value.
	 *
	 * @param name the name in lower case
	 * @param value the value, printable ASCII without white space at its ends
	 */
	public record Field(String name, String value) {

		private static final int LONGEST_NAME = 256;

		private static final int LONGEST_VALUE = 4096;

		private static final Pattern NAME = Pattern.compile("[a-z0-9!#$%&'*+.^_`|~-]+");

		private static final Pattern VALUE = Pattern.compile("[!-~]([ -~]*[!-~])?");

		/** What frames a message, is of one connection only, or tells where it goes. */
		private static final Set<String> UNTOUCHABLE = Set.of("connection", "content-length", "expect", "host",
				"keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
				"transfer-encoding", "upgrade");

		/**
		 * Brings the name to lower case and checks both.
		 * @throws IllegalArgumentException if the name is none of a field that a route
		 * may change, or no field can have the value
		 */
		public Field {
			name = checkedName("field", name);
			if (value.length() > LONGEST_VALUE || !VALUE.matcher(value).matches()) {
				// Without the value, which may be a secret.
				throw new IllegalArgumentException(
						"value of the field %s: %d characters (expected: 1 to %d of printable ASCII without white space at its ends)"
							.formatted(name, value.length(), LONGEST_VALUE));
			}
		}

		static String checkedName(String part, String name) {
			String lower = name.toLowerCase(Locale.ROOT);
			if (lower.length() > LONGEST_NAME || !NAME.matcher(lower).matches()) {
				throw RoutePart.invalid(part, name, "an HTTP field name");
			}
			if (UNTOUCHABLE.contains(lower)) {
				throw RoutePart.invalid(part, name, "one that does not belong to the connection or frame the message");
			}
			return lower;
		}

		/**
		 * Keeps the value, which may be a secret, out of logs.
		 */
		@Override
		public String toString() {
			return this.name;
		}

	}

}
