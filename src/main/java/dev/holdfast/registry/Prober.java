package dev.holdfast.registry;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

import dev.holdfast.service.Endpoint;

/**
 * Probes for the reflector's thread: a bounded number at once, and each result on that
 * thread.
 */
final class Prober {

	/** A hundred thousand instances to probe must not become as many sockets. */
	private static final int MAX_RUNNING = 256;

	private final Probe probe;

	private final Mailbox mailbox;

	private final Queue<Runnable> waiting = new ArrayDeque<>();

	private int running;

	Prober(Probe probe, Mailbox mailbox) {
		this.probe = probe;
		this.mailbox = mailbox;
	}

	/**
	 * Probes an endpoint, when its turn comes.
	 * @param result takes what went wrong, or an empty text, on the reflector's thread
	 */
	void probe(Endpoint endpoint, Consumer<String> result) {
		if (this.running >= MAX_RUNNING) {
			this.waiting.add(() -> begin(endpoint, result));
		}
		else {
			begin(endpoint, result);
		}
	}

	private void begin(Endpoint endpoint, Consumer<String> result) {
		this.running++;
		this.probe.probe(endpoint, (error) -> this.mailbox.post(new Mailbox.Message.Task(() -> ended(result, error))));
	}

	private void ended(Consumer<String> result, String error) {
		this.running--;
		Runnable next = this.waiting.poll();
		if (next != null) {
			next.run();
		}
		result.accept(error);
	}

}
