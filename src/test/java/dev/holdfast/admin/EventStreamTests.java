package dev.holdfast.admin;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Level;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.testing.CapturedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.web.servlet.error.ErrorMvcAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventStreamTests {

	private static final EventStreamSettings SETTINGS = new EventStreamSettings(8);

	private final FakeRegistry registry = new FakeRegistry();

	private final List<AutoCloseable> opened = new ArrayList<>();

	private volatile boolean changing = true;

	private AdminServer start(EventStreamSettings settings, String... properties) {
		SnapshotChanges changes = new SnapshotChanges();
		this.registry.subscribe(changes);
		AdminServer server = new AdminServer(FakeRegistry.class, this.registry, this.registry,
				new AdminApi(this.registry), changes, settings, properties);
		this.opened.add(server);
		return server;
	}

	private EventClient open(AdminServer server, String query, String... headers) {
		EventClient client = server.events(query, headers);
		this.opened.add(client);
		return client;
	}

	@AfterEach
	void close() throws Exception {
		this.changing = false;
		for (AutoCloseable each : this.opened.reversed()) {
			each.close();
		}
	}

	@Test
	void whatHappensIsStreamedAndWhoAnswersIsToldFirst() {
		AdminServer server = start(SETTINGS);
		EventClient client = open(server, "");
		assertThat(client.response().statusCode()).isEqualTo(200);
		assertThat(client.response().headers().firstValue("Content-Type")).hasValue("text/event-stream;charset=UTF-8");
		assertThat(client.response().headers().allValues("Cache-Control")).containsExactly("no-store");
		EventClient.Event first = client.next("gateway");
		assertThat(first.data().path("instanceId").asText()).isEqualTo("gw-1");
		this.registry.with("orders", "o1");
		EventClient.Event event = client.next("service");
		assertThat(event.id()).isGreaterThan(first.id());
		assertThat(event.data().path("put").findValuesAsText("id")).containsExactly("o1");
		this.registry.become(new RegistryStatus.Stale(FakeRegistry.PROVEN_AT, "connection refused"));
		EventClient.Event status = client.next("status");
		while (!status.data().path("state").asText().equals("STALE")) {
			status = client.next("status");
		}
		assertThat(status.data().path("cause").asText()).isEqualTo("connection refused");
	}

	@Test
	void whoComesAgainGetsWhatItMissedByHeaderOrParameter() {
		AdminServer server = start(SETTINGS);
		EventClient before = open(server, "");
		this.registry.with("orders", "o1");
		EventClient.Event seen = before.next("service");
		before.close();
		this.registry.with("users", "u1");
		String id = Long.toString(seen.id());
		for (EventClient again : List.of(open(server, "", "Last-Event-ID", id), open(server, "?lastEventId=" + id),
				open(server, "?lastEventId=1", "Last-Event-ID", id))) {
			assertThat(again.next("gateway").id()).isEqualTo(seen.id());
			assertThat(again.next("service").data().path("name").asText()).isEqualTo("users");
			again.close();
		}
	}

	@Test
	void whoComesWithAnIdThatIsNoneOfThisGatewaysStartsAnew() {
		AdminServer server = start(SETTINGS);
		for (String id : List.of("1", "9007199254740991", "none")) {
			try (EventClient client = server.events("", "Last-Event-ID", id)) {
				long now = client.next("gateway").id();
				assertThat(client.next("reset").id()).isEqualTo(now);
			}
		}
	}

	@Test
	void theStateHasTheEntityTagOfItsEvent() {
		AdminServer server = start(SETTINGS);
		this.registry.with("orders", "o1");
		await().until(() -> server.get("/registry/state").body().contains("\"o1\""));
		HttpResponse<String> state = server.get("/registry/state");
		String tag = state.headers().firstValue("ETag").orElseThrow();
		assertThat(state.body()).contains("\"eventId\":" + tag.replace("\"", ""), "\"instanceId\":\"gw-1\"",
				"\"standing\":{\"state\":\"LIVE\"");
		assertThat(state.headers().firstValue("Holdfast-As-Of")).hasValue("2026-01-02T03:04:05Z");
		assertThat(server.get("/registry/state", "If-None-Match", tag).statusCode()).isEqualTo(304);
	}

	@Test
	void theStateIsThatOfTheRegistryFromTheFirstRequestOn() {
		this.registry.with("orders", "o1");
		AdminServer server = start(SETTINGS);
		HttpResponse<String> first = server.get("/registry/state");
		assertThat(first.body()).contains("\"standing\":{\"state\":\"LIVE\"", "\"o1\"");
		assertThat(first.headers().firstValue("Holdfast-As-Of")).hasValue("2026-01-02T03:04:05Z");
		this.registry.become(new RegistryStatus.Stale(FakeRegistry.PROVEN_AT, "connection refused"));
		assertThat(server.get("/registry/state").body()).contains("\"standing\":{\"state\":\"STALE\"");
	}

	@Test
	void aStreamWithoutEventsHasAHeartbeat() {
		AdminServer server = start(new EventStreamSettings(1, Duration.ofMillis(20), 10_000, 10_000));
		EventClient client = open(server, "");
		client.next(": heartbeat");
		client.next(": heartbeat");
	}

	@Test
	void oneClientTooManyIsRefusedUntilAnotherGoes() {
		AdminServer server = start(new EventStreamSettings(2, Duration.ofMillis(20), 10_000, 10_000));
		EventClient first = open(server, "");
		open(server, "");
		HttpResponse<String> refused = server.get("/registry/events");
		assertThat(refused.statusCode()).isEqualTo(503);
		assertThat(refused.body()).contains("\"code\":\"too-many-event-streams\"", "holdfast.admin.max-event-streams");
		assertThat(refused.headers().firstValue("Retry-After")).isPresent();
		assertThat(server.get("/registry/events", "Accept", "text/event-stream").body())
			.contains("too-many-event-streams");
		first.close();
		await().until(() -> open(server, "").response().statusCode() == 200);
	}

	@Test
	void moreClientsThanTheServerHasThreadsAreServed() {
		AdminServer server = start(new EventStreamSettings(200), "server.tomcat.threads.max=2",
				"server.tomcat.threads.min-spare=1");
		List<EventClient> clients = IntStream.range(0, 200).mapToObj((i) -> open(server, "")).toList();
		this.registry.with("orders", "o1");
		clients
			.forEach((client) -> assertThat(client.next("service").data().path("name").asText()).isEqualTo("orders"));
		assertThat(server.get("/registry").statusCode()).isEqualTo(200);
		assertThat(server.mostThreads()).isLessThanOrEqualTo(2);
	}

	@Test
	void whoReadsNothingIsDropped() throws Exception {
		AdminServer server = start(new EventStreamSettings(1, Duration.ofSeconds(15), 100_000, 2_000_000),
				"server.tomcat.connection-timeout=300ms");
		try (Socket socket = new Socket()) {
			socket.setReceiveBufferSize(4096);
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
			socket.getOutputStream()
				.write("GET /registry/events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			assertThat(socket.getInputStream().read()).isEqualTo('H');
			assertThat(server.get("/registry/events").statusCode()).isEqualTo(503);
			CompletableFuture<Void> changes = change(100, 20);
			await().atMost(Duration.ofSeconds(60)).until(() -> open(server, "").response().statusCode() == 200);
			this.changing = false;
			changes.get();
		}
	}

	@Test
	void aClientThatLeavesIsNoTrouble(CapturedLog log) throws Exception {
		SnapshotChanges snapshots = new SnapshotChanges();
		this.registry.subscribe(snapshots);
		AdminServer server = new AdminServer(FakeRegistry.class, this.registry, this.registry,
				new AdminApi(this.registry), snapshots, new EventStreamSettings(1), (context) -> {
					new FakeTraffic().register(context);
					context.registerBean(ErrorMvcAutoConfiguration.class);
				});
		this.opened.add(server);
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
			socket.getOutputStream()
				.write("GET /registry/events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			assertThat(socket.getInputStream().read()).isEqualTo('H');
			socket.setSoLinger(true, 0);
		}
		CompletableFuture<Void> changes = change(10, 20);
		await().atMost(Duration.ofSeconds(60)).until(() -> open(server, "").response().statusCode() == 200);
		this.changing = false;
		changes.get();
		assertThat(log.events()).filteredOn((event) -> event.getLevel().isGreaterOrEqual(Level.WARN))
			.filteredOn((event) -> !event.getFormattedMessage().contains("too-many-event-streams"))
			.extracting((event) -> event.getLoggerName() + " " + event.getFormattedMessage())
			.isEmpty();
	}

	@Test
	void aHeadRequestOpensNoStream() throws Exception {
		AdminServer server = start(new EventStreamSettings(1));
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
			socket.getOutputStream()
				.write("HEAD /registry/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
				.startsWith("HTTP/1.1 200")
				.contains("text/event-stream")
				.endsWith("\r\n\r\n");
		}
	}

	@Test
	void aForeignPageGetsNoEvents() {
		AdminServer server = start(SETTINGS);
		assertThat(server.get("/registry/events", "Origin", "http://evil.example.org").statusCode()).isEqualTo(403);
		assertThat(server.get("/registry/state", "Origin", "http://evil.example.org").statusCode()).isEqualTo(403);
		assertThat(server.get("/registry/events", "Accept", "text/html").body()).contains("not-acceptable");
	}

	@Test
	void streamsEndWhenTheGatewayStops() {
		AdminServer server = start(SETTINGS);
		EventClient client = open(server, "");
		client.next("gateway");
		this.opened.removeFirst();
		server.close();
		while (client.next() != null) {
			assertThat(client).isNotNull();
		}
	}

	@Test
	void newcomersRebuildTheWholeStateWhileItChanges() throws Exception {
		AdminServer server = start(new EventStreamSettings(50));
		rebuild(server, 20);
	}

	@Test
	void newcomersRebuildTheWholeStateAlsoWhenTheyHaveToStartAnew() throws Exception {
		AdminServer server = start(new EventStreamSettings(50, Duration.ofSeconds(15), 20_000, 60_000));
		List<Newcomer> newcomers = rebuild(server, 10);
		IntStream.range(0, 100).forEach((i) -> this.registry.with("s" + i, "a", "b", "c", "d", "e"));
		assertRebuilt(newcomers);
		assertThat(newcomers).anyMatch((newcomer) -> newcomer.starts() > 1);
	}

	private List<Newcomer> rebuild(AdminServer server, int number) throws Exception {
		CompletableFuture<Void> changes = change(40, 6);
		List<Newcomer> newcomers = new ArrayList<>();
		for (int i = 0; i < number; i++) {
			Newcomer newcomer = new Newcomer(server);
			newcomers.add(newcomer);
			this.opened.add(newcomer);
			long revision = this.registry.snapshot().revision().number();
			await().until(() -> this.registry.snapshot().revision().number() > revision + 50);
		}
		this.changing = false;
		changes.get();
		assertRebuilt(newcomers);
		return newcomers;
	}

	private void assertRebuilt(List<Newcomer> newcomers) {
		for (Newcomer newcomer : newcomers) {
			await().atMost(Duration.ofSeconds(30))
				.untilAsserted(
						() -> assertThat(newcomer.services()).isEqualTo(Newcomer.services(this.registry.snapshot())));
		}
	}

	/**
	 * Changes random services until it is told to end, one hundred and more in a frame.
	 */
	private CompletableFuture<Void> change(int services, int instances) {
		Random random = new Random(42);
		return CompletableFuture.runAsync(() -> {
			while (this.changing) {
				String[] ids = IntStream.range(0, instances)
					.filter((i) -> random.nextInt(3) > 0)
					.mapToObj((i) -> "i" + i)
					.toArray(String[]::new);
				this.registry.with("s" + random.nextInt(services), ids);
				LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
			}
		}, (task) -> Thread.ofVirtual().start(task));
	}

}
