package dev.holdfast.upstream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class UpstreamSettingsTests {

	@Test
	void numbersThatMakeNoSenseAreRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> settings(-1, 0))
			.withMessage("max-requests: -1 (expected: >= 0)");
		assertThatIllegalArgumentException().isThrownBy(() -> settings(0, -1))
			.withMessage("max-queued: -1 (expected: >= 0)");
	}

	private static UpstreamSettings settings(int maxRequests, int maxQueued) {
		return new UpstreamSettings(Balancer.LEAST_REQUEST, EjectionSettings.DEFAULTS, maxRequests, maxQueued);
	}

}
