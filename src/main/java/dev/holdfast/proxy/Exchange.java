package dev.holdfast.proxy;

import java.util.Map;

import dev.holdfast.proxy.RequestGuard.Rejection;
import dev.holdfast.route.RouteMatch;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.service.Endpoint;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.Upstream;
import io.netty.channel.Channel;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer: guarded, routed, tried on one instance after another, and
 * answered exactly once. Lives on one event loop and is touched by no other thread.
 */
final class Exchange {

	private final EventLoopServer server;

	private final ClientRequest request;

	private final ClientAnswer answer;

	private final ClientConnection connection;

	private final ExchangeAccount account;

	private @Nullable RouteMatch match;

	private @Nullable ExchangeClock clock;

	private @Nullable Tries tries;

	private boolean stream;

	private boolean ended;

	/**
	 * Makes the exchange of a request.
	 * @param target what it asks for, {@code null} when that cannot be told
	 */
	Exchange(EventLoopServer server, HttpServerRequest request, ClientConnection connection,
			@Nullable RequestTarget target) {
		this.server = server;
		this.request = new ClientRequest(request, connection, target);
		this.account = new ExchangeAccount(server.listener(), request);
		this.answer = new ClientAnswer(server, request, connection);
		this.connection = connection;
	}

	void start() {
		this.account.start();
		this.answer.response().exceptionHandler((broken) -> onClientGone());
		if (this.request.hasBody()) {
			this.request.rejectionHandler(this::onMalformed);
		}
		Rejection rejection = this.request.check(this.server.settings().limits());
		if (rejection != null) {
			reject(rejection);
		}
		else if (this.request.isForGateway()) {
			this.answer.response().end();
			end();
		}
		else {
			dispatch();
		}
	}

	/**
	 * Answers a request that could not even be read.
	 */
	void rejectInvalid(Rejection rejection) {
		this.account.start();
		reject(rejection);
	}

	private void reject(Rejection rejection) {
		this.account.reject(rejection);
		answer(rejection.error(), true);
	}

	private void dispatch() {
		this.match = this.request.match(this.server.routes());
		if (this.match != null) {
			this.account.route(this.match);
		}
		if (this.request.isMisspelt(this.server.routes().policy(this.match))) {
			reject(Rejection.ENCODED_SLASH);
			return;
		}
		if (this.match == null) {
			answer(GatewayError.NO_ROUTE, false);
			return;
		}
		Upstream upstream = this.server.upstreams().find(this.match.service());
		if (upstream == null) {
			answer(GatewayError.NO_INSTANCE, false);
		}
		else if (this.request.isTooLarge(this.match.policy())) {
			this.request.openBody(this, this.match.policy());
			answer(GatewayError.BODY_TOO_LARGE, false);
		}
		else if (!upstream.tryStart()) {
			this.answer.retryAfter(upstream.retryAfter());
			answer(GatewayError.CIRCUIT_OPEN, false);
		}
		else {
			forward(upstream, this.match.policy());
		}
	}

	private void forward(Upstream upstream, RoutePolicy policy) {
		this.request.openBody(this, policy);
		this.clock = new ExchangeClock(this, this.server, policy.times());
		GrpcCall grpc = this.answer.grpc();
		if (grpc != null && grpc.timeoutNanos() >= 0) {
			this.clock.limit(grpc.timeoutNanos());
		}
		this.tries = new Tries(this, this.server, upstream, this.clock, this.account);
		ProtocolOffer offer = this.request.protocolOffer();
		if (offer == null) {
			this.tries.begin();
		}
		else {
			this.answer.awaitSwitch(offer);
			defer(this::offerSwitch);
		}
	}

	private void offerSwitch() {
		if (this.ended) {
			return;
		}
		ProtocolSwitch offered = this.answer.offered();
		if (offered != null && !offered.isPossible()) {
			this.answer.declineSwitch();
		}
		tries().begin();
	}

	/**
	 * Sends the request to a backend that is connected.
	 */
	void send(BackendRequest backend, Endpoint endpoint) {
		this.request.writeHead(backend, match(), endpoint, requestId());
		ProtocolSwitch offered = this.answer.offered();
		if (offered != null) {
			offered.write(backend);
		}
		GrpcCall grpc = this.answer.grpc();
		if (grpc != null) {
			grpc.writeTimeout(backend.headers(), this.account.elapsedNanos());
		}
		this.request.sendBody(backend);
	}

	/**
	 * The answer's head has arrived: prepares the client's.
	 */
	AnswerHeaders onAnswer(HttpClientResponse answer) {
		clock().startAnswer();
		this.request.forget();
		AnswerHeaders headers = this.answer.begin(answer);
		if (headers.isEventStream() || this.answer.isGrpc()) {
			this.server.streams().add(this);
			this.stream = true;
		}
		return headers;
	}

