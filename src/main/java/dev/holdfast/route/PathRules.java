package dev.holdfast.route;

import dev.holdfast.service.CanonicalPath;

/**
 * What becomes of paths that are spelled as some services do not expect it.
 *
 * @param encodedSlashes what becomes of requests with an encoded slash or backslash
 * @param mergeSlashes whether slashes that follow each other count as one
 */
public record PathRules(EncodedSlashes encodedSlashes, boolean mergeSlashes) {

	/** Paths pass as they are. */
	public static final PathRules DEFAULTS = new PathRules(EncodedSlashes.PASS, false);

	/**
	 * Gives the spelling that counts.
	 * @param path the canonical path
	 * @return the path, with one slash for several where they are merged
	 */
	public String spelling(String path) {
		return this.mergeSlashes ? CanonicalPath.merged(path) : path;
	}

	/**
	 * Tells whether a request is turned away for its path.
	 * @param path the canonical path
	 * @return whether it has an encoded slash that is not to pass
	 */
	public boolean rejects(String path) {
		return this.encodedSlashes == EncodedSlashes.REJECT && CanonicalPath.hasEncodedSlash(path);
	}

}
