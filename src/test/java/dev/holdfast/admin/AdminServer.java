package dev.holdfast.admin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import dev.holdfast.cluster.Gateways;
import dev.holdfast.cluster.LocalGateway;
import dev.holdfast.cluster.Standing;
import dev.holdfast.override.Overrides;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryOperations;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.springframework.boot.autoconfigure.web.embedded.EmbeddedWebServerFactoryCustomizerAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.web.embedded.tomcat.TomcatWebServer;
import org.springframework.boot.web.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * The admin port on a real server over a registry that a test brings.
 */
final class AdminServer implements AutoCloseable {

	private final AnnotationConfigServletWebServerApplicationContext context = new AnnotationConfigServletWebServerApplicationContext();

	private final Overrides overrides = new Overrides(Clock.systemUTC(), Optional.empty());

	static final Gateways GATEWAYS = Gateways.alone(
			() -> new LocalGateway("gw-1", "0.1.0", "localhost", 8081, Instant.EPOCH), () -> new Standing("LIVE", 1, 1),
			"alone in this test");

	private final HttpClient client = HttpClient.newHttpClient();

	<T extends Registry> AdminServer(Class<T> type, T registry, RegistryOperations operations, Traffic traffic,
			SnapshotChanges changes, EventStreamSettings settings, String... properties) {
		this(type, registry, operations, traffic, changes, settings, new FakeTraffic()::register, properties);
	}

	/**
	 * Starts a server with what a test registers in place of what is usual, or beside it.
	 */
	<T extends Registry> AdminServer(Class<T> type, T registry, RegistryOperations operations, Traffic traffic,
			SnapshotChanges changes, EventStreamSettings settings, Consumer<GenericApplicationContext> parts,
			String... properties) {
		TestPropertyValues.of("server.port=0", "server.shutdown=graceful").and(properties).applyTo(this.context);
		this.context.registerBean(type, () -> registry);
		if (!registry.equals(operations)) {
			this.context.registerBean(RegistryOperations.class, () -> operations);
		}
		this.context.registerBean(Traffic.class, () -> traffic);
		this.context.registerBean("snapshotChanges", SnapshotChanges.class, () -> changes);
		this.context.registerBean(Gateways.class, () -> GATEWAYS);
		this.context.registerBean(Clock.class, Clock::systemUTC);
		this.context.registerBean(Overrides.class, () -> this.overrides);
		this.context.registerBean(AdminSettings.class, () -> new AdminSettings(AdminApi.TOKEN, Set.of()));
		this.context.registerBean(EventStreamSettings.class, () -> settings);
		this.context.registerBean(GatewayIdentity.class, () -> new GatewayIdentity("gw-1", "0.1.0"));
		this.context.register(EmbeddedWebServerFactoryCustomizerAutoConfiguration.class,
				AdminPortTests.AdminPort.class);
		parts.accept(this.context);
		this.context.refresh();
	}

	/**
	 * Starts a server over a registry that says what a test tells it to.
	 */
	static AdminServer over(FakeRegistry registry, Consumer<GenericApplicationContext> others, String... properties) {
		SnapshotChanges changes = new SnapshotChanges();
		registry.subscribe(changes);
		AdminApi api = new AdminApi(registry);
		return new AdminServer(FakeRegistry.class, registry, registry, api, changes, new EventStreamSettings(8),
				(context) -> {
					new FakeTraffic().register(context);
					context.registerBean(Overrides.class, api::overrides);
					others.accept(context);
				}, properties);
	}

	<T> T bean(String name, Class<T> type) {
		return this.context.getBean(name, type);
	}

	Overrides overrides() {
		return this.overrides;
	}

	int port() {
		return this.context.getWebServer().getPort();
	}

	/**
	 * The most threads that have answered requests at the same time.
	 */
	int mostThreads() {
		TomcatWebServer tomcat = (TomcatWebServer) this.context.getWebServer();
		Executor threads = tomcat.getTomcat().getConnector().getProtocolHandler().getExecutor();
		return ((ThreadPoolExecutor) threads).getLargestPoolSize();
	}

	URI uri(String path) {
		return URI.create("http://localhost:" + port() + path);
	}

	HttpResponse<String> get(String path, String... headers) {
		return sendWithoutBody("GET", path, headers);
	}

	HttpResponse<String> sendWithoutBody(String method, String path, String... headers) {
		return send(method, path, HttpRequest.BodyPublishers.noBody(), headers);
	}

	HttpResponse<String> send(String method, String path, String body, String... headers) {
		return send(method, path, HttpRequest.BodyPublishers.ofString(body), headers);
	}

	private HttpResponse<String> send(String method, String path, HttpRequest.BodyPublisher body, String... headers) {
		try {
			HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).method(method, body);
			if (headers.length > 0) {
				request.headers(headers);
			}
			return this.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Sends bytes that no client would send, and reads until the server has done.
	 */
	String raw(String request) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
			socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Opens the event stream.
	 * @param query what stands behind the path
	 * @param headers names and values
	 */
	EventClient events(String query, String... headers) {
		return EventClient.open(this.client, uri("/registry/events" + query), headers);
	}

	@Override
	public void close() {
		this.context.close();
		this.client.shutdownNow();
	}

}
