package dev.holdfast.upstream;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EjectionSettingsTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	@Test
	void durationsThatMakeNoSenseAreRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> refusal(Duration.ZERO, SECOND))
			.withMessage("refusal-time: PT0S (expected: positive and at most max-refusal-time PT1S)");
		assertThatIllegalArgumentException().isThrownBy(() -> refusal(Duration.ofSeconds(2), SECOND))
			.withMessage("refusal-time: PT2S (expected: positive and at most max-refusal-time PT1S)");
		assertThatIllegalArgumentException().isThrownBy(() -> refusal(SECOND, Duration.ofDays(2)))
			.withMessage("max-refusal-time: PT48H (expected: at most PT24H)");
		assertThatIllegalArgumentException().isThrownBy(() -> settings(5, Duration.ofSeconds(2), SECOND, 0.5))
			.withMessage("time: PT2S (expected: positive and at most max-time PT1S)");
	}

	@Test
	void negativeNumberOfFailuresIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> settings(-1, SECOND, SECOND, 0.5))
			.withMessage("consecutive-failures: -1 (expected: >= 0)");
	}

	@ParameterizedTest
	@ValueSource(doubles = { -0.1, 1.1, Double.NaN })
	void shareThatIsNoneIsRejected(double share) {
		assertThatIllegalArgumentException().isThrownBy(() -> settings(5, SECOND, SECOND, share))
			.withMessage("max-ejected: %s (expected: 0 to 1)".formatted(share));
	}

	@ParameterizedTest
	@CsvSource({ "0.5, 1, 1", "0.5, 2, 1", "0.5, 3, 1", "0.5, 4, 2", "0.5, 100, 50", "0, 100, 1", "1, 3, 3" })
	void shareIsRoundedDownButOneInstanceMayAlwaysBeEjected(double share, int instances, int expected) {
		assertThat(settings(5, SECOND, SECOND, share).mostEjected(instances)).isEqualTo(expected);
	}

	private static EjectionSettings refusal(Duration time, Duration longest) {
		return new EjectionSettings(time, longest, 5, SECOND, SECOND, 0.5);
	}

	private static EjectionSettings settings(int failures, Duration time, Duration longest, double share) {
		return new EjectionSettings(SECOND, SECOND, failures, time, longest, share);
	}

}
