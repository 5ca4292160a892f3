package dev.holdfast.actuate;

import java.util.HashSet;
import java.util.Set;

import dev.holdfast.service.ServiceName;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CheckMetersTests {

	private static final ServiceName ORDERS = new ServiceName("orders");

	private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

	private final Set<ServiceName> known = new HashSet<>(Set.of(ORDERS));

	private final CheckMeters meters = new CheckMeters(this.prometheus, this.known::contains);

	@Test
	void checksAreCountedByServiceAndOutcomeFromZeroOn() {
		assertThat(this.prometheus.scrape()).doesNotContain("gateway_health_checks");
		this.meters.onChecked(ORDERS, true, 1);
		assertThat(this.prometheus.scrape())
			.contains("gateway_health_checks_total{outcome=\"passed\",service=\"orders\"} 1.0")
			.contains("gateway_health_checks_total{outcome=\"failed\",service=\"orders\"} 0.0");
	}

	@Test
	void aServiceThatIsForgottenIsCountedNoMore() {
		this.meters.onChecked(ORDERS, false, 1);
		this.known.remove(ORDERS);
		this.meters.forget(ORDERS);
		this.meters.onChecked(ORDERS, false, 1);
		assertThat(this.prometheus.scrape()).doesNotContain("gateway_health_checks");
	}

}
