package dev.holdfast.actuate;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.sun.management.ThreadMXBean;
import dev.holdfast.proxy.MirrorOutcome;
import dev.holdfast.proxy.TrafficLabels;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.Retries;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TrafficMetersTests {

	private static final ServiceName ORDERS = new ServiceName("orders");

	private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

	private final TrafficMeters meters = new TrafficMeters(this.prometheus, (service) -> service.equals(ORDERS),
			(service) -> new Retries(2, 5, 7));

	@Test
	void onEndRecordsTheRequestUnderItsLabels() {
		end(Exchange.OK);
		end(Exchange.OK.answered(503, "no-instance", 0));
		assertThat(this.prometheus.scrape()).contains("""
				gateway_requests_seconds_count{method="GET",outcome="SUCCESS",route="by-path",service="orders",\
				status="200"} 1""").contains("""
				gateway_requests_seconds_count{method="GET",outcome="SERVER_ERROR",route="by-path",service="orders",\
				status="503"} 1""").contains("gateway_errors_total{code=\"no-instance\"} 1.0");
	}

	@Test
	void retryBudgetAndCopiesOfRequestsAreShown() {
		this.meters.onRetryRefused(ORDERS);
		this.meters.onMirror(ORDERS, MirrorOutcome.NOT_SENT);
		this.meters.onMirror(new ServiceName("unknown"), MirrorOutcome.SUCCESS);
		assertThat(this.prometheus.scrape()).contains("gateway_retries_active{service=\"orders\"} 2.0")
			.contains("gateway_retries_limit{service=\"orders\"} 5.0")
			.contains("gateway_retries_refused_total{service=\"orders\"} 1.0")
			.contains("gateway_mirrored_requests_total{outcome=\"NOT_SENT\",service=\"orders\"} 1.0")
			.contains("gateway_mirrored_requests_total{outcome=\"SUCCESS\",service=\"\"} 1.0");
	}

	@Test
	void onEndPublishesNoHistogramBuckets() {
		end(Exchange.OK);
		assertThat(this.prometheus.scrape()).doesNotContain("gateway_requests_seconds_bucket");
	}

	@Test
	void onEndWhenTheMethodIsMadeUpUsesOneLabelForAll() {
		end(Exchange.OK.with("BREW"));
		end(Exchange.OK.with("get"));
		assertThat(this.prometheus.scrape())
			.contains("gateway_requests_seconds_count{method=\"OTHER\",outcome=\"SUCCESS\"")
			.doesNotContain("BREW")
			.doesNotContain("\"get\"");
		assertThat(this.prometheus.get("gateway.requests").tag("method", "OTHER").timer().count()).isEqualTo(2);
	}

	@Test
	void onEndWhenTheStatusIsOutOfRangeUsesOneLabelForAll() {
		end(Exchange.OK.answered(0, "", 1));
		end(Exchange.OK.answered(999, "", 1));
		end(Exchange.OK.answered(-1, "", 1));
		assertThat(
				this.prometheus.get("gateway.requests").tags("status", "UNKNOWN", "outcome", "UNKNOWN").timer().count())
			.isEqualTo(3);
	}

	@Test
	void onEndRecordsWhatTheGatewayAddedToTheBackendsTime() {
		end(Exchange.OK);
		assertThat(this.prometheus.get("gateway.overhead").timer().totalTime(TimeUnit.MICROSECONDS)).isEqualTo(200);
	}

	@Test
	void onEndWhenNoBackendWasReachedRecordsNoOverhead() {
		end(Exchange.OK.answered(404, "no-route", 0));
		assertThat(this.prometheus.get("gateway.overhead").timer().count()).isZero();
	}

	@Test
	void onEndCountsEachRetryByHowItEnded() {
		end(Exchange.OK);
		end(Exchange.OK.answered(200, "", 3));
		end(Exchange.OK.answered(502, "connect-failed", 2));
		end(Exchange.OK.answered(200, "client-gone", 2));
		assertThat(this.prometheus.scrape())
			.contains("gateway_retries_total{outcome=\"SUCCESS\",service=\"orders\"} 1.0")
			.contains("gateway_retries_total{outcome=\"FAILURE\",service=\"orders\"} 2.0")
			.contains("gateway_retries_total{outcome=\"CANCELLED\",service=\"orders\"} 1.0");
	}

	@Test
	void activeRequestsAreThoseThatBeganAndDidNotEnd() {
		this.meters.onStart();
		this.meters.onStart();
		this.meters.onEnd(Exchange.OK);
		assertThat(this.prometheus.scrape()).contains("gateway_active_requests 1.0");
	}

	@Test
	void triesConnectFailuresAndRejectionsHaveTheirMeters() {
		this.meters.onTry(ORDERS, Outcome.TIMEOUT, Duration.ofSeconds(2).toNanos());
		this.meters.onConnectFailure(ORDERS, "refused");
		this.meters.onRejected("bad-host");
		assertThat(this.prometheus.scrape())
			.contains("gateway_upstream_requests_seconds_sum{outcome=\"TIMEOUT\",service=\"orders\"} 2.0")
			.contains("gateway_connect_failures_total{reason=\"refused\",service=\"orders\"} 1.0")
			.contains("gateway_rejected_requests_total{reason=\"bad-host\"} 1.0");
	}

	@Test
	void countersAreThereWithZeroFromTheStart() {
		String scrape = this.prometheus.scrape();
		assertThat(TrafficLabels.errorCodes()).contains("no-instance", "client-stalled")
			.allSatisfy((code) -> assertThat(scrape).contains("gateway_errors_total{code=\"%s\"} 0.0".formatted(code)));
		assertThat(TrafficLabels.rejectionReasons()).contains("host", "tls-handshake")
			.doesNotContain("status-line")
			.allSatisfy((reason) -> assertThat(scrape)
				.contains("gateway_rejected_requests_total{reason=\"%s\"} 0.0".formatted(reason)));
	}

	@Test
	void countersOfAServiceAreThereWithZeroFromItsFirstRequest() {
		end(Exchange.OK);
		String scrape = this.prometheus.scrape();
		assertThat(TrafficLabels.connectFailureReasons()).contains("refused", "unknown-host")
			.allSatisfy((reason) -> assertThat(scrape)
				.contains("gateway_connect_failures_total{reason=\"%s\",service=\"orders\"} 0.0".formatted(reason)));
		assertThat(List.of("SUCCESS", "FAILURE", "CANCELLED")).allSatisfy((outcome) -> assertThat(scrape)
			.contains("gateway_retries_total{outcome=\"%s\",service=\"orders\"} 0.0".formatted(outcome)));
	}

	@Test
	void recordingWhatWasSeenBeforeDoesNotAllocate() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		Exchange failed = Exchange.OK.answered(502, "connect-failed", 3);
		record(failed, 20_000);
		long before = threads.getCurrentThreadAllocatedBytes();
		record(failed, 20_000);
		assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(20_000);
	}

	private void record(Exchange exchange, int times) {
		for (int i = 0; i < times; i++) {
			this.meters.onStart();
			this.meters.onTry(ORDERS, Outcome.SUCCESS, 1000);
			this.meters.onConnectFailure(ORDERS, "refused");
			this.meters.onEnd(exchange);
		}
	}

	@Test
	void recordingOnSeveralThreadsLosesNothing() throws InterruptedException {
		int threads = 4;
		CountDownLatch together = new CountDownLatch(threads);
		try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
			for (int i = 0; i < threads; i++) {
				executor.execute(() -> {
					together.countDown();
					for (int status = 200; status < 600; status++) {
						end(Exchange.OK.answered(status, "", 1));
					}
				});
			}
			together.await();
		}
		assertThat(this.prometheus.get("gateway.requests").timers()).hasSize(400)
			.allSatisfy((timer) -> assertThat(timer.count()).isEqualTo(threads));
		assertThat(this.prometheus.scrape()).contains("gateway_active_requests 0.0");
	}

	private void end(Exchange exchange) {
		this.meters.onStart();
		this.meters.onEnd(exchange);
	}

	private record Exchange(String route, String service, String method, int status, String errorCode,
			long durationNanos, long upstreamNanos, int tries) implements BareRecord {

		static final Exchange OK = new Exchange("by-path", "orders", "GET", 200, "", 1_200_000, 1_000_000, 1);

		Exchange with(String method) {
			return new Exchange(this.route, this.service, method, this.status, this.errorCode, this.durationNanos,
					this.upstreamNanos, this.tries);
		}

		Exchange answered(int status, String errorCode, int tries) {
			return new Exchange(this.route, this.service, this.method, status, errorCode, this.durationNanos,
					this.upstreamNanos, tries);
		}

	}

}
