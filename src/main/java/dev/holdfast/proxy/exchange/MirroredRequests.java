package dev.holdfast.proxy.exchange;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.MirrorOutcome;
import dev.holdfast.proxy.backend.ConnectionSource;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.route.Mirror;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.Demand;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamInstance;
import dev.holdfast.upstream.Upstreams;
import org.jspecify.annotations.Nullable;

/**
 * Sends copies of one event loop's requests to the services that routes name, each when
 * it has come whole. Nobody waits for what comes of them: a copy that finds no healthy
 * instance, that requests would have to wait for, or that is one too many, is not sent.
 */
final class MirroredRequests {

	/** Each may hold a body in memory, until an instance has taken it. */
	private static final int MOST_AT_A_TIME = 128;

	private final TrafficLoop loop;

	private final Upstreams upstreams;

	private final WaitingRequests waiting;

	private final Function<ServiceName, RoutePolicy> transports;

	private final ConnectionSource connections;

	private final ExchangeListener listener;

	private int active;

	/**
	 * Prepare to send copies.
	 * @param loop the event loop
	 * @param upstreams the services
	 * @param waiting the requests that go before copies
	 * @param transports tells how a service is connected to
	 * @param connections gives connections to instances
	 * @param listener hears what comes of copies
	 */
	MirroredRequests(TrafficLoop loop, Upstreams upstreams, WaitingRequests waiting,
			Function<ServiceName, RoutePolicy> transports, ConnectionSource connections, ExchangeListener listener) {
		this.loop = loop;
		this.upstreams = upstreams;
		this.waiting = waiting;
		this.transports = transports;
		this.connections = connections;
		this.listener = listener;
	}

	/**
	 * Send copies of a request to the services that its route names, or to a part of
	 * them.
	 * @param request the request, whose head is still there
	 * @param body its whole body, {@code null} when it is too large to be kept
	 */
	void send(ClientRequest request, byte @Nullable [] body) {
		for (Mirror mirror : request.match().policy().actions().mirrors()) {
			if (ThreadLocalRandom.current().nextDouble() < mirror.share()) {
				send(mirror.service(), request, body);
			}
		}
	}

	private void send(ServiceName service, ClientRequest request, byte @Nullable [] body) {
		Upstream upstream = (body != null && this.active < MOST_AT_A_TIME) ? this.upstreams.find(service) : null;
		UpstreamInstance instance = (upstream != null) ? choose(upstream) : null;
		if (upstream == null || instance == null || body == null) {
			this.listener.onMirror(service, MirrorOutcome.NOT_SENT);
			return;
		}
		this.active++;
		new MirroredRequest(this.loop, request, instance, this.transports.apply(service), body, (outcome) -> {
			this.active--;
			this.waiting.serveSoon(upstream);
			this.listener.onMirror(service, outcome);
		}).send(this.connections);
	}

	/**
	 * Choose an instance that nothing is known against: the one trial of an instance that
	 * returns is for a request whose end tells something.
	 */
	private @Nullable UpstreamInstance choose(Upstream upstream) {
		return (upstream.isCircuitClosed() && !this.waiting.isAnyLine(upstream))
				? upstream.chooseBetter(List.of(), Demand.NONE) : null;
	}

}
