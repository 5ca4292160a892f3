package dev.holdfast.proxy;

/**
 * What there is to tell of a request that has ended. Valid only during the call that
 * hands it over.
 */
public interface ExchangeRecord {

	/**
	 * The id of the route it took.
	 * @return the id, empty when none matched
	 */
	String route();

	/**
	 * The service it was for.
	 * @return the service's name, empty when no route matched
	 */
	String service();

	/**
	 * The request's method.
	 * @return the method as the client sent it
	 */
	String method();

	/**
	 * The status that the client saw.
	 * @return a status code; 499 when the client had gone before it saw one
	 */
	int status();

	/**
	 * The code of the gateway's own error that ended it.
	 * @return the code, empty when the backend's answer was passed on whole
	 */
	String errorCode();

	/**
	 * The time from the request's head to the end of its answer.
	 * @return nanoseconds
	 */
	long durationNanos();

	/**
	 * The part of the duration that was spent in tries.
	 * @return nanoseconds
	 */
	long upstreamNanos();

	/**
	 * How many instances it was sent to.
	 * @return 0 when none was chosen
	 */
	int tries();

}
