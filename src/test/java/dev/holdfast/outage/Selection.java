package dev.holdfast.outage;

import java.util.List;

/**
 * Which rows are played: the one named by {@code holdfast.outage.row}, else all, the slow
 * ones only if {@code holdfast.outage.slow} is set.
 *
 * @param name the only row, empty for all
 * @param slow whether the slow rows are among all
 */
record Selection(String name, boolean slow) {

	/**
	 * Reads the system properties.
	 * @throws IllegalArgumentException if no row has the name
	 */
	static Selection fromProperties() {
		Selection selection = new Selection(System.getProperty("holdfast.outage.row", ""),
				Boolean.getBoolean("holdfast.outage.slow"));
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
		return this.name.isEmpty() ? this.slow || !row.isSlow() : this.name.equals(row.name());
	}

}
