package dev.holdfast.proxy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * Streams a backend's answer to the client, no faster than the client takes it. The head
 * is held back until the body's first bytes, so that a small answer is one write.
 */
final class AnswerRelay {

	private static final Buffer NOTHING = Buffer.buffer();

	private final Attempt attempt;

	private final HttpClientResponse answer;

	private final HttpServerResponse client;

	private final ExchangeClock clock;

	private final long contentLength;

	/** The body's first bytes, while more may come in the same packet. */
	private @Nullable Buffer held;

	private boolean blocked;

	private boolean ended;

	/**
	 * Prepares to stream.
	 * @param clock hears of every byte
	 * @param contentLength the body's length, -1 when it is not known
	 */
	AnswerRelay(Attempt attempt, HttpClientResponse answer, HttpServerResponse client, ExchangeClock clock,
			long contentLength) {
		this.attempt = attempt;
		this.answer = answer;
		this.client = client;
		this.clock = clock;
		this.contentLength = contentLength;
	}

	/**
	 * Starts to stream.
	 * @param exchange gives the time at which a packet has been read to its end
	 */
	void start(Exchange exchange) {
		this.answer.exceptionHandler(this::onFailure);
		this.answer.handler(this::onChunk);
		this.answer.endHandler((end) -> onEnd());
		if (this.contentLength < 0) {
			exchange.defer(this::flush);
		}
	}

	private void onChunk(Buffer chunk) {
		if (this.ended) {
			return;
		}
		this.clock.progress();
		if (!this.client.headWritten() && this.held == null
				&& (this.contentLength < 0 || this.contentLength == chunk.length())) {
			this.held = chunk;
			return;
		}
		flushHeld();
		write(chunk);
	}

	/**
	 * Sends what is there: what comes next may be long in coming.
	 */
	private void flush() {
		if (this.ended) {
			return;
		}
		if (this.held == null && !this.client.headWritten()) {
			this.held = NOTHING;
		}
		flushHeld();
	}

	private void flushHeld() {
		if (this.held != null) {
			Buffer chunk = this.held;
			this.held = null;
			write(chunk);
		}
	}

	private void write(Buffer chunk) {
		this.client.write(chunk);
		if (this.client.writeQueueFull() && !this.blocked) {
			this.blocked = true;
			this.clock.block();
			this.answer.pause();
			this.attempt.onPaused();
			this.client.drainHandler((drained) -> unblock());
		}
	}

	private void unblock() {
		if (this.blocked && !this.ended) {
			this.blocked = false;
			this.clock.unblock();
			this.answer.resume();
			if (!this.blocked) {
				this.attempt.onResumed();
			}
		}
	}

	private void onEnd() {
		if (!this.ended) {
			this.ended = true;
			this.attempt.onAnswered((this.held != null) ? this.held : NOTHING);
		}
	}

	private void onFailure(Throwable failure) {
		if (!this.ended) {
			this.ended = true;
			this.attempt.onAnswerBroken(failure);
		}
	}

	/**
	 * Stops, because the client has gone.
	 */
	void cancel() {
		this.ended = true;
		if (this.blocked) {
			// Vert.x forgets the buffers of a connection that is closed while it waits.
			this.answer.resume();
		}
	}

}
