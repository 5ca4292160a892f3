package dev.holdfast.route.source;

/**
 * What a place contains.
 */
sealed interface Content {

	/** The longest text that is read, characters; etcd's own limit is about as much. */
	int MAX_LENGTH = 1_572_864;

	/** A text. */
	record Text(String text) implements Content {
	}

	/** Something that is no text, or could not be had. */
	record Unreadable(String reason) implements Content {
	}

}
