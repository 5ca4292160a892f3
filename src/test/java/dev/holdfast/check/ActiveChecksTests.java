package dev.holdfast.check;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ServerSocketFactory;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.Acceptor;
import dev.holdfast.testing.CapturedLog;
import dev.holdfast.testing.FreePorts;
import dev.holdfast.testing.Patience;
import dev.holdfast.upstream.InstanceState;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamInstance;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ActiveChecksTests {

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nup";

	private static final String SICK = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\ndown";

	private static final CheckSettings HTTP = CheckSettings.DEFAULTS
		.with(Optional.of(new Check.Http(CheckMethod.GET, "/health", StatusSet.parse("200-299"), "")));

	private static final CheckSettings TCP = CheckSettings.DEFAULTS.with(Optional.of(new Check.Tcp()));

	private final List<AutoCloseable> open = new ArrayList<>();

	@AfterEach
	void closeAll() throws Exception {
		for (AutoCloseable one : this.open.reversed()) {
			one.close();
		}
	}

	private <T extends AutoCloseable> T opened(T one) {
		this.open.add(one);
		return one;
	}

	private Checking checking(CheckSettings settings) {
		return opened(new Checking(new CheckPolicy(settings, Map.of(), true)));
	}

	private Sick sick(String response) {
		return opened(new Sick(response));
	}

	@Test
	void anInstanceThatFailsThreeTimesIsAvoidedUntilItHasPassedTwice() {
		Sick instance = sick(OK);
		Checking checking = checking(HTTP);
		checking.register(instance.registered("a"));
		checking.round(1);
		assertThat(checking.known("a")).isEqualTo(
				new CheckState(HTTP.check(), "", false, 0, 0, Optional.of(Instant.EPOCH.plus(Checking.ROUND)), ""));
		instance.response = SICK;
		checking.rounds(2);
		assertThat(checking.known("a").failures()).isEqualTo(2);
		assertThat(checking.known("a").failing()).isFalse();
		assertThat(checking.named("a").state()).isInstanceOf(InstanceState.Routable.class);
		checking.round(1);
		assertThat(checking.known("a").failing()).isTrue();
		assertThat(checking.error("a")).isEqualTo("status 503 (expected: 200-299)");
		assertThat(checking.named("a").state())
			.isEqualTo(new InstanceState.FailingCheck("GET /health: status 503 (expected: 200-299)"));
		instance.response = OK;
		checking.round(1);
		assertThat(checking.known("a").failing()).isTrue();
		assertThat(checking.known("a").passes()).isEqualTo(1);
		assertThat(checking.named("a").state()).isInstanceOf(InstanceState.FailingCheck.class);
		checking.round(1);
		assertThat(checking.known("a").failing()).isFalse();
		assertThat(checking.named("a").state()).isNotInstanceOf(InstanceState.FailingCheck.class);
	}

	@Test
	void oneThatPassesInBetweenBeginsAnew() {
		Sick instance = sick(SICK);
		Checking checking = checking(HTTP);
		checking.register(instance.registered("a"));
		checking.rounds(2);
		instance.response = OK;
		checking.round(1);
		instance.response = SICK;
		checking.rounds(2);
		assertThat(checking.known("a").failing()).isFalse();
		checking.round(1);
		assertThat(checking.known("a").failing()).isTrue();
		instance.response = OK;
		checking.round(1);
		instance.response = SICK;
		checking.round(1);
		instance.response = OK;
		checking.round(1);
		assertThat(checking.known("a").failing()).isTrue();
		assertThat(checking.known("a").passes()).isEqualTo(1);
	}

	@Test
	void aFailureInAnotherWayIsTheNewReason() throws IOException {
		Sick instance = sick(SICK);
		Checking checking = checking(HTTP);
		checking.register(instance.registered("a"));
		checking.rounds(3);
		instance.close();
		checking.round(1);
		assertThat(checking.named("a").state())
			.isEqualTo(new InstanceState.FailingCheck("GET /health: no connection: refused"));
	}

	@Test
	void anInstanceThatCannotBeConnectedToDoesNotMakeThePanicThatOneThatAnswersDoes() throws IOException {
		Sick well = sick(OK);
		Sick first = sick(SICK);
		Sick second = sick(SICK);
		Checking checking = checking(HTTP);
		checking.register(well.registered("a"), first.registered("b"), second.registered("c"));
		for (int i = 0; i < 3; i++) {
			checking.round(3);
		}
		Upstream upstream = Objects.requireNonNull(checking.upstreams().find(Checking.ORDERS));
		assertThat(upstream.isPanicking()).isTrue();
		first.close();
		second.close();
		checking.round(3);
		assertThat(upstream.isPanicking()).isFalse();
	}

	@Test
	void whatAnInstanceHasRegisteredIsToldPrintably(CapturedLog log) {
		Sick instance = sick(OK);
		Checking checking = checking(CheckSettings.DEFAULTS.with(Optional.of(new Check.Http(CheckMethod.GET, "/health",
				StatusSet.parse("200"), "UP\nall is well" + "!".repeat(900)))));
		checking.register(instance.registered("a"));
		checking.rounds(3);
		assertThat(checking.error("a")).startsWith("no \"UP?all is well!").hasSizeLessThan(250);
		assertThat(checking.named("a").state().reason()).contains("UP?all is well").hasSizeLessThan(350);
		assertThat(log).contains("no \"UP?all is well!");
	}

	@Test
	void whatChangesIsLoggedOnceAndWhatGoesOnIsNot(CapturedLog log) {
		Sick instance = sick(SICK);
		Checking checking = checking(HTTP);
		checking.register(instance.registered("a"));
		checking.rounds(6);
		assertThat(log).containsOnlyOnce("status 503");
		instance.response = OK;
		checking.rounds(4);
		assertThat(log).containsOnlyOnce("passes its check again");
	}

	@Test
	void aCheckIsARequestOfItsOwnToTheInstanceItself() throws InterruptedException {
		Sick instance = sick(OK);
		Checking checking = checking(HTTP);
		checking.register(
				Checking.instance("a", new Endpoint(Scheme.HTTP, "127.0.0.1", instance.port(), "/api"), Map.of()));
		checking.rounds(2);
		assertThat(instance.request()).isEqualTo("""
				GET /api/health HTTP/1.1
				Host: 127.0.0.1:%d
				Connection: close
				User-Agent: holdfast-health-check
				Accept: */*
				""".formatted(instance.port()));
		assertThat(instance.connections).hasSize(2);
	}

	@Test
	void anInstanceIsCheckedAsItRegistersAndElseAsItsServiceIs() throws InterruptedException {
		Sick instance = sick(OK);
		Checking checking = checking(HTTP);
		checking.register(instance.registered("a", Map.of("holdfast.check.path", "/own", "holdfast.check.method",
				"HEAD", "holdfast.check.status", "200,503")));
		instance.response = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\n";
		checking.round(1);
		assertThat(checking.error("a")).isEmpty();
		assertThat(instance.request()).startsWith("HEAD /own HTTP/1.1\n");
		instance.response = SICK;
		checking.register(instance.registered("a"));
		checking.round(1);
		assertThat(instance.request()).startsWith("GET /health HTTP/1.1\n");
	}

	@Test
	void whatDoesNotCountOfARegistrationIsToldOnce(CapturedLog log) {
		Checking checking = checking(CheckSettings.DEFAULTS);
		Map<String, String> wrong = Map.of("holdfast.check", "http", "holdfast.check.path", "//10.0.0.9/../x");
		checking.register(Checking.instance("a", 8080, wrong));
		checking.register(Checking.instance("a", 8081, wrong));
		assertThat(log).containsOnlyOnce("What a of orders registers of its health check does not count, "
				+ "it is not checked: path: \"//10.0.0.9/../x\" (expected: ");
		assertThat(checking.known("a").check()).isEmpty();
		assertThat(checking.known("a").problem()).startsWith("path: ");
		assertThat(checking.checks().isOpen()).isFalse();
	}

	@Test
	void theBodyMustHaveTheTextInItsFirst64KiB() {
		Sick instance = sick(OK);
		Checking checking = checking(HTTP.with(
				Optional.of(new Check.Http(CheckMethod.GET, "/health", StatusSet.parse("200"), "\"status\":\"UP\""))));
		checking.register(instance.registered("a"));
		checking.round(1);
		assertThat(checking.error("a")).isEqualTo("no \"\"status\":\"UP\"\" in the first 2 bytes of the body");
		instance.response = response("x".repeat(65_523) + "\"status\":\"UP\"" + "y".repeat(100_000));
		checking.round(1);
		assertThat(checking.error("a")).isEmpty();
		instance.response = response("x".repeat(65_524) + "\"status\":\"UP\"");
		checking.round(1);
		assertThat(checking.error("a")).endsWith(" in the first 65536 bytes of the body");
	}

	private static String response(String body) {
		return "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body);
	}

	@Test
	void anInstanceThatTakesRequestsAndNeverRespondsFails() throws InterruptedException {
		Sick instance = sick("");
		Checking checking = checking(HTTP);
		checking.register(instance.registered("a"));
		checking.after(Checking.ROUND);
		assertThat(instance.request()).isNotEmpty();
		checking.after(Duration.ofMillis(1999));
		checking.assertNothingMore();
		checking.after(Duration.ofMillis(1));
		assertThat(checking.next()).isEqualTo("orders failed");
		assertThat(checking.error("a")).isEqualTo("no whole response within 2000 ms");
	}

	@Test
	void oneWhoseResponseBreaksOffFails() {
		Sick instance = sick("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf");
		instance.closes = true;
		Checking checking = checking(HTTP);
		checking.register(instance.registered("a"));
		checking.round(1);
		assertThat(checking.error("a")).isEqualTo("the connection broke before the whole response had come");
		instance.response = "SSH-2.0-OpenSSH_9.2\r\n";
		checking.round(1);
		assertThat(checking.error("a")).isEqualTo("the response is no HTTP");
	}

	@Test
	void redirectsAreNotFollowed() throws InterruptedException {
		Sick other = sick(OK);
		Sick instance = sick("HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
			.formatted("http://127.0.0.1:" + other.port() + "/"));
		Checking checking = checking(HTTP);
		checking.register(instance.registered("a"));
		checking.rounds(2);
		assertThat(checking.error("a")).isEqualTo("status 302 (expected: 200-299)");
		assertThat(other.connections).isEmpty();
	}

	@Test
	void anInstanceThatAcceptsConnectionsPassesTheCheckForThat() throws IOException, InterruptedException {
		Sick instance = sick("");
		Checking checking = checking(TCP);
		checking.register(instance.registered("a"));
		checking.round(1);
		assertThat(checking.error("a")).isEmpty();
		assertThat(instance.request()).as("the end in order").isEmpty();
		instance.close();
		checking.rounds(3);
		assertThat(checking.named("a").state())
			.isEqualTo(new InstanceState.FailingCheck("TCP connection: no connection: refused"));
	}

	@Test
	void aNameWithoutAddressFails() {
		Checking checking = checking(TCP);
		checking.register(Checking.instance("a", new Endpoint(Scheme.HTTP, "no-such-host.invalid", 80), Map.of()));
		checking.after(Checking.ROUND);
		assertThat(checking.next()).isEqualTo("orders failed");
		assertThat(checking.error("a")).startsWith("no connection: unknown-host");
	}

	@Test
	void nothingIsCheckedAndNothingRunsUnlessThereIsSomethingToCheck() {
		Checking checking = checking(CheckSettings.DEFAULTS);
		checking.register(Checking.instance("a", 8080, Map.of("team", "a")));
		checking.register();
		assertThat(checking.checks().isOpen()).isFalse();
		checking.register(Checking.instance("a", 8080, Map.of()));
		assertThat(checking.state("a")).isNull();
		assertThat(checking.checks().probe(Checking.ORDERS, Checking.instance("a", 8080, Map.of()), (error) -> {
			throw new AssertionError(error);
		})).isFalse();
		assertThat(checking.checks().isOpen()).isFalse();
		checking.register(Checking.instance("a", 8080, Map.of("holdfast.check", "tcp")));
		assertThat(checking.checks().isOpen()).isTrue();
	}

	@Test
	void anInstanceThatHasGoneIsCheckedNoMore() throws InterruptedException {
		Sick instance = sick(OK);
		Checking checking = checking(HTTP);
		checking.register(instance.registered("a"), instance.registered("b"));
		checking.round(2);
		UpstreamInstance gone = checking.named("a");
		checking.register(instance.registered("b"));
		checking.round(1);
		assertThat(instance.connections).hasSize(3);
		instance.requests.clear();
		instance.response = "";
		checking.after(Checking.ROUND);
		assertThat(instance.request()).isNotEmpty();
		checking.register();
		checking.after(Duration.ofMinutes(1));
		checking.assertNothingMore();
		assertThat(checking.checks().state(Checking.ORDERS, gone))
			.isEqualTo(new CheckState(HTTP.check(), "", false, 0, 0, Optional.empty(), ""));
	}

	@Test
	void anInstanceThatListensElsewhereIsAnotherOne() throws IOException {
		Sick instance = sick(OK);
		int dead = FreePorts.choose("127.0.0.1");
		Checking checking = checking(HTTP);
		checking.register(Checking.instance("a", dead, Map.of()));
		checking.rounds(3);
		assertThat(checking.known("a").failing()).isTrue();
		checking.register(instance.registered("a"));
		checking.checks().sweep();
		assertThat(checking.known("a").failing()).isFalse();
		assertThat(checking.named("a").state()).isNotInstanceOf(InstanceState.FailingCheck.class);
	}

	@Test
	void anInstanceThatIsWrittenAnewKeepsWhatIsKnownOfIt() {
		Sick instance = sick(SICK);
		Checking checking = checking(HTTP);
		checking.register(instance.registered("a"));
		checking.rounds(2);
		checking.register(instance.registered("a", Map.of("team", "b")));
		checking.round(1);
		assertThat(checking.known("a").failing()).isTrue();
	}

	@Test
	void nothingSpeaksAgainstAnInstanceThatIsCheckedNoMore() {
		Sick instance = sick(SICK);
		Checking checking = checking(HTTP);
		checking.register(instance.registered("a"));
		checking.rounds(3);
		checking.register(instance.registered("a", Map.of("holdfast.check", "none")));
		checking.checks().sweep();
		assertThat(checking.named("a").state()).isNotInstanceOf(InstanceState.FailingCheck.class);
		assertThat(checking.state("a")).isNull();
		checking.after(Checking.ROUND);
		checking.assertNothingMore();
	}

	@Test
	void aProbeOfACheckedInstanceIsItsCheck() throws InterruptedException {
		Sick instance = sick(SICK);
		Checking checking = checking(HTTP);
		checking.register(instance.registered("a"));
		BlockingQueue<String> found = new LinkedBlockingQueue<>();
		for (int i = 0; i < 3; i++) {
			assertThat(checking.checks().probe(Checking.ORDERS, instance.registered("a"), found::add)).isTrue();
			checking.after(Duration.ofMillis(20));
			checking.next();
			assertThat(found.take()).isEqualTo("status 503 (expected: 200-299)");
		}
		assertThat(checking.known("a").failing()).isTrue();
		assertThat(instance.connections).hasSize(3);
		// Its next check is an interval behind the probe.
		checking.after(Duration.ofMillis(3900));
		checking.assertNothingMore();
	}

	@Test
	void twoProbesOfAnInstanceAreOneCheck() throws InterruptedException {
		Sick instance = sick("");
		Checking checking = checking(HTTP);
		checking.register(instance.registered("a"));
		BlockingQueue<String> found = new LinkedBlockingQueue<>();
		checking.checks().probe(Checking.ORDERS, instance.registered("a"), found::add);
		checking.after(Duration.ZERO);
		assertThat(instance.request()).isNotEmpty();
		checking.checks().probe(Checking.ORDERS, instance.registered("a"), found::add);
		checking.after(Duration.ofSeconds(2));
		assertThat(found.take()).isEqualTo("no whole response within 2000 ms");
		assertThat(found.take()).isEqualTo("no whole response within 2000 ms");
		assertThat(instance.connections).hasSize(1);
	}

	@Test
	void anInstanceThatIsNotRegisteredCanBeProbedByItsCheck() throws InterruptedException {
		Sick instance = sick(OK);
		Checking checking = checking(HTTP);
		BlockingQueue<String> found = new LinkedBlockingQueue<>();
		assertThat(checking.checks().probe(Checking.ORDERS, instance.registered("a"), found::add)).isTrue();
		assertThat(found.poll(Patience.TIME.toSeconds(), TimeUnit.SECONDS)).isEmpty();
		assertThat(instance.request()).startsWith("GET /health");
		checking.after(Checking.ROUND);
		checking.assertNothingMore();
	}

	@Test
	void whoeverWaitsForAnInstanceThatGoesIsTold() throws InterruptedException {
		Sick instance = sick("");
		Checking checking = checking(HTTP);
		checking.register(instance.registered("a"));
		BlockingQueue<String> found = new LinkedBlockingQueue<>();
		checking.checks().probe(Checking.ORDERS, instance.registered("a"), found::add);
		checking.after(Duration.ZERO);
		assertThat(instance.request()).isNotEmpty();
		checking.register();
		assertThat(found.take()).isEqualTo("it is not checked any more");
	}

	@Test
	void whatIsClosedChecksNothing() {
		Sick instance = sick(OK);
		Checking checking = checking(HTTP);
		checking.register(instance.registered("a"));
		checking.close();
		checking.after(Checking.ROUND);
		checking.register(instance.registered("a"), instance.registered("b"));
		assertThat(checking.checks().isOpen()).isFalse();
		assertThat(checking.checks().probe(Checking.ORDERS, instance.registered("a"), (error) -> {
		})).isFalse();
		assertThat(instance.connections).isEmpty();
	}

	/**
	 * An instance that gives every request the same response.
	 */
	private static final class Sick implements AutoCloseable {

		private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

		private final BlockingQueue<Socket> connections = new LinkedBlockingQueue<>();

		private final Acceptor acceptor;

		private volatile String response;

		private volatile boolean closes;

		private Sick(String response) {
			this.response = response;
			this.acceptor = Acceptor.start(ServerSocketFactory.getDefault(), (socket) -> {
				this.connections.add(socket);
				Acceptor.serve(socket, this::respond);
			});
		}

		private void respond(Socket socket) throws IOException {
			String head = head(socket.getInputStream());
			this.requests.add(head);
			if (head.isEmpty()) {
				return;
			}
			socket.getOutputStream().write(this.response.getBytes(StandardCharsets.ISO_8859_1));
			while (!this.closes && socket.getInputStream().read() >= 0) {
				// The check ends the connection.
			}
		}

		private static String head(InputStream in) throws IOException {
			StringBuilder head = new StringBuilder();
			int next = in.read();
			while (next >= 0 && head.indexOf("\r\n\r\n") < 0) {
				head.append((char) next);
				next = (head.indexOf("\r\n\r\n") < 0) ? in.read() : next;
			}
			return head.toString().replace("\r", "").replace("\n\n", "\n");
		}

		/**
		 * The next request's head, empty for a connection that was ended in order without
		 * one.
		 */
		String request() throws InterruptedException {
			return String.valueOf(this.requests.poll(Patience.TIME.toSeconds(), TimeUnit.SECONDS));
		}

		int port() {
			return this.acceptor.port();
		}

		Instance registered(String id) {
			return registered(id, Map.of());
		}

		Instance registered(String id, Map<String, String> metadata) {
			return Checking.instance(id, port(), metadata);
		}

		@Override
		public void close() throws IOException {
			this.acceptor.close();
			for (Socket socket : this.connections) {
				socket.close();
			}
		}

	}

}
