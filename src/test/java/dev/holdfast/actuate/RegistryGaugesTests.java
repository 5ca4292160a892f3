package dev.holdfast.actuate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;

import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.registry.SnapshotFileState;
import dev.holdfast.registry.UnreadableRecord;
import dev.holdfast.service.Revision;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.InstanceState;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RegistryGaugesTests {

	private static final Instant NOW = FakeRegistry.PROVEN_AT.plusSeconds(180);

	private final FakeRegistry registry = new FakeRegistry();

	private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

	@BeforeEach
	void bind() {
		new RegistryGauges(this.registry, Clock.fixed(NOW, ZoneOffset.UTC)).bindTo(this.prometheus);
		this.registry.subscribe(new InstanceGauges(this.prometheus, this::counts, 1000));
	}

	@Test
	void stateIsOneForTheCurrentOneAlone() {
		this.registry.become(new RegistryStatus.FromDisk(NOW, "connection refused"));
		assertThat(this.prometheus.scrape()).contains("registry_state{state=\"LIVE\"} 0.0")
			.contains("registry_state{state=\"STALE\"} 0.0")
			.contains("registry_state{state=\"FROM_DISK\"} 1.0")
			.contains("registry_state{state=\"EMPTY\"} 0.0");
	}

	@Test
	void stalenessCountsFromTheLastProof() {
		this.registry.become(new RegistryStatus.Stale(FakeRegistry.PROVEN_AT, "connection refused"));
		assertThat(this.prometheus.scrape()).contains("registry_staleness_seconds 180.0");
	}

	@Test
	void stalenessWhenThereHasNeverBeenAProofCountsFromTheStart() {
		assertThat(this.prometheus.scrape()).contains("registry_staleness_seconds 240.0");
	}

	@Test
	void stalenessWhenTheClockWentBackIsNotNegative() {
		this.registry.become(new RegistryStatus.Stale(NOW.plusSeconds(60), "connection refused"));
		assertThat(this.prometheus.scrape()).contains("registry_staleness_seconds 0.0");
	}

	@Test
	void revisionWhileLiveIsTheNewestThatWasDelivered() {
		this.registry.with("orders", "a");
		this.registry.become(new RegistryStatus.Live(new Revision(FakeRegistry.CLUSTER, 90), NOW));
		assertThat(this.prometheus.scrape()).contains("registry_revision 90.0");
	}

	@Test
	void snapshotAgeIsNotANumberWhileThereIsNoFile() {
		assertThat(this.prometheus.scrape()).contains("registry_snapshot_age_seconds NaN");
		this.registry.setSnapshotFile(new SnapshotFileState("registry.json", NOW.minusSeconds(7), 3, ""));
		assertThat(this.prometheus.scrape()).contains("registry_snapshot_age_seconds 7.0");
	}

	@Test
	void unreadableRecordsAreCounted() {
		this.registry.setUnreadable(new UnreadableRecord("/services/x/1", "no address", 3, NOW));
		assertThat(this.prometheus.scrape()).contains("registry_unreadable_records 1.0");
	}

	@Test
	void heldRemovalsAndAFreezeShow() {
		assertThat(this.prometheus.scrape()).contains("registry_held_removals 0.0").contains("registry_frozen 0.0");
		this.registry.with("orders", "a", "b").hold("orders", "a", "b").freeze(Duration.ofMinutes(10), "").join();
		assertThat(this.prometheus.scrape()).contains("registry_held_removals 2.0").contains("registry_frozen 1.0");
	}

	@Test
	void instancesAppearWithTheirService() {
		assertThat(this.prometheus.scrape()).doesNotContain("registry_instances");
		this.registry.with("orders", "a", "b", "c");
		assertThat(this.prometheus.scrape()).contains("registry_instances{service=\"orders\",state=\"routable\"} 2.0")
			.contains("registry_instances{service=\"orders\",state=\"ejected\"} 1.0")
			.contains("registry_instances{service=\"orders\",state=\"weightless\"} 0.0");
	}

	@Test
	void instancesOfServicesBeyondTheLimitAreCountedTogether() {
		PrometheusMeterRegistry limited = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		this.registry.subscribe(new InstanceGauges(limited, this::counts, 1));
		this.registry.with("orders", "a", "b")
			.with("users", "a", "b")
			.with("items", "a", "b", "c")
			.with("users", "a", "b", "c");
		assertThat(limited.scrape()).contains("registry_instances{service=\"orders\",state=\"routable\"} 1.0")
			.contains("registry_instances{service=\"\",state=\"routable\"} 4.0")
			.doesNotContain("users");
	}

	private InstanceCounts counts(ServiceName service) {
		Service registered = Objects.requireNonNull(this.registry.snapshot().find(service));
		return new InstanceCounts(
				Map.of(InstanceState.Word.ROUTABLE, registered.instances().size() - 1, InstanceState.Word.EJECTED, 1),
				0);
	}

}
