package dev.holdfast.cluster;

import java.time.Duration;

import dev.holdfast.store.Inbox;
import dev.holdfast.testing.MovedTime;

/**
 * An inbox in hand-moved time.
 */
final class ClusterTime extends MovedTime<ClusterMessage> implements Inbox<ClusterMessage> {

	ClusterTime() {
		// Near its overflow, since monotonic time may begin anywhere.
		super(Long.MAX_VALUE - Duration.ofSeconds(10).toNanos());
	}

}
