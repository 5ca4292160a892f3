package dev.holdfast.registry.guard;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import dev.holdfast.registry.Probe;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ServiceName;

/**
 * Probes for the reflector's thread: a bounded number at once, and each result on that
 * thread.
 */
public final class Prober {

	/** A hundred thousand instances to probe must not become as many sockets. */
	private static final int MAX_RUNNING = 256;

	private final Probe probe;

	private final Executor reflectorThread;

	private final Queue<Runnable> waiting = new ArrayDeque<>();

	private int running;

	/**
	 * Creates one that probes nothing yet.
	 * @param probe probes one instance
	 * @param reflectorThread runs what is to be done with the results
	 */
	public Prober(Probe probe, Executor reflectorThread) {
		this.probe = probe;
		this.reflectorThread = reflectorThread;
	}

	/**
	 * Probes an instance, when its turn comes.
	 * @param service its service
	 * @param instance the instance
	 * @param result takes what went wrong, or an empty text, on the reflector's thread
	 */
	public void probe(ServiceName service, Instance instance, Consumer<String> result) {
		if (this.running >= MAX_RUNNING) {
			this.waiting.add(() -> begin(service, instance, result));
		}
		else {
			begin(service, instance, result);
		}
	}

	private void begin(ServiceName service, Instance instance, Consumer<String> result) {
		this.running++;
		this.probe.probe(service, instance, (error) -> this.reflectorThread.execute(() -> ended(result, error)));
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
