import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A backend for compose.yaml that registers itself in etcd under a lease, keeps the lease alive, and registers again
 * when an outage of etcd outlived the lease. It talks to etcd's JSON gateway and so needs nothing but a JDK:
 * {@code java DemoBackend.java}, configured by DEMO_ETCD, DEMO_SERVICE, DEMO_INSTANCE, DEMO_HOST and DEMO_PORT.
 */
final class DemoBackend {

	private static final int LEASE_SECONDS = 10;

	private static final Pattern LEASE_ID = Pattern.compile("\"ID\":\"(\\d+)\"");

	private static final Pattern REMAINING = Pattern.compile("\"TTL\":\"([1-9]\\d*)\"");

	private final HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

	private final List<String> etcd = List.of(setting("DEMO_ETCD", "http://127.0.0.1:2379").split(","));

	private final String service = setting("DEMO_SERVICE", "orders");

	private final String instance = setting("DEMO_INSTANCE", "orders-1");

	private final int port = Integer.parseInt(setting("DEMO_PORT", "8000"));

	private int member;

	private volatile String lease = "";

	public static void main(String[] args) throws IOException, InterruptedException {
		new DemoBackend().run();
	}

	private void run() throws IOException, InterruptedException {
		HttpServer server = HttpServer.create(new InetSocketAddress(this.port), 0);
		server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
		server.createContext("/", this::answer);
		server.start();
		Runtime.getRuntime().addShutdownHook(new Thread(this::deregister));
		while (true) {
			try {
				if (this.lease.isEmpty() || !keptAlive()) {
					register(server.getAddress().getPort());
				}
			}
			catch (IOException ex) {
				// Another member may answer; the lease may well outlive this one's absence.
				this.member++;
				System.out.println("etcd did not answer, trying the next member: " + ex);
			}
			Thread.sleep(Duration.ofSeconds(LEASE_SECONDS).dividedBy(5));
		}
	}

	private void register(int actualPort) throws IOException, InterruptedException {
		String granted = group(LEASE_ID, call("/v3/lease/grant", Map.of("TTL", String.valueOf(LEASE_SECONDS))));
		String host = setting("DEMO_HOST", this.instance);
		call("/v3/kv/put", Map.of("key", base64("/services/" + this.service + "/" + this.instance), "value",
				base64("{\"url\":\"http://" + host + ":" + actualPort + "\"}"), "lease", granted));
		this.lease = granted;
		System.out.println("registered " + this.instance + " of " + this.service + " on port " + actualPort);
	}

	private boolean keptAlive() throws IOException, InterruptedException {
		return REMAINING.matcher(call("/v3/lease/keepalive", Map.of("ID", this.lease))).find();
	}

	private void deregister() {
		try {
			if (!this.lease.isEmpty()) {
				call("/v3/lease/revoke", Map.of("ID", this.lease));
			}
		}
		catch (IOException | InterruptedException ex) {
			System.out.println("not deregistered, the lease will expire by itself: " + ex);
		}
	}

	private String call(String path, Map<String, String> body) throws IOException, InterruptedException {
		StringBuilder json = new StringBuilder();
		body.forEach((name, value) -> json.append(json.isEmpty() ? "{" : ",")
			.append('"').append(name).append("\":\"").append(value).append('"'));
		HttpRequest request = HttpRequest
			.newBuilder(URI.create(this.etcd.get(Math.floorMod(this.member, this.etcd.size())) + path))
			.timeout(Duration.ofSeconds(2))
			.POST(HttpRequest.BodyPublishers.ofString(json.append('}').toString()))
			.build();
		HttpResponse<String> response = this.client.send(request, HttpResponse.BodyHandlers.ofString());
		if (response.statusCode() != 200) {
			throw new IOException(path + " answered " + response.statusCode() + " " + response.body());
		}
		return response.body();
	}

	private void answer(HttpExchange exchange) throws IOException {
		try (exchange) {
			exchange.getRequestBody().readAllBytes();
			byte[] body = "{\"service\":\"%s\",\"instance\":\"%s\",\"method\":\"%s\"}\n"
				.formatted(this.service, this.instance, exchange.getRequestMethod())
				.getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().set("Content-Type", "application/json");
			boolean head = "HEAD".equals(exchange.getRequestMethod());
			exchange.sendResponseHeaders(200, head ? -1 : body.length);
			if (!head) {
				exchange.getResponseBody().write(body);
			}
		}
	}

	private static String group(Pattern pattern, String text) throws IOException {
		Matcher matcher = pattern.matcher(text);
		if (!matcher.find()) {
			throw new IOException("expected " + pattern + " in " + text);
		}
		return matcher.group(1);
	}

	private static String base64(String text) {
		return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
	}

	private static String setting(String name, String fallback) {
		return System.getenv().getOrDefault(name, fallback);
	}

}
