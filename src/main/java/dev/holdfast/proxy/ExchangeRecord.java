package dev.holdfast.proxy;

import dev.holdfast.upstream.UpstreamInstance;
import org.jspecify.annotations.Nullable;

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
	 * The request's target.
	 * @return the target as the client sent it, with its query; empty when none could be
	 * read
	 */
	String target();

	/**
	 * The version of HTTP that the client spoke.
	 * @return {@code HTTP/1.0}, {@code HTTP/1.1} or {@code HTTP/2.0}
	 */
	String protocol();

	/**
	 * The host that the request named.
	 * @return the host in lower case without port, empty when there was none, or none
	 * that could be used
	 */
	String host();

	/**
	 * The peer that sent it.
	 * @return the IP address of the other end of the connection
	 */
	String clientAddress();

	/**
	 * The id by which the client and the instances know the request.
	 * @return the id, which the client may have chosen; empty when none was needed
	 */
	String requestId();

	/**
	 * The instance that it was sent to last.
	 * @return the instance, {@code null} when none was chosen
	 */
	@Nullable UpstreamInstance instance();

	/**
	 * How much of the request's body was received, or of a tunnel from the client.
	 * @return bytes
	 */
	long requestBytes();

	/**
	 * How much of the response's body was sent, or of a tunnel to the client.
	 * @return bytes
	 */
	long responseBytes();

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
