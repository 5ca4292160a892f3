package dev.holdfast.actuate;

import java.time.Duration;
import java.util.Locale;

import dev.holdfast.registry.EndCause;
import dev.holdfast.registry.EventType;
import dev.holdfast.registry.RelistOutcome;
import dev.holdfast.registry.RelistReason;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RegistryMetersTests {

	private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

	private final RegistryMeters meters = new RegistryMeters(this.prometheus);

	@Test
	void propagationShowsItsPercentilesInSeconds() {
		for (int i = 0; i < 100; i++) {
			this.meters.onPropagated(Duration.ofMillis((i < 98) ? 2 : 50));
		}
		assertThat(this.prometheus.scrape()).contains("registry_propagation_seconds_count 100")
			.containsPattern("registry_propagation_seconds\\{quantile=\"0.5\"} 0\\.00[12]")
			.containsPattern("registry_propagation_seconds\\{quantile=\"0.99\"} 0\\.0(49|50)");
	}

	@Test
	void barrierShowsItsTimeAndTheHeadRevision() {
		this.meters.onBarrier(Duration.ofMillis(500), 42);
		assertThat(this.prometheus.scrape()).contains("registry_barrier_seconds_sum 0.5")
			.contains("registry_head_revision 42.0");
	}

	@Test
	void whatHappensIsCountedByItsKind() {
		this.meters.onEvent(EventType.PUT);
		this.meters.onEvent(EventType.PUT);
		this.meters.onEvent(EventType.DELETE);
		this.meters.onGenerationEnded(EndCause.WATCH_ERROR);
		this.meters.onRelist(RelistReason.PERIODIC, RelistOutcome.SUCCESS);
		this.meters.onRelist(RelistReason.PERIODIC, RelistOutcome.SUCCESS);
		this.meters.onDrift(3);
		assertThat(this.prometheus.scrape()).contains("registry_events_total{type=\"put\"} 2.0")
			.contains("registry_events_total{type=\"delete\"} 1.0")
			.contains("registry_generations_total{cause=\"watch-error\"} 1.0")
			.contains("registry_relists_total{outcome=\"success\",reason=\"periodic\"} 2.0")
			.contains("registry_drift_total 3.0");
	}

	@Test
	void countersAreThereWithZeroFromTheStart() {
		String scrape = this.prometheus.scrape();
		assertThat(EventType.values()).allSatisfy(
				(type) -> assertThat(scrape).contains("registry_events_total{type=\"%s\"} 0.0".formatted(label(type))));
		assertThat(EndCause.values()).allSatisfy((cause) -> assertThat(scrape)
			.contains("registry_generations_total{cause=\"%s\"} 0.0".formatted(label(cause))));
		assertThat(RelistReason.values()).allSatisfy((reason) -> assertThat(RelistOutcome.values()).allSatisfy(
				(outcome) -> assertThat(scrape).contains("registry_relists_total{outcome=\"%s\",reason=\"%s\"} 0.0"
					.formatted(label(outcome), label(reason)))));
		assertThat(scrape).contains("registry_drift_total 0.0");
	}

	private static String label(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
