package dev.holdfast.cluster;

import java.util.List;

/**
 * All gateways that share an etcd.
 *
 * @param available whether the list is known to be current
 * @param reason why it is not; the others are then listed as they were known last. While
 * it is, why etcd does not take what this gateway reports of itself, else empty
 * @param answeredBy the {@code instanceId} of the gateway that answers
 * @param newestRevision the newest revision that any of them reports
 * @param items the gateways, by host and id
 */
public record GatewaysView(boolean available, String reason, String answeredBy, long newestRevision,
		List<GatewayView> items) {

	/**
	 * Copies the list.
	 */
	public GatewaysView {
		items = List.copyOf(items);
	}

}
