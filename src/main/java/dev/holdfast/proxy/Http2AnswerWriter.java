package dev.holdfast.proxy;

import java.time.Duration;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * Writes an answer to a stream of HTTP/2, and leaves the other streams of the connection
 * alone: a client is sent off by GOAWAY.
 */
final class Http2AnswerWriter implements AnswerWriter {

	/** Tells a client that no more of its body is wanted. */
	private static final long NO_ERROR = 0x0;

	/** Tells a client that the answer is not whole. */
	private static final long INTERNAL_ERROR = 0x2;

	/** How long a client may take to notice that no more of its body is wanted. */
	private static final Duration LINGER = Duration.ofSeconds(1);

	private final EventLoopServer server;

	private final HttpServerRequest request;

	private final HttpServerResponse response;

	private final ClientConnection connection;

	Http2AnswerWriter(EventLoopServer server, HttpServerRequest request, ClientConnection connection) {
		this.server = server;
		this.request = request;
		this.response = request.response();
		this.connection = connection;
	}

	/**
	 * A client takes as much at a time as its window says, or nothing.
	 */
	@Override
	public long untaken() {
		return 0;
	}

	@Override
	public Future<Void> write(Buffer chunk) {
		sendHeadAhead();
		return this.response.write(chunk);
	}

	/**
	 * Vert.x would have the head wait with the body for the client to open its window.
	 */
	private void sendHeadAhead() {
		if (!this.response.headWritten() && !this.connection.frames().isWritable(this.request.streamId())) {
			this.response.writeHead();
		}
	}

	@Override
	public void finish(Buffer rest, @Nullable RequestBody body) {
		Future<Void> sent = end(rest);
		if (body != null && !body.isEnded()) {
			if (!body.isNearlyEnded() || body.expectsContinue()) {
				// Not at once: a client that still sends may take a reset for the
				// answer's failure, but one that has read the answer stops by itself.
				sent.onComplete((done) -> this.server.after(LINGER.toNanos(), () -> stopUpload(body)));
			}
			body.discard();
		}
	}

	private Future<Void> end(Buffer rest) {
		if (rest.length() == 0) {
			// With its head, if that is still to come: to gRPC the two are not alike.
			return this.response.end();
		}
		sendHeadAhead();
		return this.response.end(rest);
	}

	private void stopUpload(RequestBody body) {
		if (!body.isEnded()) {
			this.response.reset(NO_ERROR);
		}
	}

	@Override
	public boolean prepareTrailers(boolean hasLength) {
		return true;
	}

	@Override
	public void closeAfterwards() {
	}

	@Override
	public void hangUp() {
	}

	@Override
	public void abort() {
		this.response.reset(INTERNAL_ERROR);
	}

}
