package dev.holdfast.proxy.header;

import dev.holdfast.route.FieldChanges;

/**
 * Changes the fields of a head as a route says.
 */
public final class ChangedFields {

	private ChangedFields() {
	}

	/**
	 * Change fields.
	 * @param changes what is changed
	 * @param fields the fields of a head that is about to be sent
	 */
	public static void apply(FieldChanges changes, HeaderFields fields) {
		for (String name : changes.remove()) {
			fields.remove(name);
		}
		for (FieldChanges.Field field : changes.set()) {
			fields.remove(field.name());
			fields.add(field.name(), field.value());
		}
		for (FieldChanges.Field field : changes.add()) {
			fields.add(field.name(), field.value());
		}
	}

}
