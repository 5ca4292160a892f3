package dev.holdfast.route;

import dev.holdfast.service.CanonicalPath;

/**
 * What becomes of a request's path on its way. All texts are canonical, and so is what
 * comes of a canonical path.
 */
public sealed interface PathRewrite {

	/** It stays as it is. */
	PathRewrite NONE = new Keep();

	/**
	 * Return what a path becomes.
	 * @param path a canonical path, or what is left of one behind a prefix of whole
	 * segments, which may be nothing
	 * @return the other path, never empty
	 */
	String apply(String path);

	/**
	 * Return what is taken off a path without anything in its place.
	 * @param path the path
	 * @return a prefix of it, empty for nothing
	 */
	String strippedOff(String path);

	private static String withoutSlash(String part, String text) {
		String prefix = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
		if (prefix.endsWith("/") || (!prefix.isEmpty() && !prefix.equals(CanonicalPath.of(prefix)))) {
			throw RoutePart.invalid(part, text, "whole segments of a canonical path such as /users, without query");
		}
		return prefix;
	}

	private static String orRoot(String path) {
		return path.isEmpty() ? "/" : path;
	}

	/**
	 * Keeps the path.
	 */
	record Keep() implements PathRewrite {

		@Override
		public String apply(String path) {
			return orRoot(path);
		}

		@Override
		public String strippedOff(String path) {
			return "";
		}

	}

	/**
	 * Puts something before the path.
	 *
	 * @param prefix what, without a slash at its end
	 */
	record AddPrefix(String prefix) implements PathRewrite {

		/**
		 * Takes a slash off the end, and checks the prefix.
		 * @throws IllegalArgumentException if it is empty or not canonical
		 */
		public AddPrefix {
			String given = prefix;
			prefix = withoutSlash("add-prefix", given);
			if (prefix.isEmpty()) {
				throw RoutePart.invalid("add-prefix", given, "at least one segment, such as /v1");
			}
		}

		@Override
		public String apply(String path) {
			return this.prefix + path;
		}

		@Override
		public String strippedOff(String path) {
			return "";
		}

	}

	/**
	 * Replaces the beginning of the path; a path that begins otherwise stays as it is.
	 *
	 * @param prefix the beginning, whole segments without a slash at the end
	 * @param replacement what takes its place, without a slash at its end; empty for
	 * nothing
	 */
	record ReplacePrefix(String prefix, String replacement) implements PathRewrite {

		/**
		 * Takes slashes off the ends, and checks both.
		 * @throws IllegalArgumentException if one is not canonical
		 */
		public ReplacePrefix {
			prefix = withoutSlash("prefix to replace", prefix);
			replacement = withoutSlash("replacement of the prefix", replacement);
		}

		@Override
		public String apply(String path) {
			return applies(path) ? orRoot(this.replacement + path.substring(this.prefix.length())) : orRoot(path);
		}

		@Override
		public String strippedOff(String path) {
			return (this.replacement.isEmpty() && applies(path)) ? this.prefix : "";
		}

		private boolean applies(String path) {
			return path.startsWith(this.prefix)
					&& (path.length() == this.prefix.length() || path.charAt(this.prefix.length()) == '/');
		}

	}

	/**
	 * Puts another path in the place of all.
	 *
	 * @param path the path that every request gets
	 */
	record ReplaceFull(String path) implements PathRewrite {

		/**
		 * Checks the path.
		 * @throws IllegalArgumentException if it is not canonical
		 */
		public ReplaceFull {
			if (!path.equals(CanonicalPath.of(path))) {
				throw RoutePart.invalid("replacement of the path", path,
						"a canonical path such as /users, without query");
			}
		}

		@Override
		public String apply(String path) {
			return this.path;
		}

		@Override
		public String strippedOff(String path) {
			return "";
		}

	}

}
