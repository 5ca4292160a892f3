package dev.holdfast.proxy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * The answer that a client gets, from its head to what becomes of the client's
 * connection.
 */
final class ClientAnswer {

	private final EventLoopServer server;

	private final HttpServerRequest request;

	private final HttpServerResponse response;

	private boolean closing;

	ClientAnswer(EventLoopServer server, HttpServerRequest request) {
		this.server = server;
		this.request = request;
		this.response = request.response();
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
		this.response.end(rest);
	}

	private void closeAfterwards() {
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
		Connections.reset(this.request.connection());
	}

}
