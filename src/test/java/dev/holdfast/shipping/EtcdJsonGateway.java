package dev.holdfast.shipping;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;

/**
 * As much of etcd's JSON gateway as a registration needs, in the form in which etcd
 * answers it.
 */
final class EtcdJsonGateway implements AutoCloseable {

	private final ObjectMapper json = new ObjectMapper();

	private final HttpServer server;

	private final List<Put> puts = new CopyOnWriteArrayList<>();

	private final AtomicLong lease = new AtomicLong(7587870460981677000L);

	private volatile boolean alive;

	EtcdJsonGateway() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/v3/", (exchange) -> {
			try (exchange) {
				String answer = answer(exchange.getRequestURI().getPath(),
						this.json.readTree(exchange.getRequestBody().readAllBytes()));
				byte[] body = answer.getBytes(StandardCharsets.UTF_8);
				exchange.sendResponseHeaders(200, body.length);
				exchange.getResponseBody().write(body);
			}
		});
		this.server.start();
	}

	String url() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort();
	}

	List<Put> puts() {
		return this.puts;
	}

	boolean holdsALease() {
		return this.alive;
	}

	void expireTheLease() {
		this.alive = false;
	}

	private String answer(String path, JsonNode request) {
		return switch (path) {
			case "/v3/lease/grant" -> {
				this.alive = true;
				yield "{\"header\":{\"revision\":\"1\"},\"ID\":\"%d\",\"TTL\":\"%s\"}"
					.formatted(this.lease.incrementAndGet(), request.path("TTL").asText());
			}
			case "/v3/kv/put" -> {
				this.puts.add(new Put(decoded(request.path("key")), decoded(request.path("value")),
						request.path("lease").asLong() == this.lease.get()));
				yield "{\"header\":{\"revision\":\"2\"}}";
			}
			case "/v3/lease/keepalive" -> this.alive && request.path("ID").asLong() == this.lease.get()
					? "{\"result\":{\"header\":{},\"ID\":\"%d\",\"TTL\":\"10\"}}".formatted(this.lease.get())
					: "{\"result\":{\"header\":{},\"ID\":\"%d\"}}".formatted(this.lease.get());
			case "/v3/lease/revoke" -> {
				this.alive = false;
				yield "{\"header\":{\"revision\":\"3\"}}";
			}
			default -> throw new IllegalArgumentException("path: %s (expected: a lease or kv call)".formatted(path));
		};
	}

	private static String decoded(JsonNode text) {
		return new String(Base64.getDecoder().decode(text.asText()), StandardCharsets.UTF_8);
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

	record Put(String key, String value, boolean underTheLease) {

	}

}
