package dev.holdfast.cluster;

import java.time.Instant;

/**
 * What a gateway says of itself in etcd.
 *
 * @param instanceId what tells it from the others, new with every start
 * @param version the version it runs
 * @param host the name of its machine, or of its pod
 * @param adminPort the port of its operators' API
 * @param startedAt when it was started
 * @param state the state of its view of the registry: {@code LIVE}, {@code STALE},
 * {@code FROM_DISK} or {@code EMPTY}
 * @param revision etcd's revision up to which it knows all changes of services
 * @param reportedAt when it said so
 */
record GatewayReport(String instanceId, String version, String host, int adminPort, Instant startedAt, String state,
		long revision, Instant reportedAt) {

	/**
	 * Whether another one says something else, but for its time.
	 */
	boolean differsFrom(GatewayReport other) {
		return this.revision != other.revision || !this.state.equals(other.state);
	}

}
