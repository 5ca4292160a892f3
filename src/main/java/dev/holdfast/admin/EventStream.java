package dev.holdfast.admin;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The events as one client gets them, until it goes, falls behind, or the gateway stops.
 */
final class EventStream {

	private static final byte[] HEARTBEAT = ": heartbeat\n\n".getBytes(StandardCharsets.US_ASCII);

	private final EventRing ring;

	private final Duration heartbeat;

	private final OutputStream output;

	private final Turn turn;

	/** The id of the last event that was written. */
	private long last;

	private boolean flushed;

	/**
	 * Creates a stream that begins behind an event.
	 * @param turn what it waits for when something has happened, before it writes
	 */
	EventStream(EventRing ring, Duration heartbeat, OutputStream output, long last, Turn turn) {
		this.ring = ring;
		this.heartbeat = heartbeat;
		this.output = output;
		this.last = last;
		this.turn = turn;
	}

	/**
	 * Writes until there is nothing more to write.
	 * @param opening what is sent first
	 * @throws IOException if the client has gone or reads nothing
	 */
	void run(byte[] opening) throws IOException, InterruptedException {
		this.output.write(opening);
		while (true) {
			switch (this.ring.next(this.last, this.flushed ? this.heartbeat : Duration.ZERO)) {
				case EventRing.Next.Events events -> {
					if (this.flushed) {
						this.turn.await();
					}
					write(events.frame());
				}
				case EventRing.Next.Nothing nothing -> pause();
				case EventRing.Next.Gone gone -> {
					return;
				}
				case EventRing.Next.Closed closed -> {
					return;
				}
			}
		}
	}

	private void write(EventFrame frame) throws IOException {
		frame.writeTo(this.output, this.last);
		this.last = frame.last();
		this.flushed = false;
	}

	/**
	 * Sends what has been written when there is nothing more to add to it, and shows that
	 * the stream lives when there has been nothing for long.
	 */
	private void pause() throws IOException {
		if (this.flushed) {
			this.output.write(HEARTBEAT);
		}
		this.output.flush();
		this.flushed = true;
	}

	/**
	 * Keeps the streams of many clients from writing at the same moment, all cores busy,
	 * whenever something happens.
	 */
	@FunctionalInterface
	interface Turn {

		void await() throws InterruptedException;

	}

}
