package dev.holdfast.upstream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TrafficTests {

	private static final long MILLISECOND = Duration.ofMillis(1).toNanos();

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private final Traffic traffic = new Traffic();

	@Test
	void serviceWithoutRequestsHasNoTraffic() {
		assertThat(this.traffic.lastFull(0)).isEqualTo(Statistics.NONE);
	}

	@Test
	void requestsShowWhenTheirWindowIsFullAndNoLongerThanTheNext() {
		this.traffic.record(3 * SECOND, Outcome.SUCCESS, MILLISECOND);
		assertThat(this.traffic.lastFull(10 * SECOND - 1)).isEqualTo(Statistics.NONE);
		assertThat(this.traffic.lastFull(10 * SECOND).requestsPerSecond()).isEqualTo(0.1);
		assertThat(this.traffic.lastFull(20 * SECOND - 1).requestsPerSecond()).isEqualTo(0.1);
		assertThat(this.traffic.lastFull(20 * SECOND)).isEqualTo(Statistics.NONE);
	}

	@Test
	void lastFullWindowStaysWhileTheNextIsFilled() {
		this.traffic.record(0, Outcome.SUCCESS, MILLISECOND);
		this.traffic.record(10 * SECOND, Outcome.SUCCESS, MILLISECOND);
		this.traffic.record(11 * SECOND, Outcome.SUCCESS, MILLISECOND);
		assertThat(this.traffic.lastFull(19 * SECOND).requestsPerSecond()).isEqualTo(0.1);
		assertThat(this.traffic.lastFull(20 * SECOND).requestsPerSecond()).isEqualTo(0.2);
	}

	@Test
	void windowBeforeAPauseIsNotTheLastFullOne() {
		this.traffic.record(0, Outcome.SUCCESS, MILLISECOND);
		this.traffic.record(30 * SECOND, Outcome.SUCCESS, MILLISECOND);
		assertThat(this.traffic.lastFull(31 * SECOND)).isEqualTo(Statistics.NONE);
	}

	@Test
	void readersTakeNothingFromEachOther() {
		this.traffic.record(0, Outcome.SUCCESS, MILLISECOND);
		Statistics first = this.traffic.lastFull(10 * SECOND);
		assertThat(this.traffic.lastFull(10 * SECOND)).isEqualTo(first);
		assertThat(this.traffic.lastFull(15 * SECOND)).isEqualTo(first);
	}

	@Test
	void recordingGoesOnAfterAReaderFoundNothing() {
		this.traffic.record(0, Outcome.SUCCESS, MILLISECOND);
		assertThat(this.traffic.lastFull(50 * SECOND)).isEqualTo(Statistics.NONE);
		this.traffic.record(51 * SECOND, Outcome.SUCCESS, MILLISECOND);
		assertThat(this.traffic.lastFull(60 * SECOND).requestsPerSecond()).isEqualTo(0.1);
	}

	@Test
	void percentilesAreRightWithinOnePercent() {
		for (int i = 1; i <= 1000; i++) {
			this.traffic.record(0, Outcome.SUCCESS, i * MILLISECOND);
		}
		Statistics statistics = this.traffic.lastFull(10 * SECOND);
		assertThat(statistics.requestsPerSecond()).isEqualTo(100);
		assertThat(statistics.p50()).isCloseTo(0.5, Percentage.withPercentage(1));
		assertThat(statistics.p95()).isCloseTo(0.95, Percentage.withPercentage(1));
		assertThat(statistics.p99()).isCloseTo(0.99, Percentage.withPercentage(1));
	}

	@ParameterizedTest
	@ValueSource(longs = { -1, 0, 999, Long.MAX_VALUE })
	void anyDurationIsTaken(long nanos) {
		this.traffic.record(0, Outcome.SUCCESS, nanos);
		assertThat(this.traffic.lastFull(10 * SECOND).p99()).isBetween(0.0, 3700.0);
	}

	@Test
	void errorRatioIsOfAllRequestsThatEnded() {
		for (Outcome outcome : Outcome.values()) {
			this.traffic.record(0, outcome, MILLISECOND);
		}
		this.traffic.record(0, Outcome.CANCELLED, 3600 * SECOND);
		Statistics statistics = this.traffic.lastFull(10 * SECOND);
		assertThat(statistics.requestsPerSecond()).isEqualTo(0.7);
		assertThat(statistics.errorRatio()).isEqualTo(4.0 / 7);
		assertThat(statistics.p99()).isCloseTo(0.001, Percentage.withPercentage(1));
	}

	@Test
	void requestsThatClientsGaveUpHaveNoTime() {
		this.traffic.record(0, Outcome.CANCELLED, MILLISECOND);
		assertThat(this.traffic.lastFull(10 * SECOND))
			.isEqualTo(new Statistics(0.1, 0, Double.NaN, Double.NaN, Double.NaN));
	}

	@Test
	void noRequestIsLostWhenManyThreadsRecordAcrossTheEdgeOfAWindow() throws ExecutionException, InterruptedException {
		int threads = 4;
		int requestsOfEach = 50_000;
		List<Future<?>> running = new ArrayList<>();
		try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
			for (int i = 0; i < threads; i++) {
				running.add(executor.submit(() -> {
					for (int request = 0; request < requestsOfEach; request++) {
						long now = (request < requestsOfEach / 2) ? 0 : 10 * SECOND;
						this.traffic.record(now, Outcome.SUCCESS, MILLISECOND);
					}
				}));
			}
			for (Future<?> thread : running) {
				thread.get();
			}
		}
		double first = this.traffic.lastFull(10 * SECOND).requestsPerSecond();
		double second = this.traffic.lastFull(20 * SECOND).requestsPerSecond();
		assertThat((first + second) * 10).isCloseTo(threads * requestsOfEach, Percentage.withPercentage(0.0001));
	}

}
