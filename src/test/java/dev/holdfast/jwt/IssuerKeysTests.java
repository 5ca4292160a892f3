package dev.holdfast.jwt;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class IssuerKeysTests {

	private List<JWK> published = List.of(TestIssuer.newKey("one"));

	private boolean reachable = true;

	private boolean broken;

	private int fetches;

	private long nanos;

	private final Queue<Runnable> waiting = new ArrayDeque<>();

	private IssuerKeys keys = keys(Runnable::run);

	private IssuerKeys keys(Executor executor) {
		return new IssuerKeys("https://issuer.example", this::fetch, executor, () -> this.nanos, Duration.ofMillis(50));
	}

	private JWKSet fetch() throws IOException {
		this.fetches++;
		if (!this.reachable) {
			throw new IOException("connection refused");
		}
		if (this.broken) {
			throw new IllegalArgumentException("no such curve");
		}
		return new JWKSet(this.published);
	}

	@Test
	void keysAreFetchedOnceForManyTokens() {
		for (int i = 0; i < 100; i++) {
			assertThat(this.keys.find(signedBy("one"))).hasSize(1);
		}
		assertThat(this.fetches).isEqualTo(1);
	}

	@Test
	void aKeyThatIsUnknownIsFetchedButHoweverManyAreInventedOnlyOnceInAWhile() {
		assertThat(this.keys.find(signedBy("one"))).hasSize(1);
		this.published = List.of(TestIssuer.newKey("one"), TestIssuer.newKey("two"));
		pass(IssuerKeys.MIN_INTERVAL);
		assertThat(this.keys.find(signedBy("two"))).hasSize(1);
		assertThat(this.fetches).isEqualTo(2);
		for (int i = 0; i < 100; i++) {
			assertThat(this.keys.find(signedBy("invented-" + i))).isEmpty();
		}
		assertThat(this.fetches).isEqualTo(2);
		pass(IssuerKeys.MIN_INTERVAL);
		assertThat(this.keys.find(signedBy("invented"))).isEmpty();
		assertThat(this.fetches).isEqualTo(3);
	}

	@Test
	void aKeyThatTheIssuerWithdrewCountsNoLongerThanUntilTheKeysAreOld() {
		assertThat(this.keys.find(signedBy("one"))).hasSize(1);
		this.published = List.of(TestIssuer.newKey("two"));
		pass(IssuerKeys.MAX_AGE);
		assertThat(this.keys.find(signedBy("one"))).isEmpty();
		assertThat(this.keys.find(signedBy("two"))).hasSize(1);
	}

	@Test
	void whileTheIssuerIsAwayItsLastKeysCountAndItIsAskedAtABoundedRate() {
		assertThat(this.keys.find(signedBy("one"))).hasSize(1);
		this.reachable = false;
		pass(IssuerKeys.EXPIRY.minusNanos(1));
		for (int i = 0; i < 100; i++) {
			assertThat(this.keys.find(signedBy("one"))).hasSize(1);
		}
		assertThat(this.fetches).isEqualTo(2);
		this.reachable = true;
		this.published = List.of(TestIssuer.newKey("two"));
		pass(IssuerKeys.MIN_INTERVAL);
		assertThat(this.keys.find(signedBy("two"))).hasSize(1);
	}

	@Test
	void keysOfAnIssuerThatIsAwayForADayCountNoLonger() {
		assertThat(this.keys.find(signedBy("one"))).hasSize(1);
		this.reachable = false;
		pass(IssuerKeys.EXPIRY);
		assertThat(this.keys.find(signedBy("one"))).isNull();
		assertThat(this.keys.failure()).isEqualTo("connection refused");
		this.reachable = true;
		pass(IssuerKeys.MIN_INTERVAL);
		assertThat(this.keys.find(signedBy("one"))).hasSize(1);
	}

	@Test
	void aFetchThatEndsByAnyOtherExceptionHasFailedAndLeavesTheKeys() {
		this.broken = true;
		assertThat(this.keys.find(signedBy("one"))).isNull();
		assertThat(this.keys.failure()).contains("no such curve");
		this.broken = false;
		pass(IssuerKeys.MIN_INTERVAL);
		assertThat(this.keys.find(signedBy("one"))).hasSize(1);
		this.broken = true;
		pass(IssuerKeys.MAX_AGE);
		assertThat(this.keys.find(signedBy("one"))).hasSize(1);
		assertThat(this.keys.failure()).contains("no such curve");
	}

	@Test
	void withoutAnyKeyTheCauseIsToldAndTheIssuerIsAskedAgainLater() {
		this.reachable = false;
		assertThat(this.keys.find(signedBy("one"))).isNull();
		assertThat(this.keys.failure()).isEqualTo("connection refused");
		this.reachable = true;
		assertThat(this.keys.find(signedBy("one"))).isNull();
		pass(IssuerKeys.MIN_INTERVAL);
		assertThat(this.keys.find(signedBy("one"))).hasSize(1);
	}

	@Test
	void whoAsksDoesNotWaitLongerThanItsPatienceAndThenTakesKeysThatAreMerelyOld() {
		this.keys = keys(this.waiting::add);
		assertThat(this.keys.find(signedBy("one"))).isNull();
		assertThat(this.keys.failure()).isEqualTo("they have not come yet");
		this.waiting.remove().run();
		assertThat(this.keys.find(signedBy("one"))).hasSize(1);
		pass(IssuerKeys.MAX_AGE);
		assertThat(this.keys.find(signedBy("one"))).hasSize(1);
		assertThat(this.waiting).hasSize(1);
	}

	@Test
	void manyWhoAskAtOnceWaitForOneFetch() throws InterruptedException {
		CountDownLatch asked = new CountDownLatch(8);
		this.keys = new IssuerKeys("https://issuer.example", () -> {
			try {
				asked.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return fetch();
		}, (fetch) -> Thread.ofVirtual().start(fetch), () -> this.nanos, Duration.ofSeconds(30));
		List<Thread> askers = IntStream.range(0, 8).mapToObj((i) -> Thread.ofVirtual().start(() -> {
			asked.countDown();
			this.keys.find(signedBy("one"));
		})).toList();
		for (Thread asker : askers) {
			asker.join();
		}
		assertThat(this.keys.find(signedBy("one"))).hasSize(1);
		assertThat(this.fetches).isEqualTo(1);
	}

	private void pass(Duration time) {
		this.nanos += time.toNanos();
	}

	private static JWSHeader signedBy(String key) {
		return new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key).build();
	}

}
