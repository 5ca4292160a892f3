package dev.holdfast.route.source;

import org.jspecify.annotations.Nullable;

/**
 * A change of one of a source's documents.
 */
sealed interface DocumentChange {

	/**
	 * Return the path of the file, or the key in etcd.
	 */
	String place();

	/**
	 * A document was written.
	 *
	 * @param place where
	 * @param content what it contains
	 * @param modRevision etcd's revision at which it was written, 0 for a file
	 * @param lease the lease that it hangs on, 0 for none
	 */
	record Written(String place, Content content, long modRevision, long lease) implements DocumentChange {
	}

	/**
	 * A document is gone, and so are its routes.
	 *
	 * @param place where it was
	 */
	record Removed(String place) implements DocumentChange {
	}

	/**
	 * A document is gone, and its routes stay for now; or it is there after all.
	 *
	 * @param place where it was
	 * @param hold why its routes stay, {@code null} when it is there
	 */
	record Held(String place, @Nullable DocumentHold hold) implements DocumentChange {
	}

}
