package dev.holdfast.route;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Which route a request would take, and why it would take none of the others.
 *
 * @param match where it would go, {@code null} when it is for no service
 * @param route the explicit route that it would take, {@code null} for none or for the
 * rule by path
 * @param considered every rule in the order of precedence, the one by path last
 */
public record RouteExplanation(@Nullable RouteMatch match, @Nullable Route route, List<Considered> considered) {

	/**
	 * Copies the list.
	 */
	public RouteExplanation {
		considered = List.copyOf(considered);
	}

	/**
	 * A rule that was looked at.
	 *
	 * @param route the route's id, {@code by-path} for the rule by path
	 * @param matched whether the request fulfils all that it asks for, though another one
	 * may come before it
	 * @param why what it lacks, or what became of it
	 */
	public record Considered(String route, boolean matched, String why) {

		private static final int LONGEST = 500;

		/**
		 * Puts what another match of the same route lacks behind what this one does.
		 */
		Considered or(Considered other) {
			if (this.matched || other.why.equals(this.why) || (!other.matched && this.why.length() > LONGEST)) {
				return this;
			}
			return other.matched ? other : new Considered(this.route, false, this.why + "; or " + other.why);
		}

	}

}
