package dev.holdfast.accesslog;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.holdfast.proxy.GatewayError;
import dev.holdfast.registry.RegistryStatus;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class AccessLogTests {

	private static final int BUFFER = 64 * 1024;

	private final FakeOutput output = new FakeOutput();

	@Test
	void everyLineIsWrittenOnceWhateverThreadItComesFrom() throws InterruptedException {
		AccessLog log = open(64 * 1024 * 1024);
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			int first = i * 5000;
			threads.add(Thread.ofPlatform().start(() -> {
				for (int j = 0; j < 5000; j++) {
					turnAway(log, first + j);
				}
			}));
		}
		for (Thread thread : threads) {
			thread.join();
		}
		log.close();
		List<String> lines = this.output.lines();
		assertThat(lines).hasSize(20_000);
		assertThat(new HashSet<>(lines)).hasSize(20_000);
		assertThat(log.dropped()).isZero();
		assertThat(this.output.closed).isTrue();
	}

	@Test
	void lineIsWrittenWhileTheGatewayRuns() {
		try (AccessLog log = open(BUFFER)) {
			turnAway(log, 1);
			await().until(() -> this.output.lines().size() == 1);
		}
	}

	@Test
	void linesThatDoNotFitWhileTheOutputStandsStillAreDroppedAndCounted() {
		AccessLog log = open(BUFFER);
		this.output.flowing = new CompletableFuture<>();
		turnAway(log, 0);
		await().until(() -> this.output.standing);
		for (int i = 1; i <= 1000; i++) {
			turnAway(log, i);
		}
		long dropped = log.dropped();
		assertThat(dropped).isBetween(700L, 999L);
		this.output.flowing.complete(null);
		log.close();
		// The first ones are kept, and there is room again.
		assertThat(this.output.lines()).hasSize((int) (1001 - dropped));
		assertThat(log.dropped()).isEqualTo(dropped);
	}

	@Test
	void thereIsRoomAgainWhenTheOutputGoesOn() {
		try (AccessLog log = open(BUFFER)) {
			this.output.flowing = new CompletableFuture<>();
			for (int i = 0; i < 1000; i++) {
				turnAway(log, i);
			}
			this.output.flowing.complete(null);
			await().until(() -> this.output.lines().size() + log.dropped() == 1000);
			long dropped = log.dropped();
			turnAway(log, 1000);
			await().until(() -> this.output.lines().size() + dropped == 1001);
		}
	}

	@Test
	void linesThatCannotBeWrittenAreCounted() {
		AccessLog log = open(BUFFER);
		this.output.broken = true;
		turnAway(log, 1);
		turnAway(log, 2);
		log.close();
		assertThat(log.dropped()).isEqualTo(2);
	}

	private AccessLog open(int bufferSize) {
		return new AccessLog(new AccessLogSettings(AccessLogFormat.COMMON, "", 1, 1, bufferSize, false),
				InstantSource.system(), () -> new RegistryStatus.Empty(""), this.output);
	}

	private static void turnAway(AccessLog log, int number) {
		log.onTurnedAway("client-" + number, "header-timeout", GatewayError.HEADER_TIMEOUT);
	}

	private static final class FakeOutput implements LogOutput {

		private final List<String> written = new CopyOnWriteArrayList<>();

		private volatile CompletableFuture<Void> flowing = CompletableFuture.completedFuture(null);

		private volatile boolean standing;

		private volatile boolean broken;

		private volatile boolean closed;

		@Override
		public boolean write(byte[] lines) {
			this.standing = !this.flowing.isDone();
			this.flowing.join();
			if (!this.broken) {
				this.written.add(new String(lines, StandardCharsets.US_ASCII));
			}
			return !this.broken;
		}

		@Override
		public void close() {
			this.closed = true;
		}

		private List<String> lines() {
			return String.join("", this.written).lines().toList();
		}

	}

}
