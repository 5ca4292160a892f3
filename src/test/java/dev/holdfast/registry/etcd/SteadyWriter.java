package dev.holdfast.registry.etcd;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import dev.holdfast.testing.Fleet;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Response;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;

/**
 * Writes a fleet's records at a steady rate, one transaction after the other on one
 * connection and without waiting for etcd's answers. What it writes is made beforehand,
 * since it shares the processors with what is measured.
 */
final class SteadyWriter implements AutoCloseable {

	/** Events that may be without an answer; etcd is slower than the rate beyond that. */
	private static final int UNANSWERED = 5_000;

	private final Client client;

	private final int batch;

	private final List<Op[]> transactions;

	private final Semaphore window;

	private final ConcurrentSkipListMap<Long, Long> answered = new ConcurrentSkipListMap<>();

	/**
	 * Creates the writer.
	 * @param endpoint the URL of the etcd
	 * @param fleet what it writes, of the next version at each round
	 * @param batch how many records are written in one transaction
	 */
	SteadyWriter(String endpoint, Fleet fleet, int batch) {
		this.client = Client.builder().endpoints(endpoint).build();
		this.batch = batch;
		this.window = new Semaphore(Math.max(1, UNANSWERED / batch));
		this.transactions = IntStream.range(0, 2 * fleet.instances() / batch)
			.mapToObj((number) -> IntStream.range(number * batch, (number + 1) * batch)
				.mapToObj((i) -> put(fleet, i % fleet.instances(), 1 + i / fleet.instances()))
				.toArray(Op[]::new))
			.toList();
	}

	private static Op put(Fleet fleet, int instance, int version) {
		return Op.put(bytes(fleet.key(instance)), bytes(fleet.value(instance, version)), PutOption.DEFAULT);
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	/**
	 * Writes, and waits for all answers.
	 * @param events how many records in all
	 * @param rate how many a second
	 * @param patience how long to wait for a place among those without an answer
	 * @return how long it took
	 */
	Duration write(long events, int rate, Duration patience) {
		long start = System.nanoTime();
		CompletableFuture<?>[] answers = new CompletableFuture<?>[Math.toIntExact(events / this.batch)];
		for (int i = 0; i < answers.length; i++) {
			long due = start + TimeUnit.SECONDS.toNanos((long) i * this.batch) / rate;
			while (due - System.nanoTime() > 0) {
				LockSupport.parkNanos(due - System.nanoTime());
			}
			answers[i] = write(this.transactions.get(i % this.transactions.size()), patience);
		}
		CompletableFuture.allOf(answers).join();
		return Duration.ofNanos(System.nanoTime() - start);
	}

	private CompletableFuture<? extends Response> write(Op[] puts, Duration patience) {
		try {
			if (!this.window.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
				throw new IllegalStateException("etcd does not answer");
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("interrupted while waiting for etcd", ex);
		}
		return this.client.getKVClient().txn().Then(puts).commit().whenComplete((response, error) -> {
			this.window.release();
			if (response != null) {
				this.answered.put(response.getHeader().getRevision(), System.nanoTime());
			}
		});
	}

	/**
	 * When etcd answered, by the revision that it answered with.
	 */
	NavigableMap<Long, Long> answered() {
		return this.answered;
	}

	long lastRevision() {
		return this.answered.lastKey();
	}

	@Override
	public void close() {
		this.client.close();
	}

}
