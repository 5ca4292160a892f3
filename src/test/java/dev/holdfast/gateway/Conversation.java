package dev.holdfast.gateway;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One message after another over a line, each with the number that is its turn, until it
 * is ended.
 */
final class Conversation {

	private static final Duration PAUSE = Duration.ofMillis(20);

	private static final int MORE = 25;

	private final AtomicInteger exchanged = new AtomicInteger();

	private final String name;

	private final Line line;

	private final Thread thread;

	private volatile boolean over;

	private volatile @Nullable Throwable broken;

	Conversation(String name, Line line) {
		this.name = name;
		this.line = line;
		this.thread = Thread.ofVirtual().start(this::run);
	}

	private void run() {
		try {
			while (!this.over) {
				int number = this.exchanged.get() + 1;
				assertThat(this.line.exchange(number)).isEqualTo(Integer.toString(number));
				this.exchanged.set(number);
				LockSupport.parkNanos(PAUSE.toNanos());
			}
			this.line.end();
		}
		catch (Exception | AssertionError ex) {
			this.broken = ex;
		}
	}

	/**
	 * Waits until it has gone on for a while.
	 */
	void awaitMore() {
		int before = this.exchanged.get();
		await(this.name).until(() -> this.broken != null || this.exchanged.get() >= before + MORE);
		assertThat(this.broken).as("%s after %d messages", this.name, this.exchanged.get()).isNull();
	}

	/**
	 * Ends it in order, which must be an end to the other side as well, with nothing left
	 * unsaid.
	 */
	void end() {
		this.over = true;
		await(this.name).until(() -> !this.thread.isAlive());
		assertThat(this.broken).as("%s after %d messages", this.name, this.exchanged.get()).isNull();
	}

	/**
	 * Something that messages come over.
	 */
	interface Line {

		/**
		 * Sends a number, if it is a line that one sends on, and takes the next message.
		 */
		String exchange(int number) throws Exception;

		/**
		 * Ends the conversation.
		 * @throws Exception if the other side has said more than it was asked
		 */
		void end() throws Exception;

	}

}
