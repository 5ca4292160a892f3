package dev.holdfast.proxy.exchange;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.holdfast.proxy.backend.BackendFailure;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.route.PathMatch;
import dev.holdfast.route.RequestMatch;
import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.route.WeightedBackend;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Subset;
import dev.holdfast.upstream.Balancer;
import dev.holdfast.upstream.EjectionSettings;
import dev.holdfast.upstream.UpstreamSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is tried again, and where.
 */
class RequestAttemptsTests {

	private final ExchangeWorld world = new ExchangeWorld(2);

	private static FakeClient post(long length) {
		return FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/orders/").withBody(length);
	}

	@Test
	void anotherInstanceIsAskedWhenNoConnectionCanBeMade() {
		FakeClient client = this.world.request(post(3));
		this.world.asked.getFirst().refusesConnection();
		FakeBackend second = this.world.connected();
		assertThat(second.endpoint).isNotEqualTo(this.world.asked.getFirst().endpoint);
		client.sends("one");
		client.ends();
		second.answers(200, "ok");
		assertThat(client.told).containsExactly("head 200", "body ok", "end");
		assertThat(this.world.recorder.told).containsExactly("start", "try CONNECT_FAILURE", "connect refused", "retry",
				"try SUCCESS", "end POST 200 after 2");
	}

