package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.backend.BackendStream;
import dev.holdfast.proxy.client.ClientStream;
import dev.holdfast.proxy.client.RequestListener;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.ResponseFields;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.Upstream;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One request whose way is known, and its response: tried on one instance after another,
 * and answered exactly once. Lives on one event loop and is touched by no other thread.
 */
final class Exchange implements RequestListener, ResponseReceiver, RequestAttempts.Listener, ExchangeTimeouts.Listener {

	private static final int CONTINUE = 100;

	private static final int EARLY_HINTS = 103;

	private static final byte[] NOTHING = {};

	private final ExchangeResources resources;

	private final ClientStream client;

	private final ClientRequest request;

	private final RequestLog log;

	private final ExchangeTimeouts timeouts;

	private final RequestAttempts attempts;

	/** {@code null} until the response's head. */
	private @Nullable ResponseRelay relay;

	/** Whether an offer of the client's has been neither taken nor declined. */
	private boolean offering;

	private boolean continued;

	/** Whether it has become a tunnel. */
	private boolean switched;

	private boolean ended;

	/**
	 * Prepare to forward a request.
	 * @param resources what exchanges share
	 * @param request the request
	 * @param upstream its service, whose circuit breaker has let it through
	 * @param log what is told of it
	 */
	Exchange(ExchangeResources resources, ClientRequest request, Upstream upstream, RequestLog log) {
		this.resources = resources;
		this.client = request.client();
		this.request = request;
		this.log = log;
		this.offering = request.offer() != null;
		this.timeouts = new ExchangeTimeouts(resources.loop(), resources.times(), request.match().policy().times(),
				request.client(), request.body(), this);
		this.attempts = new RequestAttempts(resources, upstream, request, this.timeouts, log, this, this);
	}

	/**
	 * Forward the request.
	 */
	void start() {
		GrpcCall grpc = this.request.grpc();
		if (grpc != null && grpc.timeoutNanos() >= 0) {
			this.timeouts.limit(grpc.timeoutNanos());
		}
		this.attempts.begin();
		if (isMirrored() && this.request.body() == null && !this.ended) {
			this.resources.mirrored().send(this.request, NOTHING);
		}
	}

	private boolean isMirrored() {
		RoutePolicy policy = this.request.match().policy();
		return !policy.isPlain() && !policy.actions().mirrors().isEmpty() && this.request.offer() == null;
	}

	// What the client sends.

	@Override
	public void onBody(ByteBuf data) {
		RequestBody body = this.request.body();
		if (this.ended || body == null) {
			data.release();
			return;
		}
		if (body.write(data)) {
			this.timeouts.progressInRequest();
		}
		else {
			giveUp(GatewayError.BODY_TOO_LARGE, Outcome.CANCELLED);
		}
	}

	@Override
	public void onEnd(HeaderFields trailers) {
		RequestBody body = this.request.body();
		if (!this.ended && body != null) {
			boolean mirrored = isMirrored();
			// Before an instance has it: when its response comes, nothing is kept.
			byte[] copy = mirrored ? body.copy() : null;
			body.end(trailers);
			if (mirrored) {
				this.resources.mirrored().send(this.request, copy);
			}
		}
		if (!this.ended) {
			this.timeouts.endRequest();
		}
	}

	@Override
	public void onMalformed(Rejection rejection) {
		if (this.ended) {
			this.client.hangUp();
			return;
		}
		this.attempts.cancel(Outcome.CANCELLED);
		this.log.reject(rejection);
		fail(rejection.error(), true);
	}

	@Override
	public void onGone() {
		if (!this.ended && !this.switched) {
			this.attempts.cancel(Outcome.CANCELLED);
			this.log.fail(GatewayError.CLIENT_GONE);
			end();
		}
	}

	@Override
	public void onWritable() {
		if (this.relay != null) {
			this.relay.onWritable();
		}
	}

	// What an instance sends.

	@Override
	public void onRequestWritable() {
		RequestBody body = this.request.body();
		if (!this.ended && body != null) {
			body.onWritable();
		}
	}

	@Override
	public void onInterim(ResponseHead head) {
		if (head.status() == CONTINUE) {
			// Once: it may be given without end.
			if (this.request.expectsContinue() && !this.continued) {
				this.continued = true;
				this.resources.responses().writeContinue(this.client);
			}
		}
		// Hints may come without end, and nobody has to have them.
		else if (head.status() == EARLY_HINTS && this.client.head().version() != HttpVersion.HTTP_1_0
				&& this.client.isWritable()) {
			this.resources.responses().writeHints(this.client, head);
		}
	}

