package dev.holdfast.proxy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import dev.holdfast.route.BackendSecurity;
import dev.holdfast.service.Endpoint;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.UpstreamInstance;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import org.jspecify.annotations.Nullable;

/**
 * One try of a request on one instance, from the choice of the instance to the end of its
 * answer.
 */
final class Attempt {

	private static final int SWITCHING_PROTOCOLS = 101;

	private final Exchange exchange;

	private final BackendConnections connections;

	private final UpstreamInstance instance;

	private final long startedAt;

	private @Nullable BackendConnection connection;

	private @Nullable BackendRequest request;

	private @Nullable AnswerHeaders headers;

	private @Nullable HttpClientResponse answer;

	private @Nullable AnswerRelay relay;

	private boolean ended;

	Attempt(Exchange exchange, BackendConnections connections, UpstreamInstance instance) {
		this.exchange = exchange;
		this.connections = connections;
		this.instance = instance;
		this.startedAt = System.nanoTime();
	}

	void start() {
		this.instance.start();
		Endpoint endpoint = this.instance.instance().endpoint();
		WireProtocol protocol = WireProtocol.of(this.exchange.policy().protocol(), endpoint.scheme());
		BackendSecurity security = this.exchange.policy().security();
		if (protocol == WireProtocol.NEGOTIATED && this.exchange.hasOffer()) {
			protocol = WireProtocol.HTTP1;
		}
		BackendConnection idle = this.connections.take(endpoint, protocol, security);
		// What may not be done twice must not go where it would get no answer.
		while (idle != null && !this.exchange.isRepeatable() && idle.isStale()) {
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
		this.exchange.send(request, this.instance.instance().endpoint());
	}

	private void onAnswer(@Nullable HttpClientResponse answer, @Nullable Throwable failure) {
		if (this.ended) {
			return;
		}
		SSLException tls = TlsFailures.of(failure);
		if (tls instanceof SSLHandshakeException && this.connection != null && !this.connection.isReused()) {
			// With TLS 1.3 an instance refuses the gateway's certificate only after the
			// handshake has ended for the gateway, and reads nothing of the request.
			giveUp();
			failToConnect(tls);
		}
		else if (answer == null && failure != null && isRefusal(failure)) {
			refuse();
		}
		else if (answer == null) {
			fail((failure != null && isBreak(failure)) ? GatewayError.BACKEND_RESET : GatewayError.BAD_ANSWER,
					Outcome.BROKEN);
		}
		else if (answer.statusCode() < 200) {
			// A switch of protocols, or an interim answer unknown to Vert.x.
			answer.exceptionHandler((broken) -> {
				// Reset below, or no more of HTTP.
			});
			if (answer.statusCode() == SWITCHING_PROTOCOLS && this.exchange.isOffered(answer) && this.connection != null
					&& !this.connection.isShared()) {
				this.exchange.onSwitched(answer, this, this.connection.channel());
			}
			else {
				fail(GatewayError.BAD_ANSWER, Outcome.BROKEN);
			}
		}
		else {
			relay(answer);
		}
	}

	private void relay(HttpClientResponse answer) {
		this.answer = answer;
		this.headers = this.exchange.onAnswer(answer);
		this.relay = new AnswerRelay(this, answer, this.exchange.response(), this.exchange.clock(),
				this.headers.contentLength(), this.exchange.isGrpc() ? new GrpcMessages() : null);
		this.relay.start(this.exchange);
	}

	/**
	 * The answer has arrived whole.
	 * @param rest what of it is still to be sent to the client
	 */
	void onAnswered(Buffer rest) {
		if (this.connection == null || this.headers == null || this.answer == null) {
			throw new IllegalStateException("answer: before the request was sent");
		}
		if (!this.exchange.isSent()) {
			giveUp();
		}
		else if (this.connection.isShared() || this.headers.keepsConnection(this.answer.version())) {
			this.connections.release(this.connection, this.headers.keepAliveSeconds(), System.nanoTime());
		}
		else {
			this.connection.close();
		}
		MultiMap trailers = this.answer.trailers();
		boolean failed = this.answer.statusCode() >= 500
				|| (this.exchange.isGrpc() && GrpcCall.isServerError(this.answer.headers(), trailers));
		Outcome outcome = failed ? Outcome.SERVER_ERROR : Outcome.SUCCESS;
		end(outcome);
		this.exchange.onAnswered(rest, trailers, outcome);
	}

	/**
	 * The client's answer has begun.
	 */
	void onHeadWritten() {
		this.exchange.onHeadWritten();
	}

	/**
	 * The answer broke off after its head.
	 */
	void onAnswerBroken(Throwable failure) {
		if (!this.ended) {
			giveUp();
			end(Outcome.BROKEN);
			this.exchange.onAnswerBroken(isBreak(failure) ? GatewayError.BACKEND_RESET : GatewayError.BAD_ANSWER);
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
			this.instance.explain((failure instanceof SSLException) ? TlsFailures.explain(failure) : "");
			end(Outcome.CONNECT_FAILURE);
			this.exchange.onConnectFailed(reason(failure));
		}
	}

	private void refuse() {
		giveUp();
		end(Outcome.BROKEN);
		this.exchange.onRefused(GatewayError.BACKEND_RESET, Outcome.BROKEN);
	}

	private void fail(GatewayError error, Outcome outcome) {
		boolean reused = this.connection != null && this.connection.isReused();
		giveUp();
		end(outcome);
		this.exchange.onBroken(error, outcome, reused);
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
		this.ended = true;
		this.instance.end(outcome);
		this.exchange.onTryEnded(outcome, System.nanoTime() - this.startedAt);
	}

	/**
	 * Whether the instance has done nothing for the request: it said so, or never heard
	 * of it.
	 */
	private boolean isRefusal(Throwable failure) {
		return switch (failure) {
			case StreamResetException reset -> reset.getCode() == Http2Error.REFUSED_STREAM.code();
			case HttpClosedException closed ->
				this.connection != null && this.request != null && this.connection.neverSaw(this.request);
			case Http2Exception local -> local.error() == Http2Error.REFUSED_STREAM;
			default -> false;
		};
	}

	private static boolean isBreak(Throwable failure) {
		return failure instanceof HttpClosedException || failure instanceof StreamResetException
				|| failure instanceof IOException || TlsFailures.of(failure) != null;
	}

	private static String reason(@Nullable Throwable failure) {
		return switch (failure) {
			case ConnectTimeoutException timeout -> "timeout";
			case NoRouteToHostException unreachable -> "unreachable";
			case ConnectException refused -> "refused";
			case UnknownHostException unknown -> "unknown-host";
			case SSLException tls -> "tls";
			case null, default -> "other";
		};
	}

}
