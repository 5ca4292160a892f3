package dev.holdfast.upstream;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

import dev.holdfast.testing.CapturedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import static org.assertj.core.api.Assertions.assertThat;

class UpstreamInstanceTests {

	private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(3).toNanos());

	private final List<Boolean> heard = new ArrayList<>();

	private final UpstreamInstance instance = new UpstreamInstance(
			new InstanceContext(Registered.ORDERS, UpstreamSettings.DEFAULTS, BooleanSupplier::getAsBoolean,
					this.heard::add, this.time::get, InstantSource.system()),
			Registered.instance("a"));

	@Test
	void triesAreCountedByTheirOutcome() {
		for (Outcome outcome : Outcome.values()) {
			end(outcome);
		}
		this.instance.start();
		assertThat(this.instance.total()).isEqualTo(7);
		assertThat(this.instance.active()).isOne();
		assertThat(this.instance.errors()).isEqualTo(4);
		assertThat(this.instance.connectFailures()).isOne();
	}

	@Test
	void triesInFlightAreCountedExactlyWhenManyThreadsStartAndEndThem()
			throws ExecutionException, InterruptedException {
		int threads = 8;
		int triesOfEach = 50_000;
		List<Future<?>> running = new ArrayList<>();
		try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
			for (int i = 0; i < threads; i++) {
				running.add(executor.submit(() -> startAndEnd(triesOfEach)));
			}
			for (Future<?> thread : running) {
				thread.get();
			}
		}
		assertThat(this.instance.active()).isEqualTo(threads);
		assertThat(this.instance.total()).isEqualTo(threads * (triesOfEach + 1L));
	}

	private void startAndEnd(int tries) {
		this.instance.start();
		for (int i = 0; i < tries; i++) {
			long mark = this.instance.start();
			assertThat(this.instance.active()).isPositive();
			this.instance.end(ThreadLocalRandom.current().nextBoolean() ? Outcome.SUCCESS : Outcome.BROKEN, mark);
		}
	}

	@Test
	void refusedConnectionEjectsForASecond() {
		end(Outcome.CONNECT_FAILURE);
		assertThat(this.instance.ejected()).isTrue();
		forward(Duration.ofMillis(999));
		assertThat(this.instance.ejected()).isTrue();
		forward(Duration.ofMillis(1));
		assertThat(this.instance.ejected()).isFalse();
	}

	@Test
	void eachTrialThatIsRefusedDoublesTheTimeUpToThirtySeconds() {
		for (int seconds : new int[] { 1, 2, 4, 8, 16, 30, 30 }) {
			end(Outcome.CONNECT_FAILURE);
			forward(Duration.ofSeconds(seconds).minusNanos(1));
			assertThat(this.instance.ejected()).as("just before %d s", seconds).isTrue();
			forward(Duration.ofNanos(1));
			assertThat(this.instance.ejected()).as("after %d s", seconds).isFalse();
		}
	}

	@Test
	void requestsThatAreRefusedTogetherCountAsOneTrial() {
		for (int i = 0; i < 100; i++) {
			end(Outcome.CONNECT_FAILURE);
		}
		forward(Duration.ofSeconds(1));
		assertThat(this.instance.ejected()).isFalse();
	}

	@ParameterizedTest
	@EnumSource(names = { "SUCCESS", "SERVER_ERROR" })
	void answerEndsTheEjectionAndTheDoubling(Outcome answer) {
		end(Outcome.CONNECT_FAILURE);
		forward(Duration.ofSeconds(1));
		end(Outcome.CONNECT_FAILURE);
		end(answer);
		assertThat(this.instance.ejected()).isFalse();
		end(Outcome.CONNECT_FAILURE);
		forward(Duration.ofSeconds(1));
		assertThat(this.instance.ejected()).isFalse();
	}

	@ParameterizedTest
	@EnumSource(names = { "BROKEN", "TIMEOUT", "CANCELLED" })
	void tryWithoutAnAnswerDoesNotEndTheEjection(Outcome outcome) {
		end(Outcome.CONNECT_FAILURE);
		end(outcome);
		assertThat(this.instance.ejected()).isTrue();
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "CONNECT_FAILURE")
	void nothingButARefusedConnectionEjects(Outcome outcome) {
		end(outcome);
		assertThat(this.instance.ejected()).isFalse();
	}

	@Test
	void instanceThatRefusesAndAnswersByTurnsIsLoggedOnceInThirtySeconds(CapturedLog output) {
		for (int i = 0; i < 10; i++) {
			end(Outcome.CONNECT_FAILURE);
			end(Outcome.SUCCESS);
		}
		assertThat(output).containsOnlyOnce("No connection to a of orders at http://127.0.0.1:8080")
			.containsOnlyOnce("a of orders at http://127.0.0.1:8080 answers again");
		forward(Duration.ofSeconds(30));
		end(Outcome.CONNECT_FAILURE);
		assertThat(output.toString().split("No connection to a", -1)).hasSize(3);
	}

	@Test
	void failedCheckKeepsItAwayWhateverItsRequestsSayUntilTheCheckPasses(CapturedLog output) {
		this.instance.checkFailed("the status is 503", true);
		this.instance.checkFailed("the status is 500", true);
		end(Outcome.SUCCESS);
		assertThat(this.instance.state()).isEqualTo(new InstanceState.FailingCheck("the status is 500"));
		assertThat(this.instance.ejected()).isTrue();
		this.instance.checkPassed();
		this.instance.checkPassed();
		assertThat(this.instance.state()).isEqualTo(new InstanceState.Routable());
		assertThat(this.heard).containsExactly(false, true);
		assertThat(output).containsOnlyOnce("a of orders at http://127.0.0.1:8080 fails its check: the status is 503")
			.containsOnlyOnce("passes its check again; it is chosen like the others");
	}

	@Test
	void checkThatPassesAgainEndsAnEjectionForRefusalsButNotOneForFailures() {
		this.instance.checkFailed("no connection", false);
		end(Outcome.CONNECT_FAILURE);
		this.instance.checkPassed();
		assertThat(this.instance.state()).isEqualTo(new InstanceState.Routable());
		for (int i = 0; i < 5; i++) {
			end(Outcome.SERVER_ERROR);
		}
		this.instance.checkFailed("the status is 500", true);
		this.instance.checkPassed();
		assertThat(this.instance.state()).isInstanceOf(InstanceState.Ejected.class);
	}

	@Test
	void checkThatHasPassedAllTheTimeSaysNothingNew() {
		end(Outcome.CONNECT_FAILURE);
		this.instance.checkPassed();
		assertThat(this.instance.ejected()).isTrue();
	}

	private void end(Outcome outcome) {
		this.instance.end(outcome, this.instance.start());
	}

	private void forward(Duration duration) {
		this.time.addAndGet(duration.toNanos());
	}

}
