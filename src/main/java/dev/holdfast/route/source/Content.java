package dev.holdfast.route.source;

import dev.holdfast.route.document.RouteParser;

/**
 * What a place contains.
 */
sealed interface Content {

	/** The longest text that is read, characters. */
	int MAX_LENGTH = RouteParser.MAX_LENGTH;

	/** A text. */
	record Text(String text) implements Content {
	}

	/** Something that is no text, or could not be had. */
	record Unreadable(String reason) implements Content {
	}

}