	@Override
	public void onResponse(ResponseHead head, BackendStream stream) {
		this.timeouts.startResponse();
		this.attempts.startResponse();
		this.request.forget();
		declineSwitch();
		this.log.respond(head.status());
		boolean grpc = this.request.grpc() != null;
		boolean events = ResponseFields.isEventStream(head);
		if (grpc || events) {
			this.resources.streams().add(this);
		}
		if (events && head.status() < 500) {
			this.attempts.succeed();
		}
		ResponseRelay begun = new ResponseRelay(this.resources.responses(), this.client, head,
				this.request.match().policy(), stream, this.timeouts, grpc);
		this.relay = begun;
		begun.start(this.resources.loop());
	}

	@Override
	public void onResponseBody(ByteBuf data) {
		ResponseRelay begun = this.relay;
		if (begun == null) {
			data.release();
			return;
		}
		switch (begun.relay(data)) {
			case FIRST_MESSAGE -> this.attempts.succeed();
			case LAST_MESSAGE -> endCall(begun);
			case MORE -> {
				// Sent, or held back.
			}
		}
	}

	@Override
	public void onSwitched(ResponseHead head, BackendStream stream) {
		this.switched = true;
		this.offering = false;
		this.timeouts.stop();
		// To the instance, the request has been answered.
		this.attempts.succeed();
		this.log.respond(ClientResponses.switchedStatus(this.client));
		this.resources.tunnels()
			.open(this.resources.responses().switchProtocols(this.client, head, this.request.match().policy()),
					stream.switchProtocols(), this::onTunnelClosed);
	}

	private void onTunnelClosed(@Nullable GatewayError error, long fromClient, long fromBackend) {
		this.log.transfer(fromClient, fromBackend);
		this.attempts.endTunnel((error == null) ? Outcome.SUCCESS : Outcome.BROKEN);
		this.log.fail(error);
		end();
	}

	// What becomes of it.

	@Override
	public void onResult(RequestResult result) {
		switch (result) {
			case RequestResult.Responded(var trailers) -> finish(trailers);
			case RequestResult.Failed(var error) -> fail(error, false);
		}
	}

	private void finish(HeaderFields trailers) {
		if (this.relay != null) {
			this.relay.finish(trailers, this.request.isTooMuchLeft());
		}
		end();
	}

	@Override
	public void onTryOverdue() {
		this.attempts.onTryOverdue();
	}

	@Override
	public void onOverdue(GatewayError error, Outcome outcome) {
		giveUp(error, outcome);
	}

	private void giveUp(GatewayError error, Outcome outcome) {
		this.attempts.cancel(outcome);
		fail(error, false);
	}

	/**
	 * End an event stream in order, so that the client connects elsewhere and goes on
	 * from the last whole event, and a gRPC call if it has many responses. To be asked
	 * from time to time.
	 */
	void endStream() {
		if (this.ended || this.relay == null) {
			return;
		}
		if (this.request.grpc() == null) {
			this.relay.finish(HeaderFields.NONE, false);
			this.attempts.cancel(Outcome.SUCCESS);
			end();
		}
		else if (this.relay.stopStream()) {
			endCall(this.relay);
		}
	}

	/**
	 * End a gRPC call that has many responses, behind one of them.
	 */
	private void endCall(ResponseRelay begun) {
		begun.stopBehindMessage();
		this.attempts.cancel(Outcome.SUCCESS);
		this.log.fail(GatewayError.SHUTTING_DOWN);
		this.resources.responses().endCall(this.client, GatewayError.SHUTTING_DOWN);
		end();
	}

	/**
	 * Answer with an error if no byte of a response has been sent, else break the
	 * response off: the client must not take it for whole.
	 */
	private void fail(GatewayError error, boolean close) {
		if (this.relay != null) {
			this.relay.stop();
		}
		this.log.fail(error);
		if (this.client.isHeadWritten()) {
			end();
			abort(error);
			return;
		}
		GrpcCall grpc = this.request.grpc();
		this.log.respond((grpc != null) ? 200 : error.status());
		declineSwitch();
		this.log.transfer(0,
				this.resources.responses()
					.sendError(this.client, error, this.request.id(), grpc, 0, close || this.request.isTooMuchLeft(),
							this.request.match().policy()));
		end();
	}

	/**
	 * gRPC has a place for the reason behind the body.
	 */
	private void abort(GatewayError error) {
		if (this.request.grpc() != null) {
			this.resources.responses().endCall(this.client, error);
		}
		else {
			this.client.abort();
		}
	}

	private void declineSwitch() {
		if (this.offering) {
			this.offering = false;
			if (this.client.head().version() != HttpVersion.HTTP_2) {
				this.client.declineSwitch();
			}
		}
	}

	private void end() {
		if (this.ended) {
			return;
		}
		this.ended = true;
		this.timeouts.stop();
		this.request.forget();
		if (this.relay != null) {
			this.relay.stop();
			this.resources.streams().remove(this);
			this.log.transfer(0, this.relay.sent());
		}
		RequestBody body = this.request.body();
		if (body != null) {
			this.log.transfer(body.received(), 0);
		}
		this.log.end();
	}

}
