package dev.holdfast.admin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;

import dev.holdfast.override.Overrides;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryOperations;
import org.springframework.boot.autoconfigure.web.embedded.EmbeddedWebServerFactoryCustomizerAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.web.servlet.context.AnnotationConfigServletWebServerApplicationContext;

/**
 * The admin port on a real server over a registry that a test brings.
 */
final class AdminServer implements AutoCloseable {

	private final AnnotationConfigServletWebServerApplicationContext context = new AnnotationConfigServletWebServerApplicationContext();

	private final Overrides overrides = new Overrides(Clock.systemUTC(), Optional.empty());

	private final HttpClient client = HttpClient.newHttpClient();

	<T extends Registry> AdminServer(Class<T> type, T registry, RegistryOperations operations, Traffic traffic,
			SnapshotChanges changes, EventStreamSettings settings, String... properties) {
		TestPropertyValues.of("server.port=0", "server.shutdown=graceful").and(properties).applyTo(this.context);
		this.context.registerBean(type, () -> registry);
		if (!registry.equals(operations)) {
			this.context.registerBean(RegistryOperations.class, () -> operations);
		}
		this.context.registerBean(Traffic.class, () -> traffic);
		this.context.registerBean("snapshotChanges", SnapshotChanges.class, () -> changes);
		this.context.registerBean(Clock.class, Clock::systemUTC);
		this.context.registerBean(Overrides.class, () -> this.overrides);
		this.context.registerBean(AdminSettings.class, () -> new AdminSettings(AdminApi.TOKEN, Set.of()));
		this.context.registerBean(EventStreamSettings.class, () -> settings);
		this.context.registerBean(GatewayIdentity.class, () -> new GatewayIdentity("gw-1", "0.1.0"));
		this.context.register(EmbeddedWebServerFactoryCustomizerAutoConfiguration.class,
				AdminPortTests.AdminPort.class);
		this.context.refresh();
	}

	Overrides overrides() {
		return this.overrides;
	}

	int port() {
		return this.context.getWebServer().getPort();
	}

	URI uri(String path) {
		return URI.create("http://localhost:" + port() + path);
	}

	HttpResponse<String> get(String path, String... headers) {
		try {
			HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
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
