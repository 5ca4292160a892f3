package dev.holdfast.proxy.exchange;

import java.time.Duration;

import dev.holdfast.proxy.header.HttpVersion;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ExchangeTimeoutsTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final ExchangeWorld world = Policies.withTimes(SECOND, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(2),
			Duration.ofSeconds(3));

	@Test
	void instanceThatDoesNotRespondIsGivenUp() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend backend = this.world.connected();
		this.world.pass(SECOND);
		assertThat(backend.told).endsWith("cancel");
		assertThat(client.told).first().isEqualTo("head 504");
		assertThat(this.world.recorder.told).containsExactly("start", "try TIMEOUT", "end GET 504 timeout after 1");
	}

	@Test
	void instanceIsNotToBlameForASlowClient() {
		FakeClient client = this.world.request(FakeClient.of(HttpVersion.HTTP_1_1, "POST", "/orders/").withBody(10));
		this.world.connected();
		client.sends("one");
		this.world.pass(SECOND);
		assertThat(client.told).isEmpty();
		this.world.pass(SECOND);
		assertThat(client.told).first().isEqualTo("head 408");
		assertThat(this.world.recorder.told).contains("try CANCELLED");
	}

	@Test
	void responseThatStandsStillIsBrokenOff() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend backend = this.world.connected();
		backend.head(200, 10);
		backend.sends("one");
		this.world.pass(Duration.ofSeconds(2));
		backend.sends("two");
		this.world.pass(Duration.ofSeconds(2));
		assertThat(client.told).doesNotContain("abort");
		this.world.pass(SECOND);
		assertThat(client.told).endsWith("abort");
		assertThat(this.world.recorder.told).containsExactly("start", "try TIMEOUT", "end GET 200 timeout after 1");
	}

	@Test
	void clientThatTakesNothingIsGivenUp() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend backend = this.world.connected();
		backend.head(200, 10);
		client.writable = false;
		backend.sends("one");
		this.world.pass(Duration.ofSeconds(50));
		client.untaken = 7;
		this.world.pass(Duration.ofSeconds(50));
		assertThat(client.told).doesNotContain("abort");
		this.world.pass(Duration.ofSeconds(20));
		assertThat(client.told).endsWith("abort");
		assertThat(this.world.recorder.told).containsExactly("start", "try CANCELLED",
				"end GET 499 client-stalled after 1");
	}

	@Test
	void totalTimeEndsARequestWhateverProgressItMakes() {
		ExchangeWorld hurried = Policies.withTimes(Duration.ofSeconds(30), Duration.ZERO, Duration.ofSeconds(2),
				Duration.ofSeconds(30), Duration.ofSeconds(30));
		FakeClient client = hurried.request(FakeClient.get("/orders/"));
		FakeBackend backend = hurried.connected();
		backend.head(200, 10);
		backend.sends("one");
		hurried.pass(SECOND);
		backend.sends("two");
		hurried.pass(SECOND);
		assertThat(client.told).endsWith("abort");
		assertThat(hurried.recorder.told).contains("try CANCELLED", "end GET 200 timeout after 1");
	}

}
