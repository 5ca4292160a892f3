package dev.holdfast.proxy;

import java.time.Duration;

import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
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

	private static final Buffer NOTHING = Buffer.buffer();

	private final EventLoopServer server;

	private final HttpServerRequest request;

	private final HttpServerResponse response;

	private final AnswerWriter writer;

	private @Nullable ProtocolSwitch offered;

	private final @Nullable GrpcCall grpc;

	private boolean hasLength;

	private boolean permitted;

	ClientAnswer(EventLoopServer server, HttpServerRequest request, ClientConnection connection) {
		this.server = server;
		this.request = request;
		this.response = request.response();
		this.writer = (request.version() == HttpVersion.HTTP_2) ? new Http2AnswerWriter(server, request, connection)
				: new Http1AnswerWriter(request);
		this.grpc = GrpcCall.of(request);
	}

	/**
	 * What of the request is gRPC's, {@code null} when it is no such call.
	 */
	@Nullable GrpcCall grpc() {
		return this.grpc;
	}

	/**
	 * Whether it is a gRPC call's.
	 */
	boolean isGrpc() {
		return this.grpc != null;
	}

	HttpServerResponse response() {
		return this.response;
	}

	/**
	 * What of it the client has not taken: a number that changes when it takes some.
	 */
	long untaken() {
		return this.writer.untaken();
	}

	/**
	 * Tells the client when to come again.
	 */
	void retryAfter(Duration time) {
		this.response.putHeader("Retry-After", Long.toString(time.toSeconds()));
	}

	/**
	 * Takes over the head of a backend's answer.
	 */
	AnswerHeaders begin(HttpClientResponse answer) {
		AnswerHeaders headers = takeHead(answer);
		declineSwitch();
		this.hasLength = headers.contentLength() >= 0;
		// An HTTP/1.0 client knows the end of an answer without length by the
		// connection's end alone.
		if (this.server.isShuttingDown()
				|| (headers.contentLength() < 0 && this.request.version() == HttpVersion.HTTP_1_0)) {
			this.writer.closeAfterwards();
		}
		return headers;
	}

	/**
	 * Passes on a backend's leave to send the body, once: it may be given without end.
	 */
	void permitBody() {
		if (!this.permitted) {
			this.permitted = true;
			this.response.writeContinue();
		}
	}

	/**
	 * Passes on what a backend says before its answer (RFC 8297), unless the client takes
	 * nothing: hints may come without end, and nobody has to have them.
	 */
	void hint(MultiMap hints) {
		if (isFull()) {
			return;
		}
		MultiMap fields = MultiMap.caseInsensitiveMultiMap();
		hints.forEach((name, value) -> {
			if (HeaderKind.of(name) == HeaderKind.ORDINARY) {
				fields.add(name, value);
			}
		});
		ConnectionOptions.drop(hints.get(HttpHeaders.CONNECTION), fields);
		this.response.writeEarlyHints(fields);
	}

	private boolean isFull() {
		return this.response.writeQueueFull() || !Connections.channel(this.request.connection()).isWritable();
	}

	private AnswerHeaders takeHead(HttpClientResponse answer) {
		this.response.setStatusCode(answer.statusCode());
		if (!this.response.getStatusMessage().equals(answer.statusMessage())) {
			this.response.setStatusMessage(answer.statusMessage());
		}
		return new AnswerHeaders(answer, this.response.headers(), this.request.version() != HttpVersion.HTTP_2);
	}

	/**
	 * Awaits a backend's word on the protocols that the client offers.
	 */
	void awaitSwitch(ProtocolOffer offer) {
		this.offered = new ProtocolSwitch(offer, this.request);
	}

	/**
	 * The switch that the client waits for, {@code null} when it is none or has been
	 * declined.
	 */
	@Nullable ProtocolSwitch offered() {
		return this.offered;
	}

	/**
	 * Goes on with HTTP.
	 */
	void declineSwitch() {
		ProtocolSwitch declined = this.offered;
		if (declined != null) {
			this.offered = null;
			if (!declined.decline(this.server.requestDecoder())) {
				this.writer.closeAfterwards();
			}
		}
	}

	/**
	 * Takes over the head of a backend's answer that switches protocols, and leaves HTTP.
	 * @param attempt hears of the tunnel's end
	 * @param backend the backend's connection
	 */
	void switchProtocols(HttpClientResponse answer, Attempt attempt, Channel backend) {
		ProtocolSwitch taken = this.offered;
		if (taken == null) {
			throw new IllegalStateException("switch: nothing was offered");
		}
		this.offered = null;
		takeHead(answer);
		taken.perform(answer, attempt, backend, this.server.tunnels());
	}

	/**
	 * Answers with an error of the gateway's own.
	 * @param close whether the connection cannot be used any more
	 */
	void fail(GatewayError error, String requestId, boolean close, @Nullable RequestBody body) {
		if (this.grpc != null) {
			this.grpc.fail(this.response, error);
			finish(NOTHING, body);
			return;
		}
		Buffer problem = ResponseContent.announce(error.prepare(this.response, requestId), this.request);
		declineSwitch();
		if (close || this.server.isShuttingDown()) {
			this.writer.closeAfterwards();
		}
		finish(problem, body);
	}

	/**
	 * Sends more of the answer.
	 * @return completed when it has been sent
	 */
	Future<Void> write(Buffer chunk) {
		return this.writer.write(chunk);
	}

	/**
	 * Whether the head has been sent.
	 */
	boolean isBegun() {
		return this.response.headWritten();
	}

	/**
	 * Sends the end of the answer.
	 * @param rest what of it is still to be sent
	 * @param body what the client may have yet to send: a little is read, and a client
	 * with more than that is stopped
	 */
	void finish(Buffer rest, @Nullable RequestBody body) {
		this.writer.finish(rest, body);
	}

	/**
	 * Ends the connection behind an answer that has been sent: nothing that comes on it
	 * can be understood any more.
	 */
	void hangUp() {
		this.writer.hangUp();
	}

	/**
	 * Sends the end of a backend's answer.
	 * @param rest what of it is still to be sent
	 * @param body what the client may have yet to send
	 * @param trailers the answer's trailers
	 */
	void finish(Buffer rest, @Nullable RequestBody body, MultiMap trailers) {
		if (!trailers.isEmpty() && this.writer.prepareTrailers(this.hasLength)) {
			Trailers.copy(trailers, this.response.trailers());
		}
		finish(rest, body);
	}

	/**
	 * Takes back the head of an answer of which no byte has been sent.
	 * @return whether that was possible
	 */
	boolean withdraw() {
		if (isBegun()) {
			return false;
		}
		this.response.headers().clear();
		return true;
	}

	/**
	 * Ends a gRPC call behind its last message.
	 * @param error why
	 * @param body what the client may have yet to send
	 */
	void endCall(GatewayError error, @Nullable RequestBody body) {
		GrpcCall.write(error, this.response.trailers());
		finish(NOTHING, body);
	}

	/**
	 * Breaks an answer off, so that the client cannot take it for whole.
	 * @param error why; gRPC has a place for it after the body
	 */
	void abort(GatewayError error) {
		if (this.grpc != null) {
			GrpcCall.write(error, this.response.trailers());
			this.response.end();
		}
		else {
			this.writer.abort();
		}
	}

}
