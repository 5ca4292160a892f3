package dev.holdfast.proxy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
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

	/** Tells an HTTP/2 client that no more of its body is wanted. */
	private static final long NO_ERROR = 0x0;

	/** How long a client may take to notice that no more of its body is wanted. */
	private static final Duration LINGER = Duration.ofSeconds(1);

	private static final int NO_CONTENT = 204;

	private static final int NOT_MODIFIED = 304;

	/** Tells an HTTP/2 client that the answer is not whole. */
	private static final long INTERNAL_ERROR = 0x2;

	private final EventLoopServer server;

	private final HttpServerRequest request;

	private final HttpServerResponse response;

	private final boolean http2;

	private @Nullable UpgradeHold hold;

	private final @Nullable GrpcCall grpc;

	private boolean hasLength;

	private boolean closing;

	private boolean permitted;

	ClientAnswer(EventLoopServer server, HttpServerRequest request) {
		this.server = server;
		this.request = request;
		this.response = request.response();
		this.http2 = request.version() == HttpVersion.HTTP_2;
		this.grpc = GrpcCall.of(request);
	}

	/**
	 * What of the request is gRPC's, {@code null} when it is no such call.
	 */
	@Nullable GrpcCall grpc() {
		return this.grpc;
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
			closeAfterwards();
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
		return new AnswerHeaders(answer, this.response.headers());
	}

	/**
	 * Holds back what the client sends behind its request until a backend has taken or
	 * declined the protocols that it offers.
	 */
	void awaitSwitch() {
		this.hold = UpgradeHold.begin(Connections.channel(this.request.connection()));
	}

	/**
	 * Whether the connection can be switched. To be asked when all that came in one
	 * packet has been seen.
	 */
	boolean canSwitch() {
		return this.hold != null && this.hold.isHolding();
	}

	/**
	 * Goes on with HTTP.
	 */
	void declineSwitch() {
		UpgradeHold declined = this.hold;
		if (declined == null) {
			return;
		}
		this.hold = null;
		if (declined.isEmpty()) {
			declined.resume(this.server.requestDecoder());
		}
		else {
			declined.discard();
			closeAfterwards();
		}
	}

	/**
	 * Takes over the head of a backend's answer that switches protocols, and leaves HTTP.
	 * @param attempt hears of the tunnel's end
	 * @param backend the backend's connection
	 */
	void switchProtocols(HttpClientResponse answer, Attempt attempt, Channel backend) {
		UpgradeHold held = this.hold;
		if (held == null) {
			throw new IllegalStateException("switch: nothing was offered");
		}
		this.hold = null;
		takeHead(answer);
		MultiMap fields = this.response.headers();
		fields.remove(HttpHeaders.CONTENT_LENGTH);
		fields.set(HttpHeaders.CONNECTION, HttpHeaders.UPGRADE);
		fields.set(HttpHeaders.UPGRADE, answer.getHeader(HttpHeaders.UPGRADE));
		Tunnel tunnel = new Tunnel(attempt, Connections.channel(this.request.connection()), backend,
				this.server.tunnels());
		tunnel.begin(head(), held);
	}

	private ByteBuf head() {
		StringBuilder head = new StringBuilder("HTTP/1.1 ").append(this.response.getStatusCode())
			.append(' ')
			.append(this.response.getStatusMessage())
			.append("\r\n");
		this.response.headers().forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
		return Unpooled.copiedBuffer(head.append("\r\n"), StandardCharsets.ISO_8859_1);
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
		Buffer problem = error.prepare(this.response, requestId);
		declineSwitch();
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
		boolean first = !this.response.headWritten();
		Future<Void> sent = (rest.length() == 0) ? this.response.end() : this.response.end(rest);
		if (first) {
			sendHead();
		}
		if (body != null && !body.isEnded()) {
			if (!body.isNearlyEnded() || body.expectsContinue()) {
				// Not at once: a client that still sends may take a reset for the
				// answer's
				// failure, but one that has read the answer stops by itself.
				sent.onComplete((done) -> this.server.after(LINGER.toNanos(), () -> stopUpload(body)));
			}
			body.discard();
		}
	}

	/**
	 * Sees to it that the head, which has been written with the first of the body, does
	 * not wait for the rest.
	 */
	void sendHead() {
		if (this.http2) {
			Http2Windows.sendHead(this.request);
		}
	}

	private void stopUpload(RequestBody body) {
		if (!body.isEnded()) {
			this.response.reset(NO_ERROR);
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
	 * Sends the end of a backend's answer.
	 * @param rest what of it is still to be sent
	 * @param body what the client may have yet to send
	 * @param trailers the answer's trailers
	 */
	void finish(Buffer rest, @Nullable RequestBody body, MultiMap trailers) {
		if (!trailers.isEmpty() && takesTrailers()) {
			Trailers.copy(trailers, this.response.trailers());
		}
		finish(rest, body);
	}

	/**
	 * Whether the answer is framed in a way that has trailers.
	 */
	private boolean takesTrailers() {
		if (this.http2) {
			return true;
		}
		if (this.hasLength || this.request.version() == HttpVersion.HTTP_1_0
				|| this.request.method().equals(HttpMethod.HEAD) || this.response.getStatusCode() == NO_CONTENT
				|| this.response.getStatusCode() == NOT_MODIFIED) {
			return false;
		}
		if (!this.response.headWritten()) {
			this.response.setChunked(true);
		}
		return true;
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
	 * Ends a gRPC call behind its last message.
	 * @param error why
	 * @param body what the client may have yet to send
	 */
	void endCall(GatewayError error, @Nullable RequestBody body) {
		GrpcCall.write(error, this.response.trailers());
		finishStream(NOTHING, body);
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
		else if (this.http2) {
			this.response.reset(INTERNAL_ERROR);
		}
		else {
			Connections.reset(this.request.connection());
		}
	}

}
