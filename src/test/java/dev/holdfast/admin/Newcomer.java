package dev.holdfast.admin;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.override.ActiveOverrides;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who knows nothing, asks once for the state and follows the events from there;
 * starts anew when the gateway says so, and goes on where it was when the stream ends.
 */
final class Newcomer implements AutoCloseable {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final AdminServer server;

	private final Map<String, Map<String, String>> services = new TreeMap<>();

	private final Map<String, String> overrides = new TreeMap<>();

	private final AtomicInteger starts = new AtomicInteger();

	private final Thread thread;

	private long last;

	/** Whether the last event was the first one of its stream. */
	private boolean opening;

	private volatile String state = "";

	private volatile @Nullable EventClient stream;

	private volatile boolean closed;

	Newcomer(AdminServer server) {
		this.server = server;
		this.thread = Thread.ofVirtual().start(this::follow);
	}

	/**
	 * What it has rebuilt: of each service the URL and the revision of its instances by
	 * their id.
	 */
	synchronized Map<String, Map<String, String>> services() {
		Map<String, Map<String, String>> copy = new TreeMap<>();
		this.services.forEach((name, instances) -> copy.put(name, Map.copyOf(instances)));
		return copy;
	}

	/**
	 * The same of what is registered.
	 */
	static Map<String, Map<String, String>> services(Snapshot snapshot) {
		Map<String, Map<String, String>> services = new TreeMap<>();
		snapshot.services().values().forEach((service) -> {
			Map<String, String> instances = new TreeMap<>();
			for (Instance instance : service.instances()) {
				instances.put(instance.id(), instance.endpoint() + " " + instance.registration().modRevision());
			}
			services.put(service.name().value(), Map.copyOf(instances));
		});
		return services;
	}

	/**
	 * What it has rebuilt: until when each override is in force.
	 */
	synchronized Map<String, String> overrides() {
		return Map.copyOf(this.overrides);
	}

	/**
	 * The same of what is in force.
	 */
	static Map<String, String> overrides(ActiveOverrides active) {
		Map<String, String> overrides = new TreeMap<>();
		active.inForce()
			.values()
			.stream()
			.map(OverrideView::of)
			.forEach((override) -> overrides.put(
					"%s %s %s".formatted(override.kind(), override.service(), override.instance()),
					override.until().toString()));
		return Map.copyOf(overrides);
	}

	/** The registry's state as it was told last. */
	String state() {
		return this.state;
	}

	/** How often it asked for the whole state. */
	int starts() {
		return this.starts.get();
	}

	private void follow() {
		startAnew();
		while (!this.closed) {
			try (EventClient opened = this.server.events("", "Last-Event-ID", Long.toString(this.last))) {
				this.stream = opened;
				for (EventClient.Event event = opened.next(); event != null && !this.closed; event = opened.next()) {
					take(event);
				}
			}
		}
	}

	private void take(EventClient.Event event) {
		boolean first = this.opening;
		this.opening = event.name().equals("gateway");
		if (this.opening) {
			// Another gateway's ids may be smaller.
			this.last = event.id();
		}
		else if (event.name().equals("reset")) {
			if (first || event.id() > this.last) {
				startAnew();
			}
		}
		// What was told while the state was asked for is in it.
		else if (event.id() > this.last) {
			this.last = event.id();
			switch (event.name()) {
				case "service" -> apply(event.data());
				case "overrides" -> override(event.data());
				case "status" -> this.state = event.data().path("state").asText();
				default -> {
				}
			}
		}
	}

	private synchronized void apply(JsonNode change) {
		String name = change.path("name").asText();
		if (!change.path("known").asBoolean()) {
			this.services.remove(name);
			return;
		}
		Map<String, String> instances = this.services.computeIfAbsent(name, (key) -> new TreeMap<>());
		change.path("put").forEach((instance) -> put(instances, instance));
		change.path("removed").forEach((id) -> instances.remove(id.asText()));
	}

	private synchronized void override(JsonNode change) {
		change.path("put").forEach(this::put);
		change.path("removed").forEach((removed) -> this.overrides.remove(key(removed)));
	}

	private void put(JsonNode override) {
		this.overrides.put(key(override), override.path("until").asText());
	}

	private static String key(JsonNode override) {
		return "%s %s %s".formatted(override.path("kind").asText(), override.path("service").asText(),
				override.path("instance").asText());
	}

	private synchronized void startAnew() {
		this.starts.incrementAndGet();
		try {
			JsonNode whole = JSON.readTree(this.server.get("/registry/state").body());
			this.services.clear();
			this.overrides.clear();
			whole.path("overrides").forEach(this::put);
			whole.path("services").forEach((service) -> {
				Map<String, String> instances = new TreeMap<>();
				service.path("instances").forEach((instance) -> put(instances, instance));
				this.services.put(service.path("name").asText(), instances);
			});
			this.state = whole.at("/standing/state").asText();
			this.last = whole.path("eventId").asLong();
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void put(Map<String, String> instances, JsonNode instance) {
		instances.put(instance.path("id").asText(),
				instance.path("url").asText() + " " + instance.at("/registration/modRevision").asLong());
	}

	@Override
	public void close() {
		this.closed = true;
		EventClient opened = this.stream;
		if (opened != null) {
			opened.close();
		}
		try {
			this.thread.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
