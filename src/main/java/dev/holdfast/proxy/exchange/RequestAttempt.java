package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.ConnectFailure;
import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.backend.BackendFailure;
import dev.holdfast.proxy.backend.BackendStream;
import dev.holdfast.proxy.backend.ConnectListener;
import dev.holdfast.proxy.backend.ResponseListener;
import dev.holdfast.proxy.backend.WireProtocol;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.UpstreamInstance;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a request on one instance, from the choice of the instance to the end of
 * its response.
 */
final class RequestAttempt implements ConnectListener, ResponseListener {

	private static final int SWITCHING_PROTOCOLS = 101;

	private static final int FIRST_ERROR = 400;

	private final ExchangeResources resources;

	private final ClientRequest request;

	private final ServiceName service;

	private final UpstreamInstance instance;

	private final RequestLog log;

	private final ExchangeTimeouts timeouts;

	private final ResponseReceiver receiver;

	private final Listener listener;

	private final long startedAt;

	/** The state of the instance that the result is of. */
	private final long mark;

	private State state = State.CONNECTING;

	private @Nullable Runnable asking;

	private @Nullable BackendStream stream;

	private @Nullable DiscardedResponse discarded;

	private int status;

	/** The status that the head of a gRPC response has, empty for none. */
	private String grpcStatus = "";

	/**
	 * Begin an attempt.
	 * @param resources what exchanges share
	 * @param request the request
	 * @param service the instance's service
	 * @param instance the instance
	 * @param log hears of the attempt
	 * @param timeouts tells whether the client still waits
	 * @param receiver takes the response
	 * @param listener takes the result
	 */
	RequestAttempt(ExchangeResources resources, ClientRequest request, ServiceName service, UpstreamInstance instance,
			RequestLog log, ExchangeTimeouts timeouts, ResponseReceiver receiver, Listener listener) {
		this.resources = resources;
		this.request = request;
		this.service = service;
		this.instance = instance;
		this.log = log;
		this.timeouts = timeouts;
		this.receiver = receiver;
		this.listener = listener;
		this.startedAt = resources.loop().nanoTime();
		this.mark = instance.start();
	}

	/**
	 * Connect, and send the request.
	 */
	void start() {
		Endpoint endpoint = this.instance.origin();
		RoutePolicy policy = this.request.match().policy();
		WireProtocol protocol = WireProtocol.of(policy.protocol(), endpoint.scheme());
		ProtocolOffer offer = this.request.offer();
		if (offer != null && protocol == WireProtocol.NEGOTIATED) {
			protocol = WireProtocol.HTTP1;
		}
		if (offer != null && offer.isRequired() && protocol == WireProtocol.HTTP2) {
			end(Outcome.CANCELLED, Outcome.CANCELLED);
			this.listener.onResult(new AttemptResult.Unsupported(GatewayError.PROTOCOL_NOT_SUPPORTED));
			return;
		}
		// What may not be done twice must not go where it would get no response.
		Runnable called = this.resources.connections()
			.acquire(endpoint, protocol, policy.security(), !this.request.repeatable(), this);
		if (this.state == State.CONNECTING) {
			this.asking = called;
		}
	}

	@Override
	public void onConnected(BackendStream place) {
		if (this.state != State.CONNECTING) {
			place.cancel();
			return;
		}
		this.state = State.WAITING;
		this.asking = null;
		this.stream = place;
		long elapsed = (this.request.grpc() != null) ? this.log.elapsedNanos() : 0;
		this.request.writeHead(place, this.instance, elapsed, this.resources.requestHead(), this);
		if (this.state != State.ENDED) {
			this.request.sendBody(place);
		}
	}

	@Override
	public void onConnectFailed(ConnectFailure reason, String explanation) {
		if (this.state == State.CONNECTING) {
			failToConnect(reason, explanation);
		}
	}

	private void failToConnect(ConnectFailure reason, String explanation) {
		this.instance.explain(explanation);
		end(Outcome.CONNECT_FAILURE, Outcome.CONNECT_FAILURE);
		this.listener.onResult(new AttemptResult.ConnectFailed(reason));
	}

	@Override
	public void onInterim(ResponseHead head) {
		if (this.state == State.WAITING) {
			this.receiver.onInterim(head);
		}
	}

	@Override
	public void onHead(ResponseHead head) {
		BackendStream place = this.stream;
		if (this.state != State.WAITING || place == null) {
			return;
		}
		ProtocolOffer offer = this.request.offer();
		if (head.status() < 200) {
			switchProtocols(head, place, offer);
		}
		else if (head.status() < 300 && offer != null && offer.isRequired()) {
			// The client would take it for the switch. Whoever asks can bring this about.
			place.cancel();
			end(Outcome.BROKEN, Outcome.CANCELLED);
			this.listener.onResult(new AttemptResult.Unsupported(GatewayError.BAD_ANSWER));
		}
		else if (head.status() >= FIRST_ERROR && !this.listener.isWanted(head)) {
			discard(head, place);
		}
		else {
			this.state = State.RESPONDING;
			this.status = head.status();
			if (this.request.grpc() != null) {
				this.grpcStatus = GrpcCall.status(HeaderFields.NONE, head.fields());
			}
			this.receiver.onResponse(head, place);
		}
	}

	private void switchProtocols(ResponseHead head, BackendStream place, @Nullable ProtocolOffer offer) {
		if (head.status() == SWITCHING_PROTOCOLS && offer != null && !place.isShared() && offer.isTakenBy(head)) {
			this.state = State.SWITCHED;
			this.instance.succeed(this.mark);
			this.receiver.onSwitched(head, place);
		}
		else {
			place.cancel();
			fail(GatewayError.BAD_ANSWER, place, Outcome.BROKEN);
		}
	}

