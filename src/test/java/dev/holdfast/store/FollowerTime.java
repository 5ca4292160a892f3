package dev.holdfast.store;

import java.time.Duration;

import dev.holdfast.testing.MovedTime;

/**
 * A follower's inbox in hand-moved time.
 */
final class FollowerTime extends MovedTime<FollowerMessage> implements Inbox<FollowerMessage> {

	FollowerTime() {
		// Near its overflow, since monotonic time may begin anywhere.
		super(Long.MAX_VALUE - Duration.ofSeconds(10).toNanos());
	}

}
