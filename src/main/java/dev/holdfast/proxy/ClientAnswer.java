package dev.holdfast.proxy;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * The answer that a client gets, from its head to what becomes of the client's connection
 * or stream.
 */
final class ClientAnswer {

	/** Tells an HTTP/2 client that no more of its body is wanted. */
	private static final long NO_ERROR = 0x0;

	/** Tells an HTTP/2 client that the answer is not whole. */
	private static final long INTERNAL_ERROR = 0x2;

	private final EventLoopServer server;

	private final HttpServerRequest request;

	private final HttpServerResponse response;

	private final boolean http2;

	private boolean closing;

	ClientAnswer(EventLoopServer server, HttpServerRequest request) {
		this.server = server;
		this.request = request;
		this.response = request.response();
		this.http2 = request.version() == HttpVersion.HTTP_2;
	}

	/**
	 * Takes over the head of a backend's answer.
	 */
	AnswerHeaders begin(HttpClientResponse answer) {
		this.response.setStatusCode(answer.statusCode());
		if (!this.response.getStatusMessage().equals(answer.statusMessage())) {
			this.response.setStatusMessage(answer.statusMessage());
		}
		AnswerHeaders headers = new AnswerHeaders(answer, this.response.headers());
		// An HTTP/1.0 client knows the end of an answer without length by the
		// connection's end alone.
		if (this.server.isShuttingDown()
				|| (headers.contentLength() < 0 && this.request.version() == HttpVersion.HTTP_1_0)) {
			closeAfterwards();
		}
		return headers;
	}

	/**
	 * Answers with an error of the gateway's own.
	 * @param close whether the connection cannot be used any more
	 */
	void fail(GatewayError error, String requestId, boolean close, @Nullable RequestBody body) {
		Buffer problem = error.prepare(this.response, requestId);
		if (close || this.server.isShuttingDown()) {
			closeAfterwards();
		}
		finish(problem, body);
	}

	/**
	 * Sends the end of the answer.
	 * @param rest what of it is still to be sent
	 * @param body what the client may have yet to send: a little is read, but over much
	 * the connection is closed
	 */
	void finish(Buffer rest, @Nullable RequestBody body) {
		if (this.http2) {
			finishStream(rest, body);
			return;
		}
		if (body != null && !body.isEnded()) {
			if (!body.isNearlyEnded() || body.expectsContinue()) {
				closeAfterwards();
			}
			body.discard();
		}
		if (this.closing) {
			// Not before: from here on the connection has little time left.
			Connections.closeAfterAnswer(this.request.connection());
		}
		Future<Void> sent = this.response.end(rest);
		if (this.closing) {
			sent.onComplete((done) -> Connections.endOutput(this.request.connection()));
		}
	}

	/**
	 * Ends the connection behind an answer that has been sent: nothing that comes on it
	 * can be understood any more.
	 */
	void hangUp() {
		if (!this.closing) {
			this.closing = true;
			Connections.closeAfterAnswer(this.request.connection());
			Connections.endOutput(this.request.connection());
		}
	}

	private void finishStream(Buffer rest, @Nullable RequestBody body) {
		// An answer without body must end with its head: to gRPC the two are not alike.
		Future<Void> sent = (rest.length() == 0) ? this.response.end() : this.response.end(rest);
		if (body != null && !body.isEnded()) {
			if (!body.isNearlyEnded() || body.expectsContinue()) {
				sent.onComplete((done) -> this.response.reset(NO_ERROR));
			}
			body.discard();
		}
	}

	private void closeAfterwards() {
		if (this.http2) {
			// Other streams go on, and a client is sent off by GOAWAY.
			return;
		}
		this.closing = true;
		if (!this.response.headWritten()) {
			this.response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
		}
	}

	/**
	 * Takes back the head of an answer of which no byte has been sent.
	 * @return whether that was possible
	 */
	boolean withdraw() {
		if (this.response.headWritten()) {
			return false;
		}
		this.response.headers().clear();
		return true;
	}

	/**
	 * Breaks an answer off, so that the client cannot take it for whole.
	 */
	void abort() {
		if (this.http2) {
			this.response.reset(INTERNAL_ERROR);
		}
		else {
			Connections.reset(this.request.connection());
		}
	}

}