	private void discard(ResponseHead head, BackendStream place) {
		boolean sent = this.request.isSent();
		// Before the response is given up: what of the body could not be sent must not
		// let the client send more than is kept.
		this.request.recall();
		ResponseVerdict verdict = ResponseVerdict.of(head.status(), "");
		end(verdict.responded(), verdict.blamed());
		this.discarded = new DiscardedResponse(place, this.resources.loop().deadlines());
		this.discarded.discard(head, sent);
		this.listener.onResult(new AttemptResult.Discarded());
	}

	@Override
	public void onBody(ByteBuf data) {
		if (this.discarded != null) {
			this.discarded.onBody(data);
		}
		else if (this.state == State.RESPONDING) {
			this.receiver.onResponseBody(data);
		}
		else {
			data.release();
		}
	}

	@Override
	public void onEnd(HeaderFields trailers) {
		if (this.discarded != null) {
			this.discarded.onEnd();
		}
		if (this.state != State.RESPONDING) {
			return;
		}
		String told = "";
		if (this.request.grpc() != null) {
			told = GrpcCall.status(HeaderFields.NONE, trailers);
			told = told.isEmpty() ? this.grpcStatus : told;
		}
		ResponseVerdict verdict = ResponseVerdict.of(this.status, told);
		BackendStream place = this.stream;
		boolean sent = this.request.isSent();
		end(verdict.responded(), verdict.blamed());
		this.listener.onResult(new AttemptResult.Responded(verdict.blamed(), trailers));
		if (place != null && !sent) {
			place.cancel();
		}
	}

	@Override
	public void onFailed(BackendFailure failure) {
		if (this.discarded != null) {
			this.discarded.onEnd();
			return;
		}
		BackendStream place = this.stream;
		if (place == null) {
			return;
		}
		if (this.state == State.RESPONDING) {
			FailureVerdict verdict = FailureVerdict.of(failure, this.timeouts.isOverdue());
			end(Outcome.BROKEN, verdict.blamed());
			this.listener.onResult(new AttemptResult.BrokenOff(verdict.error()));
		}
		else if (this.state == State.WAITING) {
			failWithoutResponse(failure, place);
		}
	}

	private void failWithoutResponse(BackendFailure failure, BackendStream place) {
		switch (failure) {
			case BackendFailure.HandshakeRefused refused -> failToConnect(ConnectFailure.TLS, refused.explanation());
			case BackendFailure.Refused refused -> {
				end(Outcome.BROKEN, Outcome.CANCELLED);
				this.listener.onResult(new AttemptResult.Refused());
			}
			case BackendFailure.ConnectionBroken broken when broken.betweenRequests() ->
				fail(GatewayError.BACKEND_RESET, place, Outcome.CANCELLED);
			case BackendFailure.ConnectionBroken broken -> failBlamed(failure, place);
			case BackendFailure.StreamReset reset -> failBlamed(failure, place);
			case BackendFailure.Malformed malformed -> failBlamed(failure, place);
		}
	}

	private void failBlamed(BackendFailure failure, BackendStream place) {
		FailureVerdict verdict = FailureVerdict.of(failure, this.timeouts.isOverdue());
		fail(verdict.error(), place, verdict.blamed());
	}

	/**
	 * The attempt has come to no response.
	 * @param blamed how it ended as far as the instance is to blame
	 */
	private void fail(GatewayError error, BackendStream place, Outcome blamed) {
		end(Outcome.BROKEN, blamed);
		this.listener.onResult(new AttemptResult.Broken(error, place.isReused()));
	}

	@Override
	public void onWritable() {
		if (this.state == State.WAITING || this.state == State.RESPONDING) {
			this.receiver.onRequestWritable();
		}
	}

	/**
	 * Whether there is no connection yet, so that the instance has seen nothing.
	 */
	boolean isConnecting() {
		return this.state == State.CONNECTING;
	}

	/**
	 * Take it for a success, though its end may be hours away.
	 */
	void succeed() {
		this.instance.succeed(this.mark);
	}

	/**
	 * Hear that the tunnel that the response opened has closed.
	 * @param outcome how
	 */
	void endTunnel(Outcome outcome) {
		if (this.state == State.SWITCHED) {
			end(outcome, outcome);
		}
	}

	/**
	 * Give up, whatever it waits for: the instance learns of it at once. The listener
	 * hears nothing more.
	 * @param outcome what that says of the instance
	 */
	void cancel(Outcome outcome) {
		if (this.state == State.ENDED) {
			return;
		}
		end(outcome, outcome);
		if (this.asking != null) {
			this.asking.run();
		}
		if (this.stream != null) {
			this.stream.cancel();
		}
	}

	/**
	 * End the attempt.
	 * @param outcome how it ended
	 * @param blamed how it ended as far as the instance is to blame
	 */
	private void end(Outcome outcome, Outcome blamed) {
		this.state = State.ENDED;
		this.instance.end(blamed, this.mark);
		this.log.endTry(this.service, outcome, this.resources.loop().nanoTime() - this.startedAt);
	}

	/**
	 * Takes what an attempt came to.
	 */
	interface Listener {

		/**
		 * Whether the client gets a response that has begun. If not, the attempt ends as
		 * {@link AttemptResult.Discarded}.
		 * @param head the response's head
		 */
		boolean isWanted(ResponseHead head);

		/**
		 * The attempt has ended by itself.
		 * @param result what it came to
		 */
		void onResult(AttemptResult result);

	}

	private enum State {

		CONNECTING, WAITING, RESPONDING, SWITCHED, ENDED

	}

}
