package dev.holdfast.upstream;

/**
 * How a service's retries stand against their budget.
 *
 * @param active requests on a further try, or waiting for one
 * @param limit how many may be at this moment
 * @param refused requests that were not tried again because there were that many
 */
public record Retries(int active, int limit, long refused) {

	/** Of a service without traffic. */
	public static final Retries NONE = new Retries(0, 0, 0);

}
