package dev.holdfast.proxy;

import java.util.Objects;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import dev.holdfast.route.BackendSecurity;
import dev.holdfast.service.Endpoint;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.UpstreamInstance;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import org.jspecify.annotations.Nullable;

/**
 * One try of a request on one instance, from the choice of the instance to the end of its
 * answer.
 */
final class Attempt {

	private static final int SWITCHING_PROTOCOLS = 101;

	private final Exchange exchange;

	private final Tries tries;

	private final BackendConnections connections;

	private final Deadlines deadlines;

	private final UpstreamInstance instance;

	private final long startedAt;

	private @Nullable BackendConnection connection;

	private @Nullable BackendRequest request;

	private @Nullable AnswerHeaders headers;

	private @Nullable HttpClientResponse answer;

	private @Nullable AnswerRelay relay;

	/** The state of the instance that the result is of. */
	private long mark;

	private boolean ended;

	Attempt(Exchange exchange, Tries tries, BackendConnections connections, Deadlines deadlines,
			UpstreamInstance instance) {
		this.exchange = exchange;
		this.tries = tries;
		this.connections = connections;
		this.deadlines = deadlines;
		this.instance = instance;
		this.startedAt = System.nanoTime();
	}

	void start() {
		this.mark = this.instance.start();
		Endpoint endpoint = this.instance.origin();
		WireProtocol protocol = WireProtocol.of(this.exchange.match().policy().protocol(), endpoint.scheme());
		BackendSecurity security = this.exchange.match().policy().security();
		if (protocol == WireProtocol.NEGOTIATED && this.exchange.answer().offered() != null) {
			protocol = WireProtocol.HTTP1;
		}
		BackendConnection idle = this.connections.take(endpoint, protocol, security);
		// What may not be done twice must not go where it would get no answer.
		while (idle != null && !this.exchange.request().isRepeatable() && idle.isStale()) {
			this.connections.discard(idle);
			idle = this.connections.take(endpoint, protocol, security);
		}
		if (idle != null) {
			use(idle);
		}
		else {
			this.connections.connect(endpoint, protocol, security).onComplete(this::onConnected);
		}
	}

	private void onConnected(@Nullable BackendConnection made, @Nullable Throwable failure) {
		if (this.ended) {
			if (made != null) {
				this.connections.release(made, -1, System.nanoTime());
			}
		}
		else if (made != null) {
			use(made);
		}
		else {
			failToConnect(failure);
		}
	}

	private void use(BackendConnection connection) {
		this.connection = connection;
		connection.request().onComplete(this::onRequest);
	}

	private void onRequest(@Nullable BackendRequest request, @Nullable Throwable failure) {
		if (request == null) {
			if (this.connection != null) {
				this.connections.release(this.connection, -1, System.nanoTime());
			}
			failToConnect(failure);
			return;
		}
		request.exceptionHandler((broken) -> {
			// The future of the answer fails as well.
		});
		this.request = request;
		if (this.ended) {
			giveUp();
			return;
		}
		request.response().onComplete(this::onAnswer);
		if (this.exchange.request().takesHints()) {
			request.earlyHintsHandler(this::onEarlyHints);
		}
		if (this.exchange.request().expectsContinue()) {
			request.continueHandler((leave) -> this.exchange.answer().permitBody());
		}
		this.exchange.send(request, this.instance.instance().endpoint());
	}

	private void onEarlyHints(MultiMap hints) {
		if (!this.ended) {
			this.exchange.answer().hint(hints);
		}
	}

	private void onAnswer(@Nullable HttpClientResponse answer, @Nullable Throwable failure) {
		if (this.ended) {
			return;
		}
		if (answer == null) {
			onNoAnswer(failure);
		}
		else if (answer.statusCode() < 200) {
			onSwitch(answer);
		}
		else {
			UpstreamInstance better = isGatewayError(answer) ? this.tries.chooseBetter() : null;
			if (better != null) {
				discard(answer, better);
			}
			else {
				relay(answer);
			}
		}
	}

