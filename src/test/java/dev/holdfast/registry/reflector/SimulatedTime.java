package dev.holdfast.registry.reflector;

import dev.holdfast.testing.MovedTime;

/**
 * A mailbox in hand-moved time.
 */
final class SimulatedTime extends MovedTime<Mailbox.Message> implements Mailbox {

	SimulatedTime() {
		super(0);
	}

}
