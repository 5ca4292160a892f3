package dev.holdfast.registry.format;

import dev.holdfast.service.ParsedRecord;

/**
 * One way in which projects write themselves into a registry. A format is stateless, and
 * a new one is a class of its own and a line in {@link RecordReader}.
 */
interface RecordFormat {

	/**
	 * The name by which a configuration pins the format, and which its instances carry.
	 * @return the name
	 */
	String name();

	/**
	 * Tells by key and value whether a record is meant to be of this format, sound or
	 * not.
	 * @param entry the record
	 * @return whether {@link #read} is to be asked
	 */
	boolean recognises(RecordEntry entry);

	/**
	 * Tells whether the key alone says that a record is the project's own but registers
	 * no instance, whatever its value is.
	 * @param entry the record, without its value
	 * @return whether the record is to be ignored
	 */
	default boolean isBeside(RecordEntry entry) {
		return false;
	}

	/**
	 * Reads a record.
	 * @param entry the record
	 * @return what it registers, or why it registers nothing
	 * @throws UnreadableRecordException if it cannot be read
	 */
	ParsedRecord read(RecordEntry entry) throws UnreadableRecordException;

}
