package dev.holdfast.proxy;

import java.util.concurrent.TimeUnit;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;

/**
 * An answer that no client gets, because another instance is asked. A small one is read
 * to its end, which costs less than a new connection; a large or slow one is given up
 * with its connection, or its stream of a shared one.
 */
final class DiscardedAnswer extends Deadline {

	/** As much as is sent without waiting to be read, bytes. */
	private static final int MOST_READ = 64 * 1024;

	private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final BackendConnections connections;

	private final BackendConnection connection;

	private final HttpClientRequest request;

	private final HttpClientResponse answer;

	private final AnswerHeaders headers;

	private final Deadlines deadlines;

	private long read;

	private boolean ended;

	/**
	 * Prepares to discard an answer of which nothing but the head has come.
	 * @param connection carries it
	 * @param request what it answers
	 */
	DiscardedAnswer(BackendConnections connections, BackendConnection connection, HttpClientRequest request,
			HttpClientResponse answer, Deadlines deadlines) {
		this.connections = connections;
		this.connection = connection;
		this.request = request;
		this.answer = answer;
		this.headers = new AnswerHeaders(answer, MultiMap.caseInsensitiveMultiMap(), false);
		this.deadlines = deadlines;
	}

	/**
	 * Reads the rest.
	 * @param sent whether the instance has been sent the whole request, so that the
	 * connection can take another
	 */
	void discard(boolean sent) {
		this.answer.exceptionHandler((broken) -> giveUp());
		if (!sent || (hasContent() && this.headers.contentLength() > MOST_READ)) {
			giveUp();
			return;
		}
		this.answer.handler(this::onChunk);
		this.answer.endHandler((end) -> onEnd());
		this.deadlines.set(this, this.deadlines.in(LONGEST_NANOS));
	}

	private boolean hasContent() {
		return ResponseContent.isAllowed(this.request.getMethod().equals(HttpMethod.HEAD), this.answer.statusCode());
	}

	private void onChunk(Buffer chunk) {
		this.read += chunk.length();
		if (this.read > MOST_READ) {
			giveUp();
		}
	}

	private void onEnd() {
		if (end()) {
			this.connections.release(this.connection, this.headers, this.answer.version(), System.nanoTime());
		}
	}

	@Override
	void onDue(long now) {
		giveUp();
	}

	private void giveUp() {
		if (end()) {
			this.connection.giveUp(this.request);
			this.connections.release(this.connection, -1, System.nanoTime());
		}
	}

	private boolean end() {
		boolean first = !this.ended;
		this.ended = true;
		this.deadlines.cancel(this);
		return first;
	}

}