	/**
	 * Whether an instance answers that it, or what is behind it, cannot serve now: 502,
	 * 503 or 504 (RFC 9110, section 15.6).
	 */
	private static boolean isGatewayError(HttpClientResponse answer) {
		return answer.statusCode() >= 502 && answer.statusCode() <= 504;
	}

	private void discard(HttpClientResponse answer, UpstreamInstance better) {
		boolean sent = this.exchange.request().isSent();
		// Before the answer is given up: what of the body could not be sent must not let
		// the client send more than is kept.
		this.exchange.request().recall();
		end(Outcome.SERVER_ERROR);
		new DiscardedAnswer(this.connections, Objects.requireNonNull(this.connection),
				Objects.requireNonNull(this.request), answer, this.deadlines)
			.discard(sent);
		this.tries.onAnswerDiscarded(better);
	}

	private void onNoAnswer(@Nullable Throwable failure) {
		SSLException tls = TlsFailures.of(failure);
		if (tls instanceof SSLHandshakeException && this.connection != null && !this.connection.isReused()) {
			// With TLS 1.3 an instance refuses the gateway's certificate only after the
			// handshake has ended for the gateway, and reads nothing of the request.
			giveUp();
			failToConnect(tls);
		}
		else if (failure != null && isRefusal(failure)) {
			refuse();
		}
		else {
			boolean blamed = isBlamed(failure) && !isClosedBetweenRequests(failure);
			fail(BackendFailures.error(failure), blamed ? Outcome.BROKEN : Outcome.CANCELLED);
		}
	}

	/**
	 * Whether an instance is to blame for a failure: not for what its client's deadline
	 * has ended, and once for a connection that broke with many requests on it.
	 */
	private boolean isBlamed(@Nullable Throwable failure) {
		if (this.exchange.clock().isOverdue()) {
			return false;
		}
		return this.connection == null || !this.connection.isShared() || !BackendFailures.isOfConnection(failure)
				|| this.connection.isFirstToBreak();
	}

	/**
	 * Whether an instance has closed an idle connection at the moment at which the
	 * request was sent on it, as it may (RFC 9112, section 9.5).
	 */
	private boolean isClosedBetweenRequests(@Nullable Throwable failure) {
		return this.connection != null && !this.connection.isShared() && this.connection.isReused()
				&& BackendFailures.isOfConnection(failure);
	}

	/**
	 * A switch of protocols has come, or an interim answer unknown to Vert.x.
	 */
	private void onSwitch(HttpClientResponse answer) {
		answer.exceptionHandler((broken) -> {
			// Reset below, or no more of HTTP.
		});
		ProtocolSwitch offered = this.exchange.answer().offered();
		if (answer.statusCode() == SWITCHING_PROTOCOLS && offered != null && offered.isTakenBy(answer)
				&& this.connection != null && !this.connection.isShared()) {
			this.instance.succeed(this.mark);
			this.exchange.onSwitched(answer, this, this.connection.channel());
		}
		else {
			fail(GatewayError.BAD_ANSWER, Outcome.BROKEN);
		}
	}

	private void relay(HttpClientResponse answer) {
		this.answer = answer;
		this.headers = this.exchange.onAnswer(answer);
		if (this.headers.isEventStream() && answer.statusCode() < 500) {
			onStreamBegun();
		}
		this.relay = new AnswerRelay(this, Objects.requireNonNull(this.connection), answer, this.exchange.answer(),
				this.exchange.clock(), this.headers.contentLength(),
				this.exchange.answer().isGrpc() ? new GrpcMessages() : null);
		this.relay.start(this.exchange);
	}

	/**
	 * The answer has come so far that it is a success, though its end may be hours away:
	 * the circuit breaker must not wait for it.
	 */
	void onStreamBegun() {
		this.instance.succeed(this.mark);
		this.tries.end(Outcome.SUCCESS);
	}

