package dev.holdfast.proxy.exchange;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.MirrorOutcome;
import dev.holdfast.proxy.backend.ConnectionSource;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.route.Mirror;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.Demand;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamInstance;
import dev.holdfast.upstream.Upstreams;
import org.jspecify.annotations.Nullable;

/**
 * Sends copies of one event loop's requests to the services that routes name, each when
 * it has come whole. Nobody waits for what comes of them: a copy that finds no instance,
 * or that is one too many, is not sent.
 */
final class MirroredRequests {

	/** Each may hold a body in memory, until an instance has taken it. */
	private static final int MOST_AT_A_TIME = 128;

	private final TrafficLoop loop;

	private final Upstreams upstreams;

	private final ConnectionSource connections;

	private final ExchangeListener listener;

	private int active;

	/**
	 * Prepare to send copies.
	 * @param loop the event loop
	 * @param upstreams the services
	 * @param connections gives connections to instances
	 * @param listener hears what comes of copies
	 */
	MirroredRequests(TrafficLoop loop, Upstreams upstreams, ConnectionSource connections, ExchangeListener listener) {
		this.loop = loop;
		this.upstreams = upstreams;
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
		UpstreamInstance instance = (upstream != null) ? upstream.choose(List.of(), Demand.NONE) : null;
		if (instance == null || body == null) {
			this.listener.onMirror(service, MirrorOutcome.NOT_SENT);
			return;
		}
		this.active++;
		new MirroredRequest(this.loop, request, instance, body, (outcome) -> {
			this.active--;
			this.listener.onMirror(service, outcome);
		}).send(this.connections);
	}

}
