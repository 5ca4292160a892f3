import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import dev.holdfast.quickstart.Demo;
import dev.holdfast.testing.Browser;
import dev.holdfast.testing.Browser.ColorScheme;
import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdBinary;
import dev.holdfast.testing.GatewayProcess;

import static org.awaitility.Awaitility.await;

/**
 * Takes the pictures of the operators' page for the documentation: the quick start's
 * services with some traffic, in light and dark, healthy and without etcd. Run by
 * {@code bench/dashboard pictures}.
 */
public final class DashboardPictures {

	private static final Duration OUTAGE = Duration.ofSeconds(75);

	private static final int TICK_MILLIS = 20;

	private static final List<String> PATHS = List.of("/orders/v1/items", "/orders/v1/items/7", "/users/v1/users");

	private final Path folder;

	private final GatewayProcess gateway;

	private final Browser browser;

	private DashboardPictures(Path folder, GatewayProcess gateway, Browser browser) {
		this.folder = folder;
		this.gateway = gateway;
		this.browser = browser;
	}

	/**
	 * Takes the pictures.
	 * @param arguments the folder for the pictures, and how many seconds of traffic the
	 * first ones show
	 */
	public static void main(String[] arguments) throws IOException {
		Path folder = Files.createDirectories(Path.of(arguments[0]));
		try (Closer closer = new Closer();
				ScheduledExecutorService clients = Executors.newSingleThreadScheduledExecutor()) {
			Demo demo = closer.register(Demo.start(EtcdBinary.find(System.out::println)));
			GatewayProcess gateway = closer.register(GatewayProcess.with(demo.etcd().endpoint()).start());
			HttpClient client = closer.register(HttpClient.newHttpClient());
			clients.scheduleAtFixedRate(() -> send(client, gateway), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
			Browser browser = closer.register(Browser.start());
			DashboardPictures pictures = new DashboardPictures(folder, gateway, browser);
			pictures.take("healthy", Duration.ofSeconds(Long.parseLong(arguments[1])));
			demo.etcd().kill();
			pictures.take("outage", OUTAGE);
			clients.shutdownNow();
		}
		System.exit(0);
	}

	private static void send(HttpClient client, GatewayProcess gateway) {
		// As much as somebody's site has: more and less, by the minute.
		double wave = 0.6 + 0.4 * Math.sin(System.nanoTime() / 2e10);
		if (ThreadLocalRandom.current().nextDouble() < wave) {
			String path = PATHS.get(ThreadLocalRandom.current().nextInt(PATHS.size()));
			client.sendAsync(HttpRequest.newBuilder(URI.create(gateway.url(path))).build(),
					HttpResponse.BodyHandlers.discarding());
		}
	}

	private void take(String name, Duration after) throws IOException {
		this.browser.resize(1280, 1000);
		this.browser.open(this.gateway.adminUrl("/?service=orders"));
		long begin = System.nanoTime();
		await().atMost(after.plusMinutes(1))
			.until(() -> System.nanoTime() - begin > after.toNanos()
					&& this.browser.shows("body[data-connection=live]"));
		for (ColorScheme scheme : ColorScheme.values()) {
			this.browser.show(scheme);
			Path file = this.folder
				.resolve("dashboard-%s-%s.png".formatted(name, scheme.name().toLowerCase(Locale.ROOT)));
			Files.write(file, this.browser.screenshot());
			System.out.println(file);
		}
	}

}
