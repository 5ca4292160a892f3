package dev.holdfast.route;

import java.util.regex.Pattern;

/**
 * What the path of a request must be.
 */
public sealed interface PathMatch {

	/** Any path. */
	PathMatch ANY = new Prefix("");

	/** What stands for all that follows, at the end of a path. */
	String REST = "/**";

	/**
	 * Return what a text asks for: a path, or a path of which some segments are a name in
	 * braces; with {@code /**} at its end for all below it.
	 * @param text the text
	 * @return what the path must be
	 * @throws IllegalArgumentException if no canonical path would ever match
	 */
	static PathMatch of(String text) {
		if (text.indexOf('{') >= 0) {
			return new Template(text);
		}
		return text.endsWith(REST) ? new Prefix(text.substring(0, text.length() - REST.length())) : new Exact(text);
	}

	/**
	 * Return what is asked for as operators write it.
	 * @return the text
	 */
	String text();

	/**
	 * Return whether a path is what is asked for.
	 * @param path the canonical path
	 * @return whether it is
	 */
	boolean matches(String path);

	/**
	 * Return whether a path begins with certain segments whenever it is what is asked
	 * for.
	 * @param prefix the segments, without slash at their end
	 * @return whether it does
	 */
	boolean beginsWith(String prefix);

	/**
	 * One path.
	 *
	 * @param path the path
	 */
	record Exact(String path) implements PathMatch {

		/**
		 * Checks the path.
		 * @throws IllegalArgumentException if it is not canonical
		 */
		public Exact {
			PathSyntax.check(path, path);
		}

		@Override
		public String text() {
			return this.path;
		}

		@Override
		public boolean matches(String requested) {
			return this.path.equals(requested);
		}

		@Override
		public boolean beginsWith(String prefix) {
			return PathSyntax.isBelow(this.path, prefix);
		}

	}

	/**
	 * A path and all below it, by whole segments: {@code /users} is also for
	 * {@code /users/7}, and not for {@code /users2}.
	 *
	 * @param path the path, without slash at its end; empty for all paths
	 */
	record Prefix(String path) implements PathMatch {

		/**
		 * Checks the path.
		 * @throws IllegalArgumentException if it is not canonical or ends with a slash
		 */
		public Prefix {
			if (!path.isEmpty()) {
				PathSyntax.check(path.endsWith("/") ? "" : path, path + REST);
			}
		}

		@Override
		public String text() {
			return this.path + REST;
		}

		@Override
		public boolean matches(String requested) {
			return PathSyntax.isBelow(requested, this.path);
		}

		@Override
		public boolean beginsWith(String prefix) {
			return PathSyntax.isBelow(this.path, prefix);
		}

	}

	/**
	 * A path of which some segments are any that are not empty, with {@code /**} at its
	 * end for all below it.
	 *
	 * @param text the path, with a name in braces for each such segment
	 */
	record Template(String text) implements PathMatch {

		private static final Pattern VARIABLE = Pattern.compile("(?<=/)\\{[A-Za-z][A-Za-z0-9_]*}(?=/|$)");

		/**
		 * Checks the path.
		 * @throws IllegalArgumentException if it is not canonical, or a brace is not that
		 * of a whole segment
		 */
		public Template {
			String literal = VARIABLE.matcher(text).replaceAll("x");
			String path = literal.endsWith(REST) ? literal.substring(0, literal.length() - REST.length()) : literal;
			if (path.endsWith("/") || !PathSyntax.isCanonical(path)) {
				throw new IllegalArgumentException(
						"path: \"%s\" (expected: a canonical path with whole segments in braces, such as /users/{id} or /users/{id}/**)"
							.formatted(text));
			}
		}

		@Override
		public boolean matches(String requested) {
			return PathSyntax.matches(this.text, requested);
		}

		@Override
		public boolean beginsWith(String prefix) {
			return PathSyntax.isBelow(this.text.substring(0, this.text.indexOf("/{")), prefix);
		}

	}

	/**
	 * Any path that a regular expression matches as a whole.
	 *
	 * @param regex the expression
	 */
	record Regular(Regex regex) implements PathMatch {

		@Override
		public String text() {
			return this.regex.toString();
		}

		@Override
		public boolean matches(String requested) {
			return this.regex.matches(requested);
		}

		@Override
		public boolean beginsWith(String prefix) {
			return prefix.isEmpty();
		}

	}

}
