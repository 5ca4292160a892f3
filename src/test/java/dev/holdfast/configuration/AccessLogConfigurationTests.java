package dev.holdfast.configuration;

import java.nio.file.Path;

import dev.holdfast.accesslog.AccessLog;
import dev.holdfast.accesslog.AccessLogFormat;
import dev.holdfast.accesslog.AccessLogSettings;
import dev.holdfast.accesslog.AccessLogUnavailableException;
import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.GatewayError;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.Registry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

class AccessLogConfigurationTests {

	private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(PropertiesConfiguration.class, AccessLogConfiguration.class)
		.withBean(Registry.class, FakeRegistry::new)
		.withBean(PrometheusMeterRegistry.class, () -> this.meters);

	@TempDir
	private Path folder;

	@Test
	void withoutTheKeyThereIsNoLogAndNobodyWhoHearsOfRequests() {
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(AccessLog.class).doesNotHaveBean(ExchangeListener.class);
			assertThat(this.meters.scrape()).doesNotContain("access_log");
			assertThat(context.getBean(HoldfastProperties.class).accessLog())
				.isEqualTo(new HoldfastProperties.AccessLog(false, AccessLogFormat.JSON, "", DataSize.ofMegabytes(100),
						7, DataSize.ofMegabytes(8), false));
		});
	}

	@Test
	void keysBecomeSettings() {
		this.runner
			.withPropertyValues("holdfast.access-log.format=common", "holdfast.access-log.file=/var/log/access.log",
					"holdfast.access-log.max-file-size=1GB", "holdfast.access-log.max-files=3",
					"holdfast.access-log.buffer-size=1MB", "holdfast.access-log.query=true")
			.run((context) -> assertThat(context.getBean(HoldfastProperties.class).accessLog().settings())
				.isEqualTo(new AccessLogSettings(AccessLogFormat.COMMON, "/var/log/access.log", 1024 * 1024 * 1024, 3,
						1024 * 1024, true)));
	}

	@Test
	void linesAreWrittenWhenTheGatewayHasStopped() {
		Path file = this.folder.resolve("access.log");
		this.runner.withPropertyValues("holdfast.access-log.enabled=true", "holdfast.access-log.file=" + file)
			.run((context) -> {
				context.getBean(ExchangeListener.class)
					.onTurnedAway("10.0.0.9", "header-timeout", GatewayError.HEADER_TIMEOUT);
				assertThat(this.meters.scrape()).contains("gateway_access_log_dropped_lines_total 0.0");
			});
		assertThat(file).content().contains("\"clientAddress\":\"10.0.0.9\"").hasLineCount(1);
	}

	@Test
	void fileThatCannotBeWrittenFailsTheStart() {
		this.runner.withPropertyValues("holdfast.access-log.enabled=true", "holdfast.access-log.file=" + this.folder)
			.run((context) -> {
				assertThat(context).getFailure().rootCause().isInstanceOf(AccessLogUnavailableException.class);
				assertThat(new AccessLogUnavailableFailureAnalyzer().analyze(context.getStartupFailure()).getAction())
					.contains("holdfast.access-log.file");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "file=/var/log/access-%d.log", "file=/var/log/", "max-file-size=10KB", "max-files=0",
			"max-files=21", "buffer-size=0", "buffer-size=2GB", "format=xml", "enabled=maybe" })
	void valuesThatCannotBeUsedFailTheStartWithTheirKey(String value) {
		this.runner.withPropertyValues("holdfast.access-log." + value)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("holdfast.access-log." + value.substring(0, value.indexOf('='))));
	}

}
