package dev.holdfast.admin;

/**
 * A part of the export. Its content is made while it is written, so that it may be as
 * large as the registry.
 */
public interface ExportPart {

	/**
	 * Return the member of the export that has it.
	 * @return its name, that of no other part
	 */
	String name();

	/**
	 * Return what is exported, without secrets.
	 * @return what is written as JSON
	 */
	Object content();

}
