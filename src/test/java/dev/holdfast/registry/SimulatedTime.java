package dev.holdfast.registry;

import dev.holdfast.testing.MovedTime;

/**
 * A mailbox in hand-moved time.
 */
final class SimulatedTime extends MovedTime<Mailbox.Message> implements Mailbox {

	SimulatedTime() {
		super(0);
	}

}
