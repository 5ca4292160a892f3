package dev.holdfast.route.source;

/**
 * Where a route is written.
 *
 * @param source the kind of place
 * @param place the key of the configuration, the path of the file, or the key in etcd
 * @param line the line there, from 1; 0 when there are no lines
 */
public record RouteOrigin(Source source, String place, int line) {

	@Override
	public String toString() {
		return (this.line > 0) ? this.place + ":" + this.line : this.place;
	}

	/**
	 * A kind of place that routes are written in. Of two routes of one id the one from
	 * the kind that is named first here is in force.
	 */
	public enum Source {

		/** The gateway's own configuration, fixed at its start. */
		CONFIGURATION("the configuration"),

		/** A watched folder. */
		FOLDER("the folder"),

		/** etcd. */
		ETCD("etcd");

		private final String text;

		Source(String text) {
			this.text = text;
		}

		/**
		 * Return its name in a sentence.
		 * @return the name with its article
		 */
		public String text() {
			return this.text;
		}

	}

}
