package dev.holdfast.upstream;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class UpstreamSettingsTests {

	@Test
	void durationsThatMakeNoSenseAreRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> settings(Duration.ZERO, Duration.ofSeconds(1)))
			.withMessage("ejection-time: PT0S (expected: positive and at most max-ejection-time PT1S)");
		assertThatIllegalArgumentException().isThrownBy(() -> settings(Duration.ofSeconds(2), Duration.ofSeconds(1)))
			.withMessage("ejection-time: PT2S (expected: positive and at most max-ejection-time PT1S)");
		assertThatIllegalArgumentException().isThrownBy(() -> settings(Duration.ofSeconds(2), Duration.ofDays(2)))
			.withMessage("max-ejection-time: PT48H (expected: at most PT24H)");
	}

	private static UpstreamSettings settings(Duration time, Duration max) {
		return new UpstreamSettings(Balancer.LEAST_REQUEST, time, max, 0, 0);
	}

}
