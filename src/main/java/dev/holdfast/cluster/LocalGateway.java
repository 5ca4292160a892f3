package dev.holdfast.cluster;

import java.time.Instant;

/**
 * What this gateway tells the others of itself, and what does not change.
 *
 * @param instanceId what tells it from the others, new with every start
 * @param version the version it runs
 * @param host the name of its machine, or of its pod
 * @param adminPort the port of its operators' API
 * @param startedAt when it was started
 */
public record LocalGateway(String instanceId, String version, String host, int adminPort, Instant startedAt) {

	/**
	 * Return a report.
	 * @param state the state of its view of the registry
	 * @param revision the revision that it says it has
	 * @param now the time
	 */
	GatewayReport report(String state, long revision, Instant now) {
		return new GatewayReport(this.instanceId, this.version, this.host, this.adminPort, this.startedAt, state,
				revision, now);
	}

}