	/**
	 * Ends an event stream in order, so that the client connects elsewhere and goes on
	 * from the last whole event, and a gRPC call if it has many answers. To be asked from
	 * time to time.
	 */
	void endStream() {
		if (this.answer.isGrpc()) {
			tries().stopStream();
		}
		else {
			tries().cancel(Outcome.SUCCESS);
			onAnswered(Buffer.buffer(), MultiMap.caseInsensitiveMultiMap(), Outcome.SUCCESS);
		}
	}

	/**
	 * The gateway has ended a gRPC call that has many answers, behind one of them.
	 */
	void onStreamEnded() {
		this.account.fail(GatewayError.SHUTTING_DOWN);
		tries().end(Outcome.SUCCESS);
		this.answer.endCall(GatewayError.SHUTTING_DOWN, this.request.body());
		end();
	}

	/**
	 * A backend has switched protocols: to it, the request has been answered.
	 */
	void onSwitched(HttpClientResponse answer, Attempt attempt, Channel backend) {
		clock().stop();
		tries().end(Outcome.SUCCESS);
		this.answer.response().exceptionHandler((broken) -> {
			// The tunnel hears of it as well.
		});
		this.answer.switchProtocols(answer, attempt, backend);
	}

	void onTunnelClosed(@Nullable GatewayError error) {
		this.account.fail(error);
		end();
	}

	/**
	 * The answer has arrived whole.
	 * @param rest what of it is still to be sent
	 * @param trailers its trailers
	 */
	void onAnswered(Buffer rest, MultiMap trailers, Outcome outcome) {
		tries().end(outcome);
		this.answer.finish(rest, this.request.body(), trailers);
		end();
	}

	/**
	 * The body turned out to be malformed: no backend may take what it got for whole.
	 */
	private void onMalformed(Rejection rejection) {
		if (this.ended) {
			this.answer.hangUp();
			return;
		}
		if (this.tries != null) {
			this.tries.cancel(Outcome.CANCELLED);
		}
		if (this.answer.withdraw()) {
			reject(rejection);
			return;
		}
		this.account.reject(rejection);
		this.account.fail(rejection.error());
		end();
		this.answer.abort(rejection.error());
	}

	/**
	 * More of the body came than the route allows.
	 */
	void onBodyTooLarge() {
		giveUp(GatewayError.BODY_TOO_LARGE, Outcome.CANCELLED);
	}

	/**
	 * The answer broke off after its head. The client must not take it for whole.
	 */
	void onAnswerBroken(GatewayError error) {
		if (clock().isOverdue()) {
			breakOff(GatewayError.TIMEOUT, Outcome.CANCELLED);
		}
		else {
			breakOff(error, Outcome.BROKEN);
		}
	}

	/**
	 * It may not go on: its time is over, or something has grown too large.
	 * @param outcome what that says of the backend
	 */
	void giveUp(GatewayError error, Outcome outcome) {
		tries().cancel(outcome);
		breakOff(error, outcome);
	}

	private void breakOff(GatewayError error, Outcome outcome) {
		tries().end(outcome);
		if (this.answer.withdraw()) {
			onFailed(error);
			return;
		}
		this.account.fail(error);
		end();
		this.answer.abort(error);
	}

	private void onClientGone() {
		if (this.ended) {
			return;
		}
		if (this.tries != null) {
			this.tries.cancel(Outcome.CANCELLED);
		}
		this.account.fail(GatewayError.CLIENT_GONE);
		end();
	}

	/**
	 * No instance can be asked, or none has come to an answer.
	 */
	void onFailed(GatewayError error) {
		answer(error, false);
	}

	private void answer(GatewayError error, boolean close) {
		this.account.fail(error);
		this.answer.fail(error, requestId(), close, this.request.body());
		end();
	}

	private void end() {
		if (!this.ended) {
			this.ended = true;
			if (this.clock != null) {
				this.clock.stop();
			}
			this.connection.watch().end();
			if (this.stream) {
				this.server.streams().remove(this);
			}
			this.account.end();
		}
	}

	/**
	 * Runs a task when all that came in one packet has been seen.
	 */
	void defer(Runnable task) {
		this.server.defer(task);
	}

	/**
	 * The request's trailers, when it has arrived whole.
	 */
	Iterable<? extends Map.Entry<? extends CharSequence, ? extends CharSequence>> trailers() {
		return this.request.trailers();
	}

	ClientRequest request() {
		return this.request;
	}

	ClientAnswer answer() {
		return this.answer;
	}

	ExchangeClock clock() {
		if (this.clock == null) {
			throw new IllegalStateException("clock: before the request was routed");
		}
		return this.clock;
	}

	Tries tries() {
		if (this.tries == null) {
			throw new IllegalStateException("tries: before the request was routed");
		}
		return this.tries;
	}

	RouteMatch match() {
		if (this.match == null) {
			throw new IllegalStateException("match: before the request was routed");
		}
		return this.match;
	}

	private String requestId() {
		return this.request.id(this.server.requestIds());
	}

}
