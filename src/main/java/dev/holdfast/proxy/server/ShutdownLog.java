package dev.holdfast.proxy.server;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what a stop of the gateway waits for, and until when.
 */
final class ShutdownLog {

	private static final Logger logger = LoggerFactory.getLogger(TrafficServer.class);

	private static final Duration INTERVAL = Duration.ofSeconds(5);

	private final Duration grace;

	private final Instant until;

	private final LongSupplier nanoTime;

	private long toldAt;

	/**
	 * Prepares it.
	 * @param grace how long the stop may take from now
	 */
	ShutdownLog(Duration grace, Clock clock, LongSupplier nanoTime) {
		this.grace = grace;
		this.until = clock.instant().plus(grace).truncatedTo(ChronoUnit.SECONDS);
		this.nanoTime = nanoTime;
	}

	void begin(RemainingClients remaining) {
		this.toldAt = this.nanoTime.getAsLong();
		logger.info(
				"The gateway has been told to end; it is not ready any more and waits for {}, until {} at the latest",
				remaining, this.until);
	}

	/**
	 * The stop goes on; told every few seconds.
	 */
	void goOn(RemainingClients remaining) {
		long now = this.nanoTime.getAsLong();
		if (now - this.toldAt >= INTERVAL.toNanos()) {
			this.toldAt = now;
			logger.info("The gateway still waits for {}, until {} at the latest", remaining, this.until);
		}
	}

	void end(RemainingClients remaining) {
		if (remaining.isNobody()) {
			logger.info("All clients have gone");
		}
		else {
			logger.warn("The grace of {} s is over: {} are cut off", this.grace.toMillis() / 1000.0, remaining);
		}
	}

}
