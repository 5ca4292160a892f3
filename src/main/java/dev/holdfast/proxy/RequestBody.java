package dev.holdfast.proxy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Streams a request's body to the backend of the current try, no faster than the backend
 * takes it. While there is no backend, the client is not read.
 */
final class RequestBody implements BodySource {

	/** How much of a request's body is kept for another try, bytes. */
	static final int MOST_KEPT = 64 * 1024;

	private final Exchange exchange;

	private final HttpServerRequest client;

	private final long contentLength;

	private final boolean expectsContinue;

	private final long mostSize;

	private final BodySource source;

	private @Nullable BackendRequest backend;

	/** Of the current backend, {@code null} until something is written to it. */
	private @Nullable Backlog backlog;

	/** What was received so far, {@code null} when it is not kept. */
	private @Nullable Buffer kept;

	/** The last chunk, held back so that it goes out together with the end. */
	private @Nullable Buffer held;

	private long received;

	private boolean headSent;

	private boolean ended;

	private boolean discarded;

	/**
	 * Takes hold of a body.
	 * @param head the request's head
	 * @param source what brings it
	 * @param mostSize how large it may be, bytes; 0 for any size
	 */
	RequestBody(Exchange exchange, HttpServerRequest client, RequestHead head, BodySource source, long mostSize) {
		this.exchange = exchange;
		this.client = client;
		this.contentLength = head.contentLength();
		this.expectsContinue = head.expectsContinue();
		this.mostSize = mostSize;
		this.kept = (this.contentLength <= MOST_KEPT) ? Buffer.buffer() : null;
		this.source = source;
		pause();
		client.handler(this::onChunk);
		client.endHandler((end) -> onEnd());
	}

	/**
	 * Sends what was received, and then what is, to a backend whose header fields are
	 * complete.
	 * @param sendHead whether the client waits for the backend's leave, so that the head
	 * must not wait for the body
	 */
	void sendTo(BackendRequest backend, boolean sendHead) {
		this.backend = backend;
		this.headSent = sendHead;
		if (this.contentLength < 0) {
			backend.setChunked(true);
		}
		if (sendHead) {
			backend.writeHead();
		}
		Buffer replay = this.kept;
		if (this.received > 0 && replay != null) {
			replay = replay.copy();
			this.held = null;
			if (!this.ended) {
				write(replay);
			}
			else {
				this.headSent = true;
				backend.finish(replay, this.exchange.trailers());
			}
		}
		else if (this.ended) {
			backend.finish(null, this.exchange.trailers());
		}
		if (!this.ended) {
			if (!isBlocked()) {
				resume();
			}
			// What the client sent in one packet with its head has not been seen yet.
			this.exchange.defer(this::sendHead);
		}
	}

	private void sendHead() {
		if (this.backend != null && !this.headSent && !this.ended) {
			this.headSent = true;
			this.backend.writeHead();
		}
	}

	private void onChunk(Buffer chunk) {
		this.received += chunk.length();
		if (this.discarded) {
			return;
		}
		if (this.mostSize > 0 && this.received > this.mostSize) {
			this.exchange.onBodyTooLarge();
			return;
		}
		this.exchange.clock().progressInRequest();
		if (this.kept != null) {
			this.kept = (this.received <= MOST_KEPT) ? this.kept.appendBuffer(chunk) : null;
		}
		if (this.received == this.contentLength) {
			this.held = chunk;
		}
		else {
			write(chunk);
		}
	}

	private void write(Buffer chunk) {
		if (this.backend == null) {
			return;
		}
		this.headSent = true;
		if (this.backlog == null) {
			this.backlog = new Backlog(this);
		}
		this.backlog.add(chunk.length(), this.backend.write(chunk));
	}

	private boolean isBlocked() {
		return this.backlog != null && this.backlog.isFull();
	}

	@Override
	public void pause() {
		this.client.pause();
		this.source.pause();
	}

	@Override
	public void resume() {
		this.source.resume();
		this.client.resume();
	}

	private void onEnd() {
		this.ended = true;
		if (!this.discarded) {
			this.exchange.clock().endRequest();
		}
		if (this.backend == null) {
			return;
		}
		Buffer last = this.held;
		this.held = null;
		if (this.contentLength >= 0) {
			this.backend.finish(last);
		}
		else {
			this.backend.finish(last, this.exchange.trailers());
		}
	}

	/**
	 * Keeps nothing any more: there will be no other try.
	 */
	void forget() {
		this.kept = null;
	}

	/**
	 * Stops sending, because the try has failed.
	 */
	void detach() {
		leaveBackend();
		if (!this.ended && !this.discarded) {
			pause();
		}
	}

	/**
	 * Reads the rest, if any, and forgets it: the answer is there already.
	 */
	void discard() {
		leaveBackend();
		this.discarded = true;
		if (!this.ended) {
			resume();
		}
	}

	private void leaveBackend() {
		this.backend = null;
		if (this.backlog != null) {
			this.backlog.abandon();
			this.backlog = null;
		}
	}

	/**
	 * Whether another backend can be sent the whole of it.
	 */
	boolean isRepeatable() {
		return this.received == 0 || this.kept != null;
	}

	/**
	 * Whether all of it has been received, and handed to the backend.
	 */
	boolean isEnded() {
		return this.ended;
	}

	/**
	 * Whether the gateway would read more of it if the client sent more.
	 */
	boolean isAwaited() {
		return !this.ended && !isBlocked() && this.backend != null;
	}

	/**
	 * Whether the client waits for the backend's leave before it sends any of it.
	 */
	boolean expectsContinue() {
		return this.expectsContinue && !this.ended;
	}

	/**
	 * Whether the rest is so little that reading it costs less than a new connection.
	 */
	boolean isNearlyEnded() {
		return this.ended || (this.contentLength >= 0 && this.contentLength - this.received <= MOST_KEPT);
	}

}
