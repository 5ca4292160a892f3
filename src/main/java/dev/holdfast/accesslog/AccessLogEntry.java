package dev.holdfast.accesslog;

import dev.holdfast.proxy.ExchangeRecord;
import dev.holdfast.proxy.GatewayError;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.service.Instance;
import dev.holdfast.upstream.UpstreamInstance;
import org.jspecify.annotations.Nullable;

/**
 * What is logged of one request.
 *
 * @param endMillis when it ended, milliseconds since 1970
 * @param clientAddress the IP address of the other end of the connection
 * @param method the method as it was sent, empty when there was no request
 * @param target the target as it was sent, with what may be secret
 * @param protocol the version of HTTP, empty when there was no request
 * @param host the host that it named, empty for none
 * @param requestId the id by which it is known, empty for none
 * @param status the status that the client saw
 * @param errorCode the code of the gateway's own error, empty for none
 * @param requestBytes how much of its body was received
 * @param responseBytes how much of the response's body was sent
 * @param durationNanos how long it took
 * @param upstreamNanos how much of that was spent in tries
 * @param tries how many instances it was sent to
 * @param route the id of its route, empty for none
 * @param service its service, empty for none
 * @param instance the instance that it was sent to last, {@code null} for none
 * @param endpointState how far that one was known to be registered when it ended,
 * {@code null} for none
 */
record AccessLogEntry(long endMillis, String clientAddress, String method, String target, String protocol, String host,
		String requestId, int status, String errorCode, long requestBytes, long responseBytes, long durationNanos,
		long upstreamNanos, int tries, String route, String service, @Nullable Instance instance,
		@Nullable EndpointState endpointState) {

	/** What an entry takes in memory besides what a client decides, about. */
	private static final int BASE_SIZE = 256;

	private static final int NANOS_PER_MILLI = 1_000_000;

	/**
	 * Copy what is to be logged of a request that has ended.
	 */
	static AccessLogEntry of(ExchangeRecord record, long endMillis, RegistryStatus registry) {
		UpstreamInstance chosen = record.instance();
		Instance instance = (chosen != null) ? chosen.instance() : null;
		return new AccessLogEntry(endMillis, record.clientAddress(), record.method(), record.target(),
				record.protocol(), record.host(), record.requestId(), record.status(), record.errorCode(),
				record.requestBytes(), record.responseBytes(), record.durationNanos(), record.upstreamNanos(),
				record.tries(), record.route(), record.service(), instance,
				(instance != null) ? EndpointState.of(instance, registry) : null);
	}

	/**
	 * Return the entry of a client that was turned away before there was a request.
	 */
	static AccessLogEntry turnedAway(String clientAddress, GatewayError error, long endMillis) {
		return new AccessLogEntry(endMillis, clientAddress, "", "", "", "", "", error.status(), error.code(), 0, 0, 0,
				0, 0, "", "", null, null);
	}

	/**
	 * Return when the request came, milliseconds since 1970.
	 */
	long startMillis() {
		return this.endMillis - this.durationNanos / NANOS_PER_MILLI;
	}

	/**
	 * Return how much memory it takes, bytes, about.
	 */
	int size() {
		return BASE_SIZE + this.method.length() + this.target.length() + this.host.length() + this.requestId.length();
	}

}
