package dev.holdfast.proxy.exchange;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The responses of one event loop that may go on until somebody ends them: event streams,
 * and calls of gRPC.
 */
final class OpenStreams {

	private final Set<Exchange> open = new HashSet<>();

	void add(Exchange exchange) {
		this.open.add(exchange);
	}

	void remove(Exchange exchange) {
		this.open.remove(exchange);
	}

	/**
	 * Return how many there are.
	 */
	int size() {
		return this.open.size();
	}

	/**
	 * End those that can be ended in order now. To be asked from time to time.
	 */
	void end() {
		List.copyOf(this.open).forEach(Exchange::endStream);
	}

}
