package dev.holdfast.cluster;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * One gateway as operators see it.
 *
 * @param instanceId what tells it from the others, new with every start
 * @param version the version it runs
 * @param host the name of its machine, or of its pod
 * @param adminPort the port of its operators' API
 * @param startedAt when it was started
 * @param state the state of its view of the registry: {@code LIVE}, {@code STALE},
 * {@code FROM_DISK} or {@code EMPTY}
 * @param revision etcd's revision up to which it knows all changes of services, as it
 * reported last
 * @param revisionsBehind how much less that is than the newest that any gateway reports
 * @param lagging whether it has been behind for longer than changes take to spread
 * @param reportedAt when it last had something new to report, {@code null} when it never
 * could
 * @param self whether it is the one that answers
 */
public record GatewayView(String instanceId, String version, String host, int adminPort, Instant startedAt,
		String state, long revision, long revisionsBehind, boolean lagging, @Nullable Instant reportedAt,
		boolean self) {

	static GatewayView of(GatewayReport report, boolean reported, long newest, boolean lagging, boolean self) {
		return new GatewayView(report.instanceId(), report.version(), report.host(), report.adminPort(),
				report.startedAt(), report.state(), report.revision(), newest - report.revision(), lagging,
				reported ? report.reportedAt() : null, self);
	}

}
