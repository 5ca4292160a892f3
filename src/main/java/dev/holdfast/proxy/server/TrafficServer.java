package dev.holdfast.proxy.server;

import java.io.IOException;
import java.time.Duration;

import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.Probes;
import dev.holdfast.proxy.TrafficPortUnavailableException;
import dev.holdfast.proxy.TrafficSettings;
import dev.holdfast.proxy.TrafficTls;
import dev.holdfast.proxy.backend.BackendBundles;
import dev.holdfast.proxy.backend.BackendConnections;
import dev.holdfast.proxy.backend.HostResolver;
import dev.holdfast.proxy.client.ClientConnections;
import dev.holdfast.proxy.client.ClientCount;
import dev.holdfast.proxy.exchange.Exchanges;
import dev.holdfast.proxy.header.RequestIds;
import dev.holdfast.proxy.TrustedProxies;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.tunnel.Tunnels;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.service.HostLookup;
import dev.holdfast.upstream.Upstreams;
import io.netty.util.concurrent.Ticker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The traffic port: an HTTP reverse proxy on event loops of its own. A connection stays
 * on one event loop, and so do the connections to the backends of its requests.
 */
public final class TrafficServer {

	private static final Logger logger = LoggerFactory.getLogger(TrafficServer.class);

	private final TrafficSettings settings;

	private final TrafficTls tls;

	private final BackendBundles backendBundles;

	private final HostResolver hosts;

	private final ActiveRoutes routes;

	private final Upstreams upstreams;

	private final Probes probes;

	private final ExchangeListener listener;

	private final TrustedProxies trustedProxies;

	private final ClientCount clients;

	private final Ticker ticker;

	private volatile @Nullable OpenPort open;

	private @Nullable ServerTls clientTls;

	private volatile boolean shuttingDown;

	/**
	 * Prepare the port; nothing is opened before {@link #start}.
	 * @param settings how to listen and how long to wait
	 * @param tls what is secured
	 * @param routes where requests go
	 * @param upstreams the instances that they go to
	 * @param probes what to say of the gateway's own health
	 * @param listener hears of every request
	 */
	public TrafficServer(TrafficSettings settings, TrafficTls tls, ActiveRoutes routes, Upstreams upstreams,
			Probes probes, ExchangeListener listener) {
		this(settings, tls, new HostResolver(HostLookup.system()), routes, upstreams, probes, listener);
	}

	/**
	 * The same, with another way to find the addresses of instances' names.
	 * @param settings how to listen and how long to wait
	 * @param tls what is secured
	 * @param hosts finds the addresses of instances' names
	 * @param routes where requests go
	 * @param upstreams the instances that they go to
	 * @param probes what to say of the gateway's own health
	 * @param listener hears of every request
	 */
	public TrafficServer(TrafficSettings settings, TrafficTls tls, HostResolver hosts, ActiveRoutes routes,
			Upstreams upstreams, Probes probes, ExchangeListener listener) {
		this(settings, tls, hosts, routes, upstreams, probes, listener, Ticker.systemTicker());
	}

	/**
	 * The same, with a time of its own.
	 * @param settings how to listen and how long to wait
	 * @param tls what is secured
	 * @param hosts finds the addresses of instances' names
	 * @param routes where requests go
	 * @param upstreams the instances that they go to
	 * @param probes what to say of the gateway's own health
	 * @param listener hears of every request
	 * @param ticker the time, handed in so that tests can move it by hand
	 */
	public TrafficServer(TrafficSettings settings, TrafficTls tls, HostResolver hosts, ActiveRoutes routes,
			Upstreams upstreams, Probes probes, ExchangeListener listener, Ticker ticker) {
		this.ticker = ticker;
		this.settings = settings;
		this.tls = tls;
		this.hosts = hosts;
		this.backendBundles = new BackendBundles(tls.backends(), settings.times().connect());
		this.routes = routes;
		this.upstreams = upstreams;
		this.probes = probes;
		this.listener = listener;
		this.trustedProxies = new TrustedProxies(settings.trustedProxies());
		this.clients = new ClientCount(settings.limits());
	}

	/**
	 * Start to listen, and return when the port is open.
	 * @throws TrafficPortUnavailableException if the port cannot be listened on
	 * @throws IllegalStateException if it was started before
	 */
	public synchronized void start() {
		if (this.open != null) {
			throw new IllegalStateException("traffic port: started already (expected: once)");
		}
		OpenPort opened = open();
		this.open = opened;
		logger.info("Traffic port listens on {}:{}{}, {} event loops on {}", this.settings.address(), opened.number(),
				(this.clientTls != null) ? " with TLS" : "", this.settings.eventLoops(), opened.transport());
	}

	private OpenPort open() {
		try {
			this.clientTls = this.tls.clients().map(ServerTls::new).orElse(null);
			return OpenPort.open(this.settings, this.clientTls, this.listener, this.ticker, this::serve);
		}
		catch (IOException ex) {
			throw new TrafficPortUnavailableException(this.settings.address(), this.settings.port(), ex);
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			throw new IllegalStateException("Cannot open the traffic port on %s:%d: %s"
				.formatted(this.settings.address(), this.settings.port(), ex.getMessage()), ex);
		}
	}

	private EventLoopServer serve(TrafficLoop loop) {
		RequestIds ids = new RequestIds();
		BackendConnections backends = new BackendConnections(loop, this.hosts, this.backendBundles,
				this.settings.times());
		Tunnels tunnels = new Tunnels(loop, this.settings.times());
		Exchanges exchanges = new Exchanges(loop, this.settings, this.routes, this.upstreams, this.probes,
				this.listener, ids, backends, tunnels, this::isShuttingDown);
		ClientConnections connections = new ClientConnections(loop, this.settings, this.clients, this.trustedProxies,
				ids, this.listener, this::isShuttingDown, exchanges);
		EventLoopServer server = new EventLoopServer(loop, connections, exchanges, tunnels, backends, this.hosts);
		server.start();
		return server;
	}

	/**
	 * Secure new connections with the certificates of now. Those that are open go on.
	 * Does nothing for clients when it is not started.
	 */
	public synchronized void tlsChanged() {
		this.backendBundles.changed();
		ServerTls secured = this.clientTls;
		if (secured != null) {
			secured.changed();
		}
	}

	/**
	 * Return the port that is listened on, also when any was asked for.
	 * @return the port
	 */
	public synchronized int port() {
		return (this.open != null) ? this.open.number() : this.settings.port();
	}

	/**
	 * Look at what is due when all that has come by now has been read, and return when it
	 * has been seen to. It is done ten times a second anyway: for whoever has moved the
	 * time by hand. Does nothing when the port is not open.
	 */
	public void sweep() {
		OpenPort port = this.open;
		if (port != null) {
			port.sweep();
		}
	}

	/**
	 * Ask clients to go: from now on every response closes its connection. New
	 * connections are still taken, because load balancers may not have heard yet.
	 */
	public void beginShutdown() {
		this.shuttingDown = true;
	}

	/**
	 * Whether clients are asked to go.
	 * @return whether it is so since {@link #beginShutdown}
	 */
	public boolean isShuttingDown() {
		return this.shuttingDown;
	}

	/**
	 * Tell clients to go, stop to listen, and return when the last running request has
	 * been answered or the grace is over. Does nothing when it is not started.
	 * @param grace how long all of it may take
	 */
	public synchronized void stop(Duration grace) {
		OpenPort port = this.open;
		if (port == null) {
			return;
		}
		beginShutdown();
		port.close(grace);
		this.open = null;
		this.clientTls = null;
	}

}
