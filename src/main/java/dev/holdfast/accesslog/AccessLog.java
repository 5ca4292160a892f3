package dev.holdfast.accesslog;

import java.time.InstantSource;
import java.util.function.Supplier;

import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.ExchangeRecord;
import dev.holdfast.proxy.GatewayError;
import dev.holdfast.registry.RegistryStatus;

/**
 * Logs each request on the traffic port when it has ended, and each client that was
 * turned away before it had made one. Event loops only copy what there is to tell; a
 * thread of the log's own makes lines of it, many at a time.
 */
public final class AccessLog implements ExchangeListener, AutoCloseable {

	private final InstantSource clock;

	private final Supplier<RegistryStatus> registry;

	private final EntryQueue queue;

	private final LogWriter writer;

	/**
	 * Open the log.
	 * @param settings how requests are logged
	 * @param clock tells the time
	 * @param registry tells how far instances are known to be registered
	 * @throws AccessLogUnavailableException if the file cannot be written
	 */
	public AccessLog(AccessLogSettings settings, InstantSource clock, Supplier<RegistryStatus> registry) {
		this(settings, clock, registry, LogbackOutput.open(settings));
	}

	AccessLog(AccessLogSettings settings, InstantSource clock, Supplier<RegistryStatus> registry, LogOutput output) {
		this.clock = clock;
		this.registry = registry;
		this.queue = new EntryQueue(settings.bufferSize());
		this.writer = new LogWriter(this.queue, settings.format().lines(settings.query()), output);
		this.writer.start();
	}

	@Override
	public void onEnd(ExchangeRecord record) {
		this.queue.offer(AccessLogEntry.of(record, this.clock.millis(), this.registry.get()));
	}

	@Override
	public void onTurnedAway(String address, String reason, GatewayError error) {
		this.queue.offer(AccessLogEntry.turnedAway(address, error, this.clock.millis()));
	}

	/**
	 * Return how many lines were dropped because the output could not be written, or not
	 * as fast as requests ended.
	 */
	public long dropped() {
		return this.queue.dropped();
	}

	/**
	 * Write what is left, for as long as the output takes it within a few seconds. To be
	 * called when the traffic port has closed.
	 */
	@Override
	public void close() {
		this.writer.close();
	}

}
