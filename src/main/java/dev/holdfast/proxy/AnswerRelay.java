package dev.holdfast.proxy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/**
 * Streams a backend's answer to the client, no faster than the client takes it. The head
 * is held back until the body's first bytes, so that a small answer is one write.
 */
final class AnswerRelay implements BodySource {

	private static final int OK = 200;

	private static final Buffer NOTHING = Buffer.buffer();

	private final Attempt attempt;

	private final BackendConnection connection;

	private final HttpClientResponse answer;

	private final ClientAnswer client;

	private final ExchangeClock clock;

	private final long contentLength;

	private final boolean hasContent;

	/** {@code null} when it is no gRPC call. */
	private final @Nullable GrpcMessages messages;

	/** The body's first bytes, while more may come in the same packet. */
	private @Nullable Buffer held;

	/** Whether a gRPC call has had a message for an answer. */
	private boolean begun;

	/** Whether the message that is on its way is to be the last. */
	private boolean ending;

	/** {@code null} until something is written that is not the answer's end. */
	private @Nullable Backlog backlog;

	/** What brings the answer, {@code null} until it has to wait. */
	private @Nullable BodySource source;

	private boolean ended;

	/**
	 * Prepares to stream.
	 * @param connection brings the answer
	 * @param clock hears of every byte
	 * @param contentLength the body's length, -1 when it is not known
	 * @param messages sees where messages end, {@code null} when it is no gRPC call
	 */
	AnswerRelay(Attempt attempt, BackendConnection connection, HttpClientResponse answer, ClientAnswer client,
			ExchangeClock clock, long contentLength, @Nullable GrpcMessages messages) {
		this.attempt = attempt;
		this.connection = connection;
		this.answer = answer;
		this.client = client;
		this.clock = clock;
		this.contentLength = contentLength;
		this.hasContent = ResponseContent.isAllowed(answer.request().getMethod().equals(HttpMethod.HEAD),
				answer.statusCode());
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
		if (this.contentLength < 0 && this.hasContent) {
			exchange.defer(this::flush);
		}
	}

	private void onChunk(Buffer chunk) {
		if (this.ended || !this.hasContent) {
			// HTTP/2 frames what an instance sends against the rules as well; to a client
			// that speaks HTTP/1.1, it would be the beginning of the next answer.
			return;
		}
		this.clock.progress();
		if (this.messages == null) {
			pass(chunk);
			return;
		}
		int end = this.messages.take(chunk);
		if (end >= 0 && !this.begun && this.answer.statusCode() == OK) {
			this.begun = true;
			this.attempt.onStreamBegun();
		}
		if (this.ending && end >= 0) {
			pass(chunk.getBuffer(0, end));
			endStream();
		}
		else {
			pass(chunk);
		}
	}

	private void pass(Buffer chunk) {
		if (!this.client.isBegun() && this.held == null
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
		if (this.held == null && !this.client.isBegun()) {
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
		if (this.backlog == null) {
			this.backlog = new Backlog(this);
		}
		this.backlog.add(chunk.length(), this.client.write(chunk));
	}

	@Override
	public void pause() {
		this.clock.block();
		this.answer.pause();
		source().pause();
	}

	@Override
	public void resume() {
		if (!this.ended) {
			this.clock.unblock();
			readOn();
		}
	}

	private void readOn() {
		source().resume();
		this.answer.resume();
	}

	private BodySource source() {
		if (this.source == null) {
			this.source = this.connection.bodyOf(this.answer.request());
		}
		return this.source;
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
		if (this.backlog != null && this.backlog.isFull()) {
			// Vert.x forgets the buffers of a connection that is closed while it waits.
			readOn();
		}
	}

}
