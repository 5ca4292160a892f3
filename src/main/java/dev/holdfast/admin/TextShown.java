package dev.holdfast.admin;

/**
 * An answer of which a terminal is shown something else than what it is in JSON, since
 * nobody could read that.
 */
interface TextShown {

	/**
	 * Return what is shown in its place.
	 * @return a record, of which text is made as of any other answer
	 */
	Object shownAsText();

}
