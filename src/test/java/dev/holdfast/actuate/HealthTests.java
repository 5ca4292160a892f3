package dev.holdfast.actuate;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;

import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.MemberState;
import dev.holdfast.registry.RegistryStatus;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

import static org.assertj.core.api.Assertions.assertThat;

class HealthTests {

	private final FakeRegistry registry = new FakeRegistry().with("orders", "a", "b");

	private final EtcdHealthIndicator etcd = new EtcdHealthIndicator(this.registry,
			Clock.fixed(FakeRegistry.PROVEN_AT.plusSeconds(180), ZoneOffset.UTC));

	private final RegistryHealthIndicator view = new RegistryHealthIndicator(this.registry);

	@Test
	void etcdIsUpWhileLive() {
		Health health = this.etcd.health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("state", "LIVE").doesNotContainKey("cause");
	}

	@Test
	void etcdIsDegradedWhileStaleAndSaysWhyAndForHowLong() {
		MemberState gone = MemberState.failed("http://127.0.0.1:2379", "connection refused");
		this.registry.setMembers(gone);
		this.registry.become(new RegistryStatus.Stale(FakeRegistry.PROVEN_AT, "connection refused"));
		Health health = this.etcd.health();
		assertThat(health.getStatus()).isEqualTo(EtcdHealthIndicator.DEGRADED);
		assertThat(health.getDetails()).containsEntry("state", "STALE")
			.containsEntry("cause", "connection refused")
			.containsEntry("ageSeconds", 180L)
			.containsEntry("members", List.of(gone));
	}

	@Test
	void etcdIsDegradedAndOfNoAgeWhileThereIsNoData() {
		this.registry.become(new RegistryStatus.Empty("permission denied"));
		Health health = this.etcd.health();
		assertThat(health.getStatus()).isEqualTo(EtcdHealthIndicator.DEGRADED);
		assertThat(health.getDetails()).containsEntry("cause", "permission denied").doesNotContainKey("ageSeconds");
	}

	@Test
	void registryIsUpWhileStaleOrFromDisk() {
		this.registry.become(new RegistryStatus.Stale(FakeRegistry.PROVEN_AT, "connection refused"));
		assertThat(this.view.health().getStatus()).isEqualTo(Status.UP);
		this.registry.become(new RegistryStatus.FromDisk(FakeRegistry.PROVEN_AT, "connection refused"));
		assertThat(this.view.health().getStatus()).isEqualTo(Status.UP);
		assertThat(this.view.health().getDetails()).containsEntry("state", "FROM_DISK")
			.containsEntry("services", 1)
			.containsEntry("instances", 2);
	}

	@Test
	void registryIsUpAndTellsWhatIsHeldAndFrozen() {
		assertThat(this.view.health().getDetails()).containsEntry("held", 0).doesNotContainKey("frozen");
		this.registry.hold("orders", "a").freeze(Duration.ofMinutes(10), "etcd is being restored").join();
		Health health = this.view.health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("held", 1)
			.containsEntry("frozen", this.registry.freeze().orElseThrow());
	}

	@Test
	void registryIsDownWithTheCauseWhileThereHasNeverBeenASnapshot() {
		this.registry.become(new RegistryStatus.Empty("connection refused"));
		assertThat(this.view.health().getStatus()).isEqualTo(Status.DOWN);
		assertThat(this.view.health().getDetails()).containsEntry("cause", "connection refused");
	}

}
