package dev.holdfast.proxy.exchange;

import java.util.function.BooleanSupplier;

import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.Probes;
import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.TrafficSettings;
import dev.holdfast.proxy.backend.ConnectionSource;
import dev.holdfast.proxy.client.ClientStream;
import dev.holdfast.proxy.client.RequestHandler;
import dev.holdfast.proxy.header.CorsFields;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestGuard;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.RequestHost;
import dev.holdfast.proxy.header.RequestIds;
import dev.holdfast.proxy.header.RequestTarget;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.tunnel.Tunnels;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.route.DirectResponse;
import dev.holdfast.route.RequestAttributes;
import dev.holdfast.route.RouteMatch;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTable;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.Upstreams;
import org.jspecify.annotations.Nullable;

/**
 * Takes the requests of one event loop's clients: answers those that go nowhere, and
 * makes an exchange of each whose way is known.
 */
public final class Exchanges implements RequestHandler {

	private final TrafficSettings settings;

	private final ActiveRoutes routes;

	private final Upstreams upstreams;

	private final ExchangeListener listener;

	private final RequestIds ids;

	private final ProbeResponses probes;

	private final RouteResponses direct;

	private final ExchangeResources resources;

	private final RequestHosts hosts = new RequestHosts();

	private final RequestFacts facts = new RequestFacts();

	private final RoutedRequest attributes = new RoutedRequest();

	/**
	 * Prepare to take requests.
	 * @param loop the event loop
	 * @param settings how much the port takes and how long it waits
	 * @param routes finds the service that a request is for
	 * @param upstreams the services
	 * @param probes tells of the gateway's own health
	 * @param listener hears of every request
	 * @param ids makes ids for requests that came without one
	 * @param backends gives connections to instances
	 * @param tunnels takes connections that have left HTTP
	 * @param shuttingDown tells whether clients are to go behind their next response
	 */
	public Exchanges(TrafficLoop loop, TrafficSettings settings, ActiveRoutes routes, Upstreams upstreams,
			Probes probes, ExchangeListener listener, RequestIds ids, ConnectionSource backends, Tunnels tunnels,
			BooleanSupplier shuttingDown) {
		this.settings = settings;
		this.routes = routes;
		this.upstreams = upstreams;
		this.listener = listener;
		this.ids = ids;
		ClientResponses responses = new ClientResponses(shuttingDown);
		this.probes = new ProbeResponses(probes, routes, responses, settings);
		this.direct = new RouteResponses(responses);
		WaitingRequests waiting = new WaitingRequests(loop);
		this.resources = new ExchangeResources(loop, settings.times(), backends, tunnels, waiting, new OpenStreams(),
				responses, new MirroredRequests(loop, upstreams, waiting,
						(service) -> routes.table().policyFor(service), backends, listener),
				new RequestHead());
	}

	@Override
	public void onRequest(ClientStream client) {
		RequestHead head = client.head();
		this.facts.read(head);
		Rejection malformed = client.rejection();
		if (malformed != null) {
			reject(client, begin(client), malformed);
			return;
		}
		RequestTarget target = RequestTarget.parse(head.target());
		if (target != null && this.probes.isProbe(target.path())) {
			client.listen(new AnsweredRequest(client));
			this.probes.answer(client, target.path(), isTooMuchLeft(head));
			return;
		}
		RequestLog log = begin(client);
		Rejection rejection = RequestGuard.check(head, this.settings.limits());
		if (rejection != null) {
			reject(client, log, rejection);
		}
		else if (isForGateway(head)) {
			client.listen(new AnsweredRequest(client));
			this.resources.responses().sendNothing(client, isTooMuchLeft(head));
			log.end();
		}
		else if (target == null) {
			reject(client, log, Rejection.TARGET);
		}
		else {
			route(client, log, target);
		}
	}

	private RequestLog begin(ClientStream client) {
		return new RequestLog(this.listener, this.resources.loop(), client);
	}

	/**
	 * Whether a request asks what the gateway itself can do.
	 */
	private static boolean isForGateway(RequestHead head) {
		return head.target().equals("*") && head.method().equals("OPTIONS");
	}

