package dev.holdfast.proxy.exchange;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.route.RetryPolicy;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.service.Scheme;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.UpstreamInstance;
import dev.holdfast.upstream.UpstreamSettings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How often, when and within which budget requests are tried again.
 */
class RetryPolicyTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	@Test
	void nothingIsTriedAgainWhereNoAttemptIsAllowed() {
		ExchangeWorld world = Policies.withRetry(2, 0, Duration.ZERO, 503);
		FakeClient refused = world.request(FakeClient.get("/orders/"));
		world.asked.getLast().refusesConnection();
		assertThat(refused.told).first().isEqualTo("head 502");
		FakeClient unavailable = world.request(FakeClient.get("/orders/"));
		world.connected().answers(503, "down");
		assertThat(unavailable.told).containsExactly("head 503", "body down", "end");
		assertThat(world.asked).hasSize(2);
	}

	@Test
	void onlySoManyAttemptsAreMadeAsAreAllowed() {
		ExchangeWorld world = Policies.withRetry(3, 1, Duration.ZERO, 503);
		FakeClient client = world.request(FakeClient.get("/orders/"));
		world.asked.getLast().refusesConnection();
		world.asked.getLast().refusesConnection();
		assertThat(client.told).first().isEqualTo("head 502");
		assertThat(world.asked).hasSize(2);
	}

	@Test
	void statusesOfThePolicyAreTriedAgainAndNoOthers() {
		ExchangeWorld world = Policies.withRetry(2, 2, Duration.ZERO, 429);
		FakeClient unavailable = world.request(FakeClient.get("/orders/"));
		world.connected().answers(503, "down");
		assertThat(unavailable.told).first().isEqualTo("head 503");
		FakeClient limited = world.request(FakeClient.get("/orders/"));
		FakeBackend first = world.connected();
		first.answers(429, "later");
		world.connected().answers(200, "ok");
		assertThat(limited.told).containsExactly("head 200", "body ok", "end");
		assertThat(world.recorder.told).contains("retry");
	}

	@Test
	void retryWaitsAtLeastForTheBackoffAndAtMostTwiceAsLong() {
		ExchangeWorld world = Policies.withRetry(3, 2, SECOND, 503);
		FakeClient client = world.request(FakeClient.get("/orders/"));
		world.connected().answers(503, "down");
		world.pass(Duration.ofMillis(700));
		assertThat(world.asked).hasSize(1);
		world.pass(Duration.ofMillis(1200));
		assertThat(world.asked).hasSize(2);
		world.connected().breaks();
		world.pass(Duration.ofMillis(1700));
		assertThat(world.asked).hasSize(2);
		world.pass(Duration.ofMillis(2200));
		assertThat(world.asked).hasSize(3);
		world.connected().answers(200, "ok");
		assertThat(client.told).containsExactly("head 200", "body ok", "end");
		assertThat(world.upstream().retries().active()).isZero();
	}

	@Test
	void withoutBackoffTheFirstRetryIsMadeAtOnceAndTheSecondIsNot() {
		ExchangeWorld world = new ExchangeWorld(3);
		world.request(FakeClient.get("/orders/"));
		world.connected().answers(503, "down");
		assertThat(world.asked).hasSize(2);
		world.connected().answers(503, "down");
		assertThat(world.asked).hasSize(2);
		world.pass(Duration.ofMillis(100));
		assertThat(world.asked).hasSize(3);
		world.connected().answers(200, "ok");
	}

	@Test
	void nothingIsWaitedForWhenNothingWasSent() {
		ExchangeWorld world = Policies.withRetry(3, 2, SECOND, 503);
		world.request(FakeClient.get("/orders/"));
		world.asked.getLast().refusesConnection();
		world.asked.getLast().refusesConnection();
		assertThat(world.asked).hasSize(3);
		world.connected().answers(200, "ok");
	}

	@Test
	void betterInstanceIsChosenBehindTheWait() {
		ExchangeWorld world = Policies.withRetry(3, 1, SECOND, 503);
		FakeClient client = world.request(FakeClient.get("/orders/"));
		FakeBackend first = world.connected();
		first.answers(503, "down");
		UpstreamInstance sick = world.upstream()
			.instances()
			.stream()
			.filter((instance) -> instance.origin().port() != first.endpoint.port())
			.findFirst()
			.orElseThrow();
		eject(sick);
		world.pass(Duration.ofSeconds(2));
		assertThat(world.asked).hasSize(2);
		assertThat(world.asked.getLast().endpoint).isNotIn(first.endpoint, sick.origin());
		world.connected().answers(200, "ok");
		assertThat(client.told).first().isEqualTo("head 200");
	}

	private static void eject(UpstreamInstance instance) {
		for (int i = 0; i < 5; i++) {
			instance.end(Outcome.SERVER_ERROR, instance.start());
		}
	}

	@Test
	void clientThatGoesEndsTheWait() {
		ExchangeWorld world = Policies.withRetry(2, 2, SECOND, 503);
		FakeClient client = world.request(FakeClient.get("/orders/"));
		world.connected().answers(503, "down");
		assertThat(world.upstream().retries().active()).isOne();
		client.listener().onGone();
		world.pass(Duration.ofSeconds(3));
		assertThat(world.asked).hasSize(1);
		assertThat(world.upstream().retries().active()).isZero();
		assertThat(world.recorder.told).endsWith("end GET 499 client-gone after 1");
	}

	@Test
	void timeOfTheRequestGoesOnWhileItWaits() {
		RoutePolicy policy = RoutePolicy.DEFAULTS.with(new RetryPolicy(2, RetryPolicy.DEFAULTS.statuses(), SECOND));
		RouteTimes times = new RouteTimes(Duration.ofSeconds(30), SECOND, Duration.ofMillis(1500),
				Duration.ofSeconds(30), Duration.ofSeconds(60));
		ExchangeWorld world = new ExchangeWorld(new RoutePolicy(policy.protocol(), times, 0, policy.security(),
				policy.paths(), policy.retry(), policy.actions()), UpstreamSettings.DEFAULTS, Scheme.HTTP, 2);
		FakeClient client = world.request(FakeClient.get("/orders/"));
		world.connected();
		world.pass(SECOND);
		assertThat(world.asked.getFirst().told).endsWith("cancel");
		assertThat(world.asked).hasSize(1);
		world.pass(Duration.ofMillis(500));
		assertThat(client.told).first().isEqualTo("head 504");
		world.pass(Duration.ofSeconds(5));
		assertThat(world.asked).hasSize(1);
		assertThat(world.recorder.told).containsOnlyOnce("try TIMEOUT");
		assertThat(world.upstream().retries().active()).isZero();
	}

	@Test
	void attemptThatIsOverdueIsFollowedByOneOther() {
		RoutePolicy policy = RoutePolicy.DEFAULTS
			.with(new RetryPolicy(2, RetryPolicy.DEFAULTS.statuses(), Duration.ofSeconds(3)));
		RouteTimes times = new RouteTimes(Duration.ofSeconds(60), SECOND, Duration.ZERO, Duration.ofSeconds(30),
				Duration.ofSeconds(60));
		ExchangeWorld world = new ExchangeWorld(new RoutePolicy(policy.protocol(), times, 0, policy.security(),
				policy.paths(), policy.retry(), policy.actions()), UpstreamSettings.DEFAULTS, Scheme.HTTP, 3);
		world.request(FakeClient.get("/orders/"));
		world.connected();
		world.pass(Duration.ofSeconds(3));
		assertThat(world.asked).hasSize(1);
		for (int i = 0; i < 20 && world.asked.size() == 1; i++) {
			world.pass(Duration.ofMillis(300));
		}
		assertThat(world.asked).hasSize(2);
		world.connected().answers(200, "ok");
		assertThat(world.recorder.told).containsOnlyOnce("try TIMEOUT");
	}

	@Test
	void fewRequestsMayAllBeTriedAgainAndOfManyAFifth() {
		ExchangeWorld world = new ExchangeWorld(20);
		List<FakeClient> clients = new ArrayList<>();
		List<FakeBackend> backends = new ArrayList<>();
		for (int i = 0; i < 30; i++) {
			clients.add(world.request(FakeClient.get("/orders/" + i)));
			backends.add(world.connected());
		}
		int retried = 0;
		while (!world.recorder.told.contains("no retry")) {
			backends.get(retried).answers(503, "down");
			retried++;
		}
		// The last one was not, and by then about thirty were in flight.
		assertThat(retried - 1).isBetween(5, 6);
		assertThat(clients.get(retried - 1).told).containsExactly("head 503", "body down", "end");
		assertThat(world.upstream().retries().active()).isEqualTo(retried - 1);
		assertThat(world.upstream().retries().limit()).isBetween(5, 6);
		assertThat(world.upstream().retries().refused()).isOne();
		assertThat(world.asked).hasSize(30 + retried - 1);
		world.asked.get(30).connects().answers(200, "ok");
		world.asked.get(31).connects().answers(200, "ok");
		backends.get(retried).answers(503, "down");
		assertThat(world.asked).hasSize(30 + retried);
		clients.forEach((client) -> client.listener().onGone());
		assertThat(world.upstream().retries().active()).isZero();
	}

	@Test
	void retryThatIsAnsweredMakesRoomWhateverItsResponseTakes() {
		ExchangeWorld world = new ExchangeWorld(2);
		FakeClient client = world.request(FakeClient.get("/orders/"));
		world.connected().answers(503, "down");
		assertThat(world.upstream().retries().active()).isOne();
		world.connected().head(200, -1);
		assertThat(world.upstream().retries().active()).isZero();
		client.listener().onGone();
		assertThat(world.upstream().retries().active()).isZero();
	}

	@Test
	void whatWasLostWithAnInstanceNeedsNoBudgetWhileTheOthersAreWell() {
		ExchangeWorld world = new ExchangeWorld(20);
		List<FakeBackend> backends = new ArrayList<>();
		for (int i = 0; i < 30; i++) {
			world.request(FakeClient.get("/orders/" + i));
			backends.add(world.connected());
		}
		backends.forEach(FakeBackend::breaks);
		assertThat(world.asked).hasSize(60);
		assertThat(world.recorder.told).doesNotContain("no retry");
		// One that is lost twice takes part of it.
		world.connected().breaks();
		world.pass(Duration.ofMillis(10));
		assertThat(world.upstream().retries().active()).isOne();
	}

	@Test
	void whatIsLostWithAllInstancesIsTriedAgainWithinTheBudget() {
		ExchangeWorld world = new ExchangeWorld(3);
		List<FakeBackend> backends = new ArrayList<>();
		for (int i = 0; i < 60; i++) {
			world.request(FakeClient.get("/orders/" + i));
			backends.add(world.connected());
		}
		backends.forEach(FakeBackend::breaks);
		assertThat(world.upstream().isPanicking()).isTrue();
		assertThat(world.recorder.told).contains("no retry");
		assertThat(world.asked).hasSizeLessThan(100);
	}

	@Test
	void whatNoInstanceHasSeenNeedsNoBudget() {
		ExchangeWorld world = new ExchangeWorld(40);
		for (int i = 0; i < 30; i++) {
			world.request(FakeClient.get("/orders/" + i));
		}
		List<FakeBackend> asked = List.copyOf(world.asked);
		asked.forEach(FakeBackend::refusesConnection);
		assertThat(world.asked).hasSize(60);
		assertThat(world.recorder.told).doesNotContain("no retry");
		assertThat(world.upstream().retries().active()).isZero();
	}

}
