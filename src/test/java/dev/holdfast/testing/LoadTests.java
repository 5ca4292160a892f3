package dev.holdfast.testing;

import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class LoadTests {

	private final TestBackend backend = TestBackend.start("a");

	@AfterEach
	void stop() {
		this.backend.close();
	}

	@Test
	void runSendsExactlyTheRequestsItIsTold() {
		Load.Result result = Load.run(this.backend.url() + "/x?y=1", 8, 1_000);
		assertThat(result.statuses()).isEqualTo(Map.of(200, 1_000L));
		assertThat(result.failures()).isZero();
		assertThat(this.backend.requests()).isEqualTo(1_000);
	}

	@Test
	void failuresAreCountedAndExplainedUntilTheServerIsBack() {
		try (Load load = Load.start(this.backend.url() + "/", 2)) {
			await().until(() -> load.soFar().requests() > 100);
			this.backend.kill();
			await().until(() -> load.soFar().failures() > 0);
			this.backend.restart();
			Load.Result result = load.stop();
			assertThat(result.statuses()).containsKeys(0, 200);
			assertThat(result.reasons()).isNotEmpty();
		}
	}

	@Test
	void answersThatAreNoSuccessAreFailures() {
		try (TestBackend broken = TestBackend.start("b",
				(request) -> request.response().setStatusCode(503).putHeader("Holdfast-Error", "none").end("why"))) {
			Load.Result result = Load.run(broken.url() + "/", 2, 20);
			assertThat(result.failures()).isEqualTo(20);
			assertThat(result.reasons()).first().asString().contains("503", "none", "why");
		}
	}

}