	private void route(ClientStream client, RequestLog log, RequestTarget target) {
		RequestHead head = client.head();
		RequestHost host = host(client, target);
		if (!host.valid() || (host.field().isEmpty() && hasHost(head))) {
			reject(client, log, Rejection.HOST);
			return;
		}
		log.address(host);
		boolean extended = head.protocol() != null;
		WebSocketOffer webSocket = extended ? WebSocketOffer.of(head) : null;
		if (extended && webSocket == null) {
			reject(client, log, Rejection.PROTOCOL);
			return;
		}
		RouteTable table = this.routes.table();
		RouteMatch match = match(table, extended ? "GET" : head.method(), host, target, head);
		RouteMatch preflighted = preflighted(table, match, host, target, head);
		match = (preflighted != null) ? preflighted : match;
		if (match != null) {
			log.route(match);
		}
		if (table.policy(match).paths().rejects(target.path())) {
			reject(client, log, Rejection.ENCODED_SLASH);
		}
		else if (match == null) {
			answer(client, log, GatewayError.NO_ROUTE, 0, match);
		}
		else if (preflighted != null) {
			this.direct.allow(client, log, match, isTooMuchLeft(head));
		}
		else {
			dispatch(client, log, match, target, host, webSocket);
		}
	}

	private @Nullable RouteMatch match(RouteTable table, String method, RequestHost host, RequestTarget target,
			RequestHead head) {
		return table.match(this.attributes.of(method, target.query(), head.fields()), host.name(), target.path());
	}

	/**
	 * Return the way whose CORS a preflight asks for: that of the request that would
	 * follow, whatever is allowed on the one that the preflight takes itself. That one
	 * answers only where there is none for the request.
	 * @return the way, {@code null} when it is no preflight or CORS is left to a service
	 */
	private @Nullable RouteMatch preflighted(RouteTable table, @Nullable RouteMatch match, RequestHost host,
			RequestTarget target, RequestHead head) {
		String method = CorsFields.preflightedMethod(head);
		if (method == null) {
			return null;
		}
		RouteMatch asked = match(table, method, host, target, head);
		RouteMatch answering = (asked != null) ? asked : match;
		return hasCors(answering) ? answering : null;
	}

	private static boolean hasCors(@Nullable RouteMatch match) {
		return match != null && !match.policy().actions().cors().isNone();
	}

	private RequestHost host(ClientStream client, RequestTarget target) {
		RequestHead head = client.head();
		String authority = head.authority();
		if (!target.authority().isEmpty()) {
			// RFC 9112, section 3.2.2: an absolute-form target wins over Host.
			return this.hosts.of(target.authority(), client.peer());
		}
		if (authority != null) {
			// RFC 9113, section 8.3.1.
			return this.hosts.of(authority, client.peer());
		}
		return (this.facts.host() >= 0) ? this.hosts.of(head.fields(), this.facts.host(), client.peer())
				: this.hosts.of("", client.peer());
	}

	private boolean hasHost(RequestHead head) {
		return head.authority() != null || this.facts.host() >= 0;
	}

	private void dispatch(ClientStream client, RequestLog log, RouteMatch match, RequestTarget target, RequestHost host,
			@Nullable WebSocketOffer webSocket) {
		RequestHead head = client.head();
		long most = match.policy().maxBodySize();
		ServiceName service = match.service();
		Upstream upstream = (service != null) ? this.upstreams.find(service) : null;
		if (!match.policy().isPlain() && match.policy().actions().isAnswered()) {
			if (webSocket != null && isSuccess(match)) {
				// RFC 8441, section 5: the client would take it for the tunnel.
				answer(client, log, GatewayError.PROTOCOL_NOT_SUPPORTED, 0, match);
				return;
			}
			this.direct.respond(client, log, match, target, host, isTooMuchLeft(head));
		}
		else if (upstream == null) {
			answer(client, log, GatewayError.NO_INSTANCE, 0, match);
		}
		else if (most > 0 && head.contentLength() > most) {
			answer(client, log, GatewayError.BODY_TOO_LARGE, 0, match);
		}
		else if (!upstream.tryStart()) {
			answer(client, log, GatewayError.CIRCUIT_OPEN, upstream.retryAfter().toSeconds(), match);
		}
		else {
			forward(client, log, match, target, host, webSocket, upstream);
		}
	}

