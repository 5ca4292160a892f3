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

	/** {@code null} when it is no gRPC call. */
	private final @Nullable GrpcMessages messages;

	/** The body's first bytes, while more may come in the same packet. */
	private @Nullable Buffer held;

	/** Whether the message that is on its way is to be the last. */
	private boolean ending;

	private boolean blocked;

	private boolean ended;

	/**
	 * Prepares to stream.
	 * @param clock hears of every byte
	 * @param contentLength the body's length, -1 when it is not known
	 * @param messages sees where messages end, {@code null} when it is no gRPC call
	 */
	AnswerRelay(Attempt attempt, HttpClientResponse answer, HttpServerResponse client, ExchangeClock clock,
			long contentLength, @Nullable GrpcMessages messages) {
		this.attempt = attempt;
		this.answer = answer;
		this.client = client;
		this.clock = clock;
		this.contentLength = contentLength;
		this.messages = messages;
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
		if (this.messages == null) {
			pass(chunk);
			return;
		}
		int end = this.messages.take(chunk);
		if (this.ending && end >= 0) {
			pass(chunk.getBuffer(0, end));
			endStream();
		}
		else {
			pass(chunk);
		}
	}

	private void pass(Buffer chunk) {
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
		boolean first = !this.client.headWritten();
		this.client.write(chunk);
		if (first) {
			this.attempt.onHeadWritten();
		}
		if (this.client.writeQueueFull() && !this.blocked) {
			this.blocked = true;
			this.clock.block();
			this.answer.pause();
			this.client.drainHandler((drained) -> unblock());
		}
	}

	private void unblock() {
		if (this.blocked && !this.ended) {
			this.blocked = false;
			this.clock.unblock();
			this.answer.resume();
		}
	}

	/**
	 * Ends a gRPC call that has many answers behind the one that is on its way. Does
	 * nothing to a call that has one. To be asked from time to time.
	 */
	void stopStream() {
		if (this.messages != null && !this.ended && this.messages.isStream()) {
			this.ending = true;
			if (this.messages.isBetween()) {
				endStream();
			}
		}
	}

	private void endStream() {
		flushHeld();
		this.ended = true;
		this.attempt.onStreamEnded();
	}

	private void onEnd() {
		if (!this.ended) {
			this.ended = true;
			this.attempt.onAnswered((this.held != null) ? this.held : NOTHING);
		}
	}

	private void onFailure(Throwable failure) {
		// What breaks behind the answer's end breaks the request at most.
		if (!this.ended && !this.attempt.isAnswered()) {
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
