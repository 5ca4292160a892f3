package dev.holdfast.registry.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.holdfast.registry.format.RecordReader;
import dev.holdfast.registry.format.WildRecord;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Records of every format on their way through a real etcd.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FormatsIT {

	private final EtcdProcess etcd = EtcdProcess.start();

	private final EtcdKeys keys = new EtcdKeys(this.etcd.endpoint());

	@AfterAll
	void stop() {
		this.keys.close();
		this.etcd.close();
	}

	@ParameterizedTest
	@FieldSource("dev.holdfast.registry.format.WildRecord#ALL")
	void aRecordIsListedDeletedAndDeliveredByTheWatch(WildRecord wild) {
		for (String format : List.of("auto", wild.format())) {
			String key = register(wild);
			try (Follower follower = Follower.of(settings(wild.prefix(), format))) {
				follower.awaitLive();
				assertThat(instances(follower, wild)).as("listed as %s", format).containsExactly(expected(wild));
				this.keys.delete(key);
				Follower.patiently().untilAsserted(() -> assertThat(instances(follower, wild)).isEmpty());
				String again = register(wild);
				Follower.patiently()
					.untilAsserted(() -> assertThat(instances(follower, wild)).as("watched as %s", format)
						.containsExactly(expected(wild)));
				this.keys.delete(again);
			}
		}
	}

	/** A go-zero instance's key ends with the number of its lease. */
	private String register(WildRecord wild) {
		if (!wild.format().equals("go-zero")) {
			this.keys.put(wild.key(), wild.value());
			return wild.key();
		}
		long lease = this.keys.grant(Duration.ofMinutes(1));
		String key = wild.prefix() + lease;
		this.keys.put(key, wild.value(), lease);
		return key;
	}

	private EtcdSettings settings(String prefix, String format) {
		return new EtcdSettings(List.of(URI.create(this.etcd.endpoint())),
				List.of(new EtcdPrefix(prefix, RecordReader.of(format, prefix, Scheme.HTTP))), Optional.empty(),
				Optional.empty(), false, Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(5));
	}

	private static String expected(WildRecord wild) {
		return "%s, weight %d".formatted(wild.endpoint(), wild.weight());
	}

	private static List<String> instances(Follower follower, WildRecord wild) {
		Service found = follower.registry().snapshot().find(new ServiceName(wild.service()));
		return (found != null) ? found.instances()
			.stream()
			.map((instance) -> "%s, weight %d".formatted(instance.endpoint(), instance.weight()))
			.toList() : List.of();
	}

}