	private static boolean isSuccess(RouteMatch match) {
		return match.policy().actions().response() instanceof DirectResponse.Fixed fixed && fixed.status() < 300;
	}

	private void forward(ClientStream client, RequestLog log, RouteMatch match, RequestTarget target, RequestHost host,
			@Nullable WebSocketOffer webSocket, Upstream upstream) {
		RequestHead head = client.head();
		String id = this.facts.requestId(head, this.ids);
		log.identify(id);
		// What follows an extended CONNECT is no body.
		RequestBody body = (head.hasBody() && webSocket == null) ? new RequestBody(client, match.policy().maxBodySize())
				: null;
		ClientRequest request = new ClientRequest(client, match, target.query(), host, id,
				this.facts.isRepeatable() || webSocket != null, body, GrpcCall.of(head),
				(webSocket != null) ? webSocket : offer(client));
		Exchange exchange = new Exchange(this.resources, request, upstream, log);
		client.listen(exchange);
		exchange.start();
	}

	private @Nullable ProtocolOffer offer(ClientStream client) {
		ProtocolOffer offer = this.facts.protocolOffer(client.head());
		return (offer != null && client.holdForSwitch()) ? offer : null;
	}

	private void reject(ClientStream client, RequestLog log, Rejection rejection) {
		log.reject(rejection);
		answer(client, log, rejection.error(), 0, true, RoutePolicy.DEFAULTS);
	}

	private void answer(ClientStream client, RequestLog log, GatewayError error, long retryAfterSeconds,
			@Nullable RouteMatch match) {
		answer(client, log, error, retryAfterSeconds, isTooMuchLeft(client.head()), this.routes.table().policy(match));
	}

	private void answer(ClientStream client, RequestLog log, GatewayError error, long retryAfterSeconds, boolean close,
			RoutePolicy policy) {
		RequestHead head = client.head();
		GrpcCall grpc = GrpcCall.of(head);
		String id = this.facts.requestId(head, this.ids);
		log.identify(id);
		log.fail(error);
		log.respond((grpc != null) ? 200 : error.status());
		client.listen(new AnsweredRequest(client));
		log.transfer(0,
				this.resources.responses().sendError(client, error, id, grpc, retryAfterSeconds, close, policy));
		log.end();
	}

	/**
	 * Whether the connection cannot be used behind a response that comes before the
	 * request's body.
	 */
	private static boolean isTooMuchLeft(RequestHead head) {
		return head.hasBody() && head.version() != HttpVersion.HTTP_2 && head.isTooMuchLeft(0);
	}

	/**
	 * End the responses that may go on until somebody ends them, as far as it can be done
	 * in order now: event streams, and calls of gRPC that have many messages. To be asked
	 * from time to time.
	 */
	public void endStreams() {
		this.resources.streams().end();
	}

	/**
	 * Return how many responses may go on until somebody ends them.
	 */
	public int streams() {
		return this.resources.streams().size();
	}

	/**
	 * Look for instances that other event loops have made room on.
	 */
	public void sweep() {
		this.resources.waiting().serveAll();
	}

	/**
	 * What the route table looks at of the request that is routed now.
	 */
	private static final class RoutedRequest implements RequestAttributes {

		private String method = "";

		private String query = "";

		private HeaderFields fields = HeaderFields.NONE;

		private RoutedRequest of(String routedMethod, String routedQuery, HeaderFields routedFields) {
			this.method = routedMethod;
			this.query = routedQuery;
			this.fields = routedFields;
			return this;
		}

		@Override
		public String method() {
			return this.method;
		}

		@Override
		public String query() {
			return this.query;
		}

		@Override
		public @Nullable String header(String name) {
			return this.fields.get(name);
		}

	}

}
