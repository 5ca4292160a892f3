package dev.holdfast.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.holdfast.proxy.RequestGuard.Rejection;
import dev.holdfast.route.RouteMatch;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamInstance;
import io.netty.channel.Channel;
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
 * One request and its answer: guarded, routed, tried on one instance after another, and
 * answered exactly once. Lives on one event loop and is touched by no other thread.
 */
final class Exchange implements ExchangeRecord {

	private static final int MOST_TRIES = 3;

	private static final long NO_TIMER = -1;

	private final EventLoopServer server;

	private final HttpServerRequest request;

	private final HttpServerResponse response;

	private final ClientAnswer answer;

	private final RequestHead head;

	private final ClientConnection connection;

	private final long startedAt = System.nanoTime();

	private @Nullable RequestTarget target;

	private @Nullable RouteMatch match;

	private @Nullable Upstream upstream;

	private @Nullable ExchangeClock clock;

	private @Nullable RequestBody body;

	private @Nullable ProtocolOffer offer;

	private @Nullable Attempt attempt;

	private List<UpstreamInstance> tried = List.of();

	private @Nullable String requestId;

	private @Nullable GatewayError error;

	private int tries;

	private long upstreamNanos;

	private long durationNanos;

	private boolean stream;

	private final int number;

	private String host = "";

	private long deadline = NO_TIMER;

	private boolean waiting;

	private boolean ended;

	Exchange(EventLoopServer server, HttpServerRequest request, ClientConnection connection) {
		this.server = server;
		this.request = request;
		this.response = request.response();
		this.answer = new ClientAnswer(server, request);
		this.connection = connection;
		this.head = new RequestHead(request, connection);
		this.number = connection.requestNumber();
	}