	/**
	 * The answer has arrived whole.
	 * @param rest what of it is still to be sent to the client
	 */
	void onAnswered(Buffer rest) {
		if (this.connection == null || this.headers == null || this.answer == null) {
			throw new IllegalStateException("answer: before the request was sent");
		}
		if (!this.exchange.request().isSent()) {
			giveUp();
		}
		else {
			this.connections.release(this.connection, this.headers, this.answer.version(), System.nanoTime());
		}
		MultiMap trailers = this.answer.trailers();
		AnswerVerdict verdict = AnswerVerdict.of(this.answer.statusCode(),
				this.exchange.answer().isGrpc() ? GrpcCall.status(this.answer.headers(), trailers) : "");
		end(verdict.answered(), verdict.blamed());
		this.exchange.onAnswered(rest, trailers, verdict.blamed());
	}

	/**
	 * The answer broke off after its head.
	 */
	void onAnswerBroken(Throwable failure) {
		if (!this.ended) {
			giveUp();
			end(Outcome.BROKEN, isBlamed(failure) ? Outcome.BROKEN : Outcome.CANCELLED);
			this.exchange.onAnswerBroken(BackendFailures.error(failure));
		}
	}

	/**
	 * Whether the answer has been read to the end, so that it will be handed on to the
	 * end as well.
	 */
	boolean isAnswered() {
		return this.connection != null && this.connection.isAnswered();
	}

	/**
	 * Ends a gRPC call that has many answers.
	 */
	void stopStream() {
		if (this.relay != null) {
			this.relay.stopStream();
		}
	}

	/**
	 * The gateway has ended a gRPC call that has many answers.
	 */
	void onStreamEnded() {
		cancel(Outcome.SUCCESS);
		this.exchange.onStreamEnded();
	}

	/**
	 * The tunnel that the answer opened has been closed.
	 * @param error what broke it, {@code null} when it was closed in order
	 */
	void onTunnelClosed(@Nullable GatewayError error) {
		giveUp();
		end((error == null) ? Outcome.SUCCESS : Outcome.BROKEN);
		this.exchange.onTunnelClosed(error);
	}

	private void failToConnect(@Nullable Throwable failure) {
		if (!this.ended) {
			this.instance.explain(BackendFailures.explain(failure));
			end(Outcome.CONNECT_FAILURE);
			this.tries.onConnectFailed(BackendFailures.connectFailure(failure).reason());
		}
	}

	private void refuse() {
		giveUp();
		end(Outcome.BROKEN, Outcome.CANCELLED);
		this.tries.onRefused(GatewayError.BACKEND_RESET, Outcome.BROKEN);
	}

	/**
	 * The try has come to no answer.
	 * @param blamed how it ended as far as the instance is to blame
	 */
	private void fail(GatewayError error, Outcome blamed) {
		boolean reused = this.connection != null && this.connection.isReused();
		giveUp();
		end(Outcome.BROKEN, blamed);
		this.tries.onBroken(error, Outcome.BROKEN, reused);
	}

	/**
	 * Gives up, whatever it waits for. The backend learns of it at once.
	 */
	void cancel(Outcome outcome) {
		if (!this.ended) {
			if (this.relay != null) {
				this.relay.cancel();
			}
			end(outcome);
			giveUp();
		}
	}

	private void giveUp() {
		if (this.connection != null && this.request != null) {
			this.connection.giveUp(this.request);
			this.connections.release(this.connection, -1, System.nanoTime());
		}
	}

	private void end(Outcome outcome) {
		end(outcome, outcome);
	}

	/**
	 * Ends the try.
	 * @param outcome how it ended
	 * @param blamed how it ended as far as the instance is to blame
	 */
	private void end(Outcome outcome, Outcome blamed) {
		this.ended = true;
		this.instance.end(blamed, this.mark);
		this.tries.onTryEnded(outcome, System.nanoTime() - this.startedAt);
	}

	/**
	 * Whether the instance has done nothing for the request: it said so, or never heard
	 * of it.
	 */
	private boolean isRefusal(Throwable failure) {
		return BackendFailures.isRefusedStream(failure) || (failure instanceof HttpClosedException
				&& this.connection != null && this.request != null && this.connection.neverSaw(this.request));
	}

}
