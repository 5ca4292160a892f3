package dev.holdfast.check;

import java.util.function.Consumer;

import dev.holdfast.proxy.backend.SingleUseConnections;
import dev.holdfast.proxy.transport.TrafficLoop;

/**
 * Finds out whether an instance can be connected to.
 */
final class TcpCheck extends RunningCheck {

	TcpCheck(TrafficLoop loop, CheckTarget target, Consumer<String> done) {
		super(loop, target, done);
	}

	@Override
	Runnable connect(SingleUseConnections connections) {
		return connections.touch(target().endpoint(), target().protocolOfConnection(), target().transport().security(),
				target().timeout(),
				(reason, explanation) -> end((reason != null) ? noConnection(reason, explanation) : ""));
	}

	@Override
	void release() {
		// It is closed by whoever made it.
	}

	@Override
	String lateness() {
		return "no connection within " + seconds();
	}

}