	@Test
	void requestFailsWhenNoInstanceCanBeConnectedTo() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		this.world.asked.getLast().refusesConnection();
		this.world.asked.getLast().refusesConnection();
		assertThat(client.told).first().isEqualTo("head 502");
		assertThat(client.fields).contains("Holdfast-Error: connect-failed|");
		assertThat(this.world.asked).hasSize(2);
	}

	@Test
	void whatCanBeDoneTwiceIsSentAgainWithItsBody() {
		FakeClient client = this.world.request(FakeClient.of(HttpVersion.HTTP_1_1, "PUT", "/orders/").withBody(-1));
		FakeBackend first = this.world.connected();
		client.sends("one");
		client.sends("two");
		first.breaks();
		assertThat(client.paused).isTrue();
		FakeBackend second = this.world.connected();
		assertThat(client.paused).isFalse();
		assertThat(second.told).containsExactly("head PUT / chunked", "body onetwo");
		client.ends("X-Sum", "7");
		second.breaks();
		assertThat(this.world.asked).hasSize(2);
		assertThat(client.told).first().isEqualTo("head 502");
	}

	@Test
	void trailersAreSentAgain() {
		FakeClient client = this.world.request(FakeClient.of(HttpVersion.HTTP_1_1, "PUT", "/orders/").withBody(-1));
		FakeBackend first = this.world.connected();
		client.sends("one");
		client.ends("X-Sum", "7");
		first.breaks();
		FakeBackend second = this.world.connected();
		assertThat(second.told).containsExactly("head PUT / chunked", "body one", "end X-Sum: 7|");
		second.answers(200, "ok");
	}

	@Test
	void whatCannotBeDoneTwiceIsNotSentAgain() {
		FakeClient client = this.world.request(post(3));
		FakeBackend first = this.world.connected();
		client.sends("one");
		client.ends();
		first.breaks();
		assertThat(this.world.asked).hasSize(1);
		assertThat(client.told).first().isEqualTo("head 502");
	}

	@Test
	void keyOfTheClientLetsItBeSentAgain() {
		this.world.request(FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/orders/", "Idempotency-Key", "1"));
		this.world.connected().breaks();
		this.world.connected().answers(200, "ok");
	}

	@Test
	void whatAnInstanceRefusedIsSentAgainToTheSame() {
		ExchangeWorld single = new ExchangeWorld(1);
		FakeClient client = single.request(post(3));
		FakeBackend first = single.connected();
		client.sends("one");
		client.ends();
		first.fails(new BackendFailure.Refused());
		FakeBackend second = single.connected();
		assertThat(second.told).containsExactly("head POST /", "body one", "end");
		second.answers(200, "ok");
		assertThat(single.upstream().instances().getFirst().errors()).isZero();
	}

	@Test
	void bodyThatIsNotKeptIsNotSentAgain() {
		FakeClient client = this.world.request(FakeClient.of(HttpVersion.HTTP_1_1, "PUT", "/orders/").withBody(-1));
		FakeBackend first = this.world.connected();
		client.sends("x".repeat(RequestBody.MOST_KEPT));
		client.sends("x");
		first.breaks();
		assertThat(this.world.asked).hasSize(1);
		assertThat(client.told).first().isEqualTo("head 502");
	}

	@Test
	void idleConnectionThatClosedAtThatMomentSaysNothingOfTheInstance() {
		ExchangeWorld single = new ExchangeWorld(1);
		single.request(FakeClient.get("/orders/"));
		FakeBackend first = single.connected();
		first.reused = true;
		first.fails(new BackendFailure.ConnectionBroken(true, true));
		single.connected().answers(200, "ok");
		assertThat(single.upstream().instances().getFirst().errors()).isZero();
		assertThat(single.recorder.told).containsExactly("start", "try BROKEN", "retry", "try SUCCESS",
				"end GET 200 after 2");
	}

	@Test
	void oneConnectionThatBreaksWithManyRequestsIsOneFailure() {
		ExchangeWorld single = new ExchangeWorld(1);
		single.request(FakeClient.get("/orders/"));
		single.connected().fails(new BackendFailure.ConnectionBroken(false, false));
		assertThat(single.upstream().instances().getFirst().errors()).isZero();
		single.request(FakeClient.get("/orders/"));
		single.connected().breaks();
		assertThat(single.upstream().instances().getFirst().errors()).isOne();
	}

	@Test
	void handshakeThatIsRefusedLateIsNoConnection() {
		FakeClient client = this.world.request(post(3));
		this.world.connected().fails(new BackendFailure.HandshakeRefused("bad certificate"));
		this.world.connected();
		client.sends("one");
		client.ends();
		this.world.asked.getLast().answers(200, "ok");
		assertThat(this.world.recorder.told).contains("try CONNECT_FAILURE", "connect tls", "retry");
	}

	@ParameterizedTest
	@ValueSource(ints = { 502, 503, 504 })
	void betterResponseIsAskedFor(int status) {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend first = this.world.connected();
		first.head(status, 4);
		FakeBackend second = this.world.connected();
		assertThat(second.endpoint).isNotEqualTo(first.endpoint);
		first.sends("down");
		first.ends();
		second.answers(200, "ok");
		assertThat(client.told).containsExactly("head 200", "body ok", "end");
		assertThat(first.told).doesNotContain("cancel");
		assertThat(this.world.recorder.told).containsExactly("start", "try SERVER_ERROR", "retry", "try SUCCESS",
				"end GET 200 after 2");
	}

	@Test
	void responseIsPassedOnWhenThereIsNoBetterInstance() {
		ExchangeWorld single = new ExchangeWorld(1);
		FakeClient client = single.request(FakeClient.get("/orders/"));
		single.connected().answers(503, "down");
		assertThat(client.told).containsExactly("head 503", "body down", "end");
	}

	@ParameterizedTest
	@ValueSource(longs = { 100_000, -1 })
	void discardedResponseThatIsLargeIsGivenUp(long length) {
		this.world.request(FakeClient.get("/orders/"));
		FakeBackend first = this.world.connected();
		first.head(503, length);
		if (length < 0) {
			first.sends("x".repeat(70_000));
		}
		assertThat(first.told).endsWith("cancel");
		this.world.connected().answers(200, "ok");
	}

	@Test
	void discardedResponseThatIsSlowIsGivenUp() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend first = this.world.connected();
		first.head(503, -1);
		this.world.connected();
		assertThat(first.told).doesNotContain("cancel");
		this.world.pass(Duration.ofSeconds(1));
		assertThat(first.told).endsWith("cancel");
		client.listener().onGone();
	}

	@Test
	void discardedResponseToARequestThatIsNotSentIsGivenUp() {
		FakeClient client = this.world.request(FakeClient.of(HttpVersion.HTTP_1_1, "PUT", "/orders/").withBody(6));
		FakeBackend first = this.world.connected();
		client.sends("one");
		first.head(503, 4);
		assertThat(first.told).endsWith("cancel");
		FakeBackend second = this.world.connected();
		client.sends("two");
		client.ends();
		assertThat(second.told).containsExactly("head PUT /", "body one", "body two", "end");
		second.answers(200, "ok");
	}

	@Test
	void otherInstanceIsAskedWhenAnAttemptTakesTooLong() {
		ExchangeWorld patient = Policies.withTimes(2, new RouteTimes(Duration.ofSeconds(10), Duration.ofSeconds(1),
				Duration.ZERO, Duration.ofSeconds(30), Duration.ofSeconds(60)));
		FakeClient client = patient.request(FakeClient.get("/orders/"));
		FakeBackend first = patient.connected();
		patient.pass(Duration.ofSeconds(1));
		assertThat(first.told).endsWith("cancel");
		patient.connected().answers(200, "ok");
		assertThat(client.told).containsExactly("head 200", "body ok", "end");
		assertThat(patient.recorder.told).containsExactly("start", "try TIMEOUT", "retry", "try SUCCESS",
				"end GET 200 after 2");
	}

	/**
	 * Nobody has seen it, so that it does not matter what it does.
	 */
	@Test
	void otherInstanceIsAskedWhenAConnectionTakesTooLong() {
		ExchangeWorld patient = Policies.withTimes(2, new RouteTimes(Duration.ofSeconds(10), Duration.ofSeconds(1),
				Duration.ZERO, Duration.ofSeconds(30), Duration.ofSeconds(60)));
		FakeClient client = patient.request(FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/orders/"));
		patient.pass(Duration.ofSeconds(1));
		assertThat(patient.asked).hasSize(2);
		assertThat(patient.asked.getFirst().calledOff).isTrue();
		patient.connected().answers(200, "ok");
		assertThat(client.told).containsExactly("head 200", "body ok", "end");
		assertThat(patient.recorder.told).containsExactly("start", "try CONNECT_FAILURE", "connect timeout", "retry",
				"try SUCCESS", "end POST 200 after 2");
		FakeClient unlucky = patient.request(FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/orders/"));
		patient.pass(Duration.ofSeconds(1));
		patient.pass(Duration.ofSeconds(1));
		assertThat(patient.asked).hasSize(4);
		assertThat(unlucky.told).first().isEqualTo("head 504");
	}

	/**
	 * A few instances that are slow must not take the others' requests along.
	 */
	@Test
	void requestForOtherInstancesDoesNotWait() {
		UpstreamSettings narrow = new UpstreamSettings(Balancer.LEAST_REQUEST, EjectionSettings.DEFAULTS, 1, 1);
		ExchangeWorld world = new ExchangeWorld(
				List.of(toVersion("slow", "1"), toVersion("fast", "2"), toVersion("none", "3")), RoutePolicy.DEFAULTS,
				narrow, Scheme.HTTP, 2);
		world.request(FakeClient.get("/slow/"));
		FakeBackend slow = world.connected();
		FakeClient waiting = world.request(FakeClient.get("/slow/"));
		assertThat(world.request(FakeClient.get("/slow/")).told).first().isEqualTo("head 503");
		FakeClient other = world.request(FakeClient.get("/fast/"));
		assertThat(world.asked).hasSize(2);
		FakeClient second = world.request(FakeClient.get("/fast/"));
		world.connected().answers(200, "one");
		world.turn();
		world.connected().answers(200, "two");
		assertThat(other.told).contains("body one");
		assertThat(second.told).contains("body two");
		FakeClient nowhere = world.request(FakeClient.get("/none/"));
		assertThat(nowhere.told).first().isEqualTo("head 503");
		assertThat(nowhere.fields).contains("Holdfast-Error: no-instance|");
		assertThat(waiting.told).isEmpty();
		slow.answers(200, "three");
		world.turn();
		world.connected().answers(200, "four");
		assertThat(waiting.told).contains("body four");
	}

	/**
	 * Else those that may go anywhere, who always wait, could take every place.
	 */
	@Test
	void linesForTheSameInstanceTakeTurns() {
		UpstreamSettings narrow = new UpstreamSettings(Balancer.LEAST_REQUEST, EjectionSettings.DEFAULTS, 1, 3);
		ExchangeWorld world = new ExchangeWorld(List.of(toVersion("one", "1")), RoutePolicy.DEFAULTS, narrow,
				Scheme.HTTP, 1);
		world.request(FakeClient.get("/orders/"));
		List<FakeClient> clients = new ArrayList<>();
		for (String path : List.of("/orders/1", "/orders/2", "/orders/3", "/one/1", "/one/2")) {
			clients.add(world.request(FakeClient.get(path)));
		}
		List<Integer> served = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			world.connected().answers(200, "ok");
			world.turn();
			for (int client = 0; client < clients.size(); client++) {
				if (clients.get(client).told.contains("body ok") && !served.contains(client)) {
					served.add(client);
				}
			}
		}
		world.connected().answers(200, "ok");
		assertThat(served).containsExactly(0, 3, 1, 4);
		assertThat(clients).allSatisfy((client) -> assertThat(client.told).contains("body ok"));
	}

	private static Route toVersion(String id, String version) {
		return new Route(id, List.of(),
				List.of(new RequestMatch(PathMatch.of("/" + id + "/**"), Set.of(), List.of(), List.of(), List.of())),
				List.of(new WeightedBackend(new ServiceName("orders"), 1, new Subset(version, Map.of()))), "", false,
				RoutePolicy.DEFAULTS);
	}

	@Test
	void requestWaitsForAPlace() {
		ExchangeWorld narrow = Policies.withMaxRequests(1, 1);
		FakeClient first = narrow.request(FakeClient.get("/orders/1"));
		FakeClient second = narrow.request(FakeClient.get("/orders/2"));
		FakeClient third = narrow.request(FakeClient.get("/orders/3"));
		assertThat(third.told).first().isEqualTo("head 503");
		assertThat(third.fields).contains("Holdfast-Error: overloaded|Retry-After: 1|");
		narrow.connected().answers(200, "one");
		assertThat(narrow.asked).hasSize(1);
		narrow.turn();
		assertThat(narrow.asked).hasSize(2);
		narrow.connected().answers(200, "two");
		assertThat(first.told).contains("body one");
		assertThat(second.told).contains("body two");
	}

	@Test
	void requestDoesNotWaitForEver() {
		ExchangeWorld narrow = Policies.withMaxRequests(1, 1);
		FakeClient first = narrow.request(FakeClient.get("/orders/1"));
		FakeClient second = narrow.request(FakeClient.get("/orders/2"));
		narrow.pass(Duration.ofSeconds(1));
		assertThat(second.told).first().isEqualTo("head 503");
		assertThat(narrow.recorder.told).contains("end GET 503 overloaded after 0");
		first.listener().onGone();
		assertThat(narrow.upstream().tryQueue(Subset.ALL)).isTrue();
	}

	@Test
	void circuitThatOpensTurnsRequestsAway() {
		this.world.breakers.circuitBreaker("orders").transitionToForcedOpenState();
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		assertThat(client.told).first().isEqualTo("head 503");
		assertThat(client.fields).contains("Holdfast-Error: circuit-open|Retry-After: ");
	}

}
