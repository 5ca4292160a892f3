package dev.holdfast.proxy.server;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import dev.holdfast.testing.CapturedLog;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ShutdownLogTests {

	private static final RemainingClients REMAINING = new RemainingClients(9, 3, 1, 2);

	private long now;

	private final ShutdownLog log = new ShutdownLog(Duration.ofSeconds(20),
			Clock.fixed(Instant.parse("2026-01-02T03:04:05.678Z"), ZoneOffset.UTC), () -> this.now);

	@Test
	void whatIsWaitedForIsToldAtTheBeginningAndEveryFiveSeconds(CapturedLog output) {
		this.log.begin(REMAINING);
		assertThat(output).contains("waits for 3 requests, 1 of them streams, and 2 tunnels on 9 connections, "
				+ "until 2026-01-02T03:04:25Z at the latest");
		for (int i = 0; i < 14; i++) {
			this.now += Duration.ofSeconds(1).toNanos();
			this.log.goOn(new RemainingClients(1, 1, 0, 0));
		}
		assertThat(output.toString().lines().filter((line) -> line.contains("still waits"))).hasSize(2)
			.allSatisfy((line) -> assertThat(line).contains("1 requests", "until 2026-01-02T03:04:25Z"));
	}

	@Test
	void endSaysWhetherSomebodyWasCutOff(CapturedLog output) {
		this.log.end(RemainingClients.NONE);
		assertThat(output).contains("All clients have gone").doesNotContain("cut off");
		this.log.end(REMAINING);
		assertThat(output).contains("The grace of 20.0 s is over: 3 requests, ");
	}

}
