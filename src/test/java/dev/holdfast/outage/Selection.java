package dev.holdfast.outage;

import java.util.List;
import java.util.Locale;

/**
 * Which rows are played: the one named by {@code holdfast.outage.row}, else as many as
 * {@code holdfast.outage.rows} says, the essential ones by default.
 *
 * @param name the only row, empty for more
 * @param rows which others
 */
record Selection(String name, Rows rows) {

	/**
	 * Reads the system properties.
	 * @throws IllegalArgumentException if no row has the name, or they say something else
	 */
	static Selection fromProperties() {
		Selection selection = new Selection(System.getProperty("holdfast.outage.row", ""),
				Rows.valueOf(System.getProperty("holdfast.outage.rows", "essential").toUpperCase(Locale.ROOT)));
		List<String> names = Matrix.ACTS.stream()
			.flatMap((act) -> act.rows().stream())
			.<String>map(Outage::name)
			.toList();
		if (!selection.name().isEmpty() && !names.contains(selection.name())) {
			throw new IllegalArgumentException(
					"holdfast.outage.row: \"%s\" (expected: one of %s)".formatted(selection.name(), names));
		}
		return selection;
	}

	boolean contains(Outage<?> row) {
		return this.name.isEmpty() ? row.among().compareTo(this.rows) <= 0 : this.name.equals(row.name());
	}

}
