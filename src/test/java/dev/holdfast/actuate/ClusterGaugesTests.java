package dev.holdfast.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import dev.holdfast.cluster.GatewayView;
import dev.holdfast.cluster.GatewaysView;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClusterGaugesTests {

	private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

	@Test
	void whatGatewaysShareIsMeasured() {
		GatewaysView view = new GatewaysView(true, "", "gw-1", 60,
				List.of(gateway("gw-1", 50, true, true), gateway("gw-2", 60, false, false)));
		new ClusterGauges(() -> view, () -> 3, () -> Duration.ofMillis(1_500)).bindTo(this.prometheus);
		assertThat(this.prometheus.scrape()).contains("cluster_available 1.0")
			.contains("cluster_gateways 2.0")
			.contains("cluster_lagging_gateways 1.0")
			.contains("cluster_revisions_behind 10.0")
			.contains("cluster_sessions_total 3.0")
			.contains("cluster_staleness_seconds 1.5");
	}

	@Test
	void whatIsNotKnownIsNotAvailable() {
		GatewaysView view = new GatewaysView(false, "connection refused", "gw-1", 50,
				List.of(gateway("gw-1", 50, false, true)));
		new ClusterGauges(() -> view, () -> 1, () -> Duration.ZERO).bindTo(this.prometheus);
		assertThat(this.prometheus.scrape()).contains("cluster_available 0.0");
	}

	private static GatewayView gateway(String id, long revision, boolean lagging, boolean self) {
		return new GatewayView(id, "0.1.0", "host", 8081, Instant.EPOCH, "LIVE", revision, 60 - revision, lagging,
				Instant.EPOCH, self);
	}

}
