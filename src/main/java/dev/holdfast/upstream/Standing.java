package dev.holdfast.upstream;

/**
 * How the instances of a service fare together, among those that get requests.
 *
 * @param routable how many there are
 * @param healthy how many of them are healthy
 * @param reachable how many of them can be expected to be reached
 * @param ownShare the part of the requests that stays in the gateway's own zone, 0 to 1
 */
record Standing(int routable, int healthy, int reachable, double ownShare) {

	/** Of no instances. */
	static final Standing NOBODY = new Standing(0, 0, 0, 0);

	/**
	 * Return how they fare now, the same object if nothing has changed: choices ask.
	 */
	Standing become(int routable, int healthy, int reachable, double ownShare) {
		boolean same = this.routable == routable && this.healthy == healthy && this.reachable == reachable
				&& this.ownShare == ownShare;
		return same ? this : new Standing(routable, healthy, reachable, ownShare);
	}

	/**
	 * Whether so few are healthy that they cannot be expected to serve all requests, so
	 * that every instance is used. Those that cannot be reached are not counted: they are
	 * of no help, and no load falls on the others that would not without them.
	 */
	boolean isPanic() {
		return this.routable > 0 && (this.healthy == 0 || 2 * this.healthy < this.reachable);
	}

	/**
	 * Whether that is worth telling: a single instance is used anyway.
	 */
	boolean isPanicAmongMany() {
		return this.routable > 1 && isPanic();
	}

}