	void start() {
		this.server.listener().onStart();
		this.response.exceptionHandler((broken) -> onClientGone());
		ReceivedRequest received = this.head.hasBody() ? ReceivedRequest.of(this.request) : null;
		if (received != null) {
			received.rejectionHandler(this::onMalformed);
		}
		Rejection rejection = RequestGuard.check(this.request, this.head, this.server.settings().limits());
		if (rejection != null) {
			reject(rejection);
		}
		else if (this.request.method().equals(HttpMethod.OPTIONS) && this.request.uri().equals("*")) {
			this.response.end();
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
		this.server.listener().onStart();
		reject(rejection);
	}

	private void reject(Rejection rejection) {
		this.server.listener().onRejected(rejection.reason());
		answer(rejection.error(), true);
	}

	/**
	 * The body turned out to be malformed: no backend may take what it got for whole.
	 */
	private void onMalformed(Rejection rejection) {
		if (this.ended) {
			this.answer.hangUp();
			return;
		}
		if (this.attempt != null) {
			this.attempt.cancel(Outcome.CANCELLED);
		}
		endUpstream(Outcome.CANCELLED);
		if (this.answer.withdraw()) {
			reject(rejection);
			return;
		}
		this.server.listener().onRejected(rejection.reason());
		this.error = rejection.error();
		end();
		this.answer.abort(rejection.error());
	}

	private void dispatch() {
		RequestTarget target = RequestTarget.parse(this.request.uri());
		if (target == null) {
			reject(Rejection.TARGET);
			return;
		}
		// RFC 9112, section 3.2.2: an absolute-form target wins over Host.
		this.host = target.authority().isEmpty() ? this.head.host() : target.authority();
		if (!this.connection.useHost(this.host) || (this.host.isEmpty() && this.head.hosts() > 0)) {
			reject(Rejection.HOST);
			return;
		}
		this.target = target;
		this.match = this.server.routes()
			.match(this.request.method().name(), this.connection.host(), target.path(), this.request::getHeader);
		this.upstream = (this.match != null) ? this.server.upstreams().find(this.match.service()) : null;
		if (this.match == null) {
			answer(GatewayError.NO_ROUTE, false);
		}
		else if (this.upstream == null) {
			answer(GatewayError.NO_INSTANCE, false);
		}
		else if (isTooLarge(this.head.contentLength(), this.match.policy())) {
			this.upstream = null;
			this.body = body(this.match.policy());
			answer(GatewayError.BODY_TOO_LARGE, false);
		}
		else if (!this.upstream.tryStart()) {
			this.response.putHeader("Retry-After", Long.toString(this.upstream.retryAfter().toSeconds()));
			this.upstream = null;
			answer(GatewayError.CIRCUIT_OPEN, false);
		}
		else {
			if (this.head.hasBody()) {
				this.body = body(this.match.policy());
			}
			RoutePolicy policy = this.match.policy();
			this.clock = new ExchangeClock(this, this.server.deadlines(), policy.times(),
					this.server.settings().times());
			if (this.answer.grpc() != null && this.answer.grpc().timeoutNanos() >= 0) {
				this.deadline = this.server.after(this.answer.grpc().timeoutNanos(), this::onDeadline);
			}
			this.offer = (this.request.version() == HttpVersion.HTTP_1_1) ? this.head.protocolOffer() : null;
			if (this.offer == null) {
				begin(this.upstream);
			}
			else {
				this.answer.awaitSwitch();
				defer(this::attemptSwitch);
			}
		}
	}

	private void attemptSwitch() {
		if (this.upstream == null) {
			return;
		}
		if (!this.answer.canSwitch()) {
			this.offer = null;
			this.answer.declineSwitch();
		}
		begin(this.upstream);
	}

	private void begin(Upstream upstream) {
		boolean behind = this.server.waiting().isLine(upstream);
		UpstreamInstance instance = behind ? null : upstream.choose(this.tried);
		if (instance != null || !(behind || upstream.full())) {
			attempt(instance);
		}
		else if (this.server.waiting().add(upstream, this)) {
			this.waiting = true;
			clock().queue();
		}
		else {
			fail(GatewayError.OVERLOADED, Outcome.CANCELLED);
		}
	}

	/**
	 * It has waited for an instance, and has got one.
	 * @param instance the instance, {@code null} when there is none any more
	 */
	void onTurn(@Nullable UpstreamInstance instance) {
		this.waiting = false;
		attempt(instance);
	}

	private static boolean isTooLarge(long contentLength, RoutePolicy policy) {
		return policy.maxBodySize() > 0 && contentLength > policy.maxBodySize();
	}

	private RequestBody body(RoutePolicy policy) {
		return new RequestBody(this, this.request, this.head, policy.maxBodySize());
	}

	private void attempt(@Nullable UpstreamInstance instance) {
		if (instance == null) {
			fail(GatewayError.NO_INSTANCE, Outcome.CANCELLED);
			return;
		}
		if (this.tries == 0) {
			this.tried = List.of(instance);
		}
		else {
			this.tried = new ArrayList<>(this.tried);
			this.tried.add(instance);
		}
		this.tries++;
		clock().startTry();
		this.attempt = new Attempt(this, this.server.backends(), instance);
		this.attempt.start();
	}

	/**
	 * Sends the request to a backend that is connected.
	 */
	void send(BackendRequest backend, Endpoint endpoint) {
		if (this.target == null || this.match == null) {
			throw new IllegalStateException("send: before the request was routed");
		}
		backend.setMethod(this.request.method());
		backend.setURI(this.match.path() + this.target.query());
		// Another stream of the same connection may have named another host since.
		this.connection.useHost(this.host);
		RequestHeaders.write(this.request, this.connection, this.match, requestId(), endpoint.authority(), backend);
		if (this.offer != null && backend.version() != HttpVersion.HTTP_2) {
			this.offer.write(backend.headers());
		}
		if (this.request.version() != HttpVersion.HTTP_1_0) {
			backend.earlyHintsHandler(this::onEarlyHints);
		}
		if (this.answer.grpc() != null) {
			this.answer.grpc().writeTimeout(backend.headers(), System.nanoTime() - this.startedAt);
		}
		if (this.body == null) {
			backend.end();
			return;
		}
		boolean expectsContinue = this.body.expectsContinue();
		if (expectsContinue) {
			backend.continueHandler((leave) -> this.answer.permitBody());
		}
		this.body.sendTo(backend, expectsContinue);
	}

	private void onEarlyHints(MultiMap hints) {
		if (!this.ended) {
			this.answer.hint(hints);
		}
	}

	/**
	 * The time that this exchange has; it must have been routed.
	 */
	ExchangeClock clock() {
		if (this.clock == null) {
			throw new IllegalStateException("clock: before the request was routed");
		}
		return this.clock;
	}

	void onConnectFailed(String reason) {
		this.server.listener().onConnectFailure(serviceName(), reason);
		retry(GatewayError.CONNECT_FAILED, Outcome.CONNECT_FAILURE, false);
	}

	/**
	 * A try broke before its answer began.
	 * @param reused whether its connection had carried a request before
	 */
	void onBroken(GatewayError error, Outcome outcome, boolean reused) {
		if (isOverdue()) {
			fail(GatewayError.TIMEOUT, Outcome.TIMEOUT);
		}
		else if (this.head.isRepeatable() && (this.body == null || this.body.isRepeatable())) {
			retry(error, outcome, reused);
		}
		else {
			fail(error, outcome);
		}
	}

	/**
	 * A try came to nothing, and it is certain that the instance did nothing for it (RFC
	 * 9113, section 8.7).
	 */
	void onRefused(GatewayError error, Outcome outcome) {
		if (this.body == null || this.body.isRepeatable()) {
			retry(error, outcome, true);
		}
		else {
			fail(error, outcome);
		}
	}

	/**
	 * Tries again while tries are left and there is an instance worth it.
	 * @param sameInstance whether the last instance is, for want of another: one that
	 * closed an idle connection at the wrong moment is
	 */
	private void retry(GatewayError error, Outcome outcome, boolean sameInstance) {
		if (this.body != null) {
			this.body.detach();
		}
		UpstreamInstance instance = (this.upstream != null && this.tries < MOST_TRIES)
				? this.upstream.choose(this.tried) : null;
		if (instance == null || (!sameInstance && this.tried.contains(instance))) {
			fail(error, outcome);
			return;
		}
		this.server.listener().onRetry(serviceName());
		attempt(instance);
	}

	/**
	 * The answer's head has arrived: prepares the client's.
	 */
	AnswerHeaders onAnswer(HttpClientResponse answer) {
		clock().startAnswer();
		if (this.body != null) {
			this.body.forget();
		}
		AnswerHeaders headers = this.answer.begin(answer);
		if (headers.isEventStream() || isGrpc()) {
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
		if (this.attempt == null) {
			return;
		}
		if (isGrpc()) {
			this.attempt.stopStream();
		}
		else {
			this.attempt.cancel(Outcome.SUCCESS);
			onAnswered(Buffer.buffer(), MultiMap.caseInsensitiveMultiMap(), Outcome.SUCCESS);
		}
	}

	/**
	 * The gateway has ended a gRPC call that has many answers, behind one of them.
	 */
	void onStreamEnded() {
		this.error = GatewayError.SHUTTING_DOWN;
		endUpstream(Outcome.SUCCESS);
		this.answer.endCall(GatewayError.SHUTTING_DOWN, this.body);
		end();
	}

	/**
	 * Whether the client offers to leave HTTP/1.1, which only HTTP/1.1 can pass on.
	 */
	boolean hasOffer() {
		return this.offer != null;
	}

	/**
	 * Whether an answer switches to a protocol that the client offered.
	 */
	boolean isOffered(HttpClientResponse answer) {
		return this.offer != null && this.offer.contains(answer.getHeader(HttpHeaders.UPGRADE));
	}

	/**
	 * A backend has switched protocols: to it, the request has been answered.
	 */
	void onSwitched(HttpClientResponse answer, Attempt attempt, Channel backend) {
		clock().stop();
		endUpstream(Outcome.SUCCESS);
		this.response.exceptionHandler((broken) -> {
			// The tunnel hears of it as well.
		});
		this.answer.switchProtocols(answer, attempt, backend);
	}

	void onTunnelClosed(@Nullable GatewayError error) {
		this.error = error;
		end();
	}

	/**
	 * The client's answer has begun.
	 */
	void onHeadWritten() {
		this.answer.sendHead();
	}

	/**
	 * The answer has arrived whole.
	 * @param rest what of it is still to be sent
	 * @param trailers its trailers
	 */
	void onAnswered(Buffer rest, MultiMap trailers, Outcome outcome) {
		endUpstream(outcome);
		this.answer.finish(rest, this.body, trailers);
		end();
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
		breakOff(isOverdue() ? GatewayError.TIMEOUT : error, Outcome.BROKEN);
	}

	private void breakOff(GatewayError error, Outcome outcome) {
		if (this.answer.withdraw()) {
			fail(error, outcome);
			return;
		}
		this.error = error;
		endUpstream(outcome);
		end();
		this.answer.abort(error);
	}

	/**
	 * Whether the client of a gRPC call waits no longer. The backend knows that as well,
	 * and may break off a moment before the gateway does.
	 */
	private boolean isOverdue() {
		GrpcCall grpc = this.answer.grpc();
		return grpc != null && grpc.timeoutNanos() >= 0 && System.nanoTime() - this.startedAt >= grpc.timeoutNanos();
	}

	/**
	 * The client of a gRPC call waits no longer.
	 */
	private void onDeadline() {
		this.deadline = NO_TIMER;
		giveUp(GatewayError.TIMEOUT, Outcome.TIMEOUT);
	}

	void onTryEnded(Outcome outcome, long nanos) {
		this.upstreamNanos += nanos;
		this.server.listener().onTry(serviceName(), outcome, nanos);
		if (this.upstream != null) {
			this.server.waiting().serve(this.upstream);
		}
	}

	/**
	 * It may not go on: its time is over, or something has grown too large.
	 * @param outcome what that says of the backend
	 */
	void giveUp(GatewayError error, Outcome outcome) {
		if (this.attempt != null) {
			this.attempt.cancel(outcome);
		}
		breakOff(error, outcome);
	}

	/**
	 * The time of the current try is over, but not the exchange's.
	 */
	void onTryTimeout() {
		if (this.attempt != null) {
			this.attempt.cancel(Outcome.TIMEOUT);
		}
		onBroken(GatewayError.TIMEOUT, Outcome.TIMEOUT, false);
	}

	/**
	 * Whether it is the client that everything waits for.
	 */
	boolean awaitsBody() {
		return this.body != null && this.body.isAwaited();
	}

	/**
	 * What of the answer the client has not taken: a number that changes when it takes
	 * some. An HTTP/2 client takes as much at a time as its window says, or nothing.
	 */
	long untaken() {
		return (this.request.version() == HttpVersion.HTTP_2) ? 0 : Connections.untaken(this.request.connection());
	}

	private void onClientGone() {
		if (this.ended) {
			return;
		}
		if (this.attempt != null) {
			this.attempt.cancel(Outcome.CANCELLED);
		}
		this.error = GatewayError.CLIENT_GONE;
		endUpstream(Outcome.CANCELLED);
		end();
	}

	private void fail(GatewayError error, Outcome outcome) {
		endUpstream(outcome);
		answer(error, false);
	}

	private void answer(GatewayError error, boolean close) {
		this.error = error;
		this.answer.fail(error, requestId(), close, this.body);
		end();
	}

	private void endUpstream(Outcome outcome) {
		if (this.upstream != null) {
			if (this.waiting) {
				this.server.waiting().remove(this.upstream, this);
				this.waiting = false;
			}
			this.upstream.end(outcome, System.nanoTime() - this.startedAt);
			this.upstream = null;
		}
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
			if (this.deadline != NO_TIMER) {
				this.server.cancel(this.deadline);
			}
			this.durationNanos = System.nanoTime() - this.startedAt;
			this.server.listener().onEnd(this);
		}
	}

	/**
	 * Runs a task when all that came in one packet has been seen.
	 */
	void defer(Runnable task) {
		this.server.defer(task);
	}

	HttpServerResponse response() {
		return this.response;
	}

	/**
	 * Whether the backend has been sent the whole request.
	 */
	boolean isSent() {
		return this.body == null || this.body.isEnded();
	}

	/**
	 * The request's trailers, when it has arrived whole.
	 */
	Iterable<? extends Map.Entry<? extends CharSequence, ? extends CharSequence>> trailers() {
		return this.connection.trailers(this.request, this.number);
	}

	/**
	 * Whether it is a gRPC call.
	 */
	boolean isGrpc() {
		return this.answer.grpc() != null;
	}

	/**
	 * Whether doing it twice comes to the same as doing it once.
	 */
	boolean isRepeatable() {
		return this.head.isRepeatable();
	}

	/**
	 * How its route wants it to be treated.
	 */
	RoutePolicy policy() {
		return (this.match != null) ? this.match.policy() : RoutePolicy.DEFAULTS;
	}

	private ServiceName serviceName() {
		if (this.match == null) {
			throw new IllegalStateException("service: before the request was routed");
		}
		return this.match.service();
	}

	private String requestId() {
		if (this.requestId == null) {
			String given = this.head.requestId();
			this.requestId = (given != null) ? given : this.server.requestIds().next();
		}
		return this.requestId;
	}

	@Override
	public String route() {
		return (this.match != null) ? this.match.route() : "";
	}

	@Override
	public String service() {
		return (this.match != null) ? this.match.service().value() : "";
	}

	@Override
	public String method() {
		return this.request.method().name();
	}

	@Override
	public int status() {
		return (this.error == GatewayError.CLIENT_GONE || this.error == GatewayError.CLIENT_STALLED)
				? this.error.status() : this.response.getStatusCode();
	}

	@Override
	public String errorCode() {
		return (this.error != null) ? this.error.code() : "";
	}

	@Override
	public long durationNanos() {
		return this.durationNanos;
	}

	@Override
	public long upstreamNanos() {
		return this.upstreamNanos;
	}

	@Override
	public int tries() {
		return this.tries;
	}

}
