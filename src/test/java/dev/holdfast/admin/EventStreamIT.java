package dev.holdfast.admin;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import dev.holdfast.override.Action;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.Scope;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryListener;
import dev.holdfast.registry.RegistrySettings;
import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.registry.etcd.EtcdPrefix;
import dev.holdfast.registry.etcd.EtcdSettings;
import dev.holdfast.registry.etcd.EtcdSource;
import dev.holdfast.registry.etcd.JitteredBackoff;
import dev.holdfast.registry.format.RecordReader;
import dev.holdfast.registry.reflector.Reflector;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.ServiceName;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The event stream over the registry client and a real etcd.
 */
class EventStreamIT {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final EtcdProcess etcd = EtcdProcess.start();

	private final SnapshotChanges changes = new SnapshotChanges();

	private final Reflector reflector = follow(this.etcd.endpoint(), this.changes);

	private final Registry registry = this.reflector.registry();

	private final AdminServer server = new AdminServer(Registry.class, this.registry, this.reflector.operations(),
			new AdminApi(new FakeRegistry()), this.changes, new EventStreamSettings(20));

	private final List<Newcomer> newcomers = new ArrayList<>();

	private final Random random = new Random(7);

	private static Reflector follow(String endpoint, SnapshotChanges changes) {
		EtcdSettings settings = new EtcdSettings(List.of(URI.create(endpoint)),
				List.of(new EtcdPrefix("/services/", RecordReader.of("auto", "/services/", Scheme.HTTP))),
				Optional.empty(), Optional.empty(), false, Duration.ofSeconds(3), Duration.ofSeconds(10),
				Duration.ofSeconds(5));
		return new Reflector(new EtcdSource(settings),
				new RegistrySettings(Duration.ofSeconds(1), Duration.ofMinutes(5), RemovalGuardSettings.DEFAULTS),
				new JitteredBackoff(), Optional.empty(), (instance, result) -> result.accept(""), List.of(changes),
				new RegistryListener() {
				});
	}

	@AfterEach
	void stop() {
		this.newcomers.forEach(Newcomer::close);
		this.server.close();
		this.reflector.close();
		this.etcd.close();
	}

	@Test
	void newcomersBeforeDuringAndAfterAnOutageAllRebuildTheWholeState() {
		this.reflector.start();
		change();
		override(0, 10);
		await().atMost(PATIENCE).until(() -> this.registry.status().name().equals("LIVE"));
		this.newcomers.add(new Newcomer(this.server));
		change();
		override(5, 20);
		this.etcd.kill();
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(this.newcomers).extracting(Newcomer::state).containsOnly("STALE"));
		this.newcomers.add(new Newcomer(this.server));
		this.etcd.restart();
		change();
		override(15, 30);
		this.newcomers.add(new Newcomer(this.server));
		change();
		// What a new list brings has one time; only what is seen happening is newer than
		// all the rest.
		await().atMost(PATIENCE).until(() -> this.registry.status().name().equals("LIVE"));
		try (EtcdKeys keys = new EtcdKeys(this.etcd.endpoint())) {
			keys.put("/services/last/l1", "10.0.0.9:80");
		}
		await().atMost(PATIENCE)
			.until(() -> this.registry.snapshot().services().containsKey(new ServiceName("last"))
					&& this.registry.status().name().equals("LIVE"));
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(this.newcomers).extracting(Newcomer::services)
				.containsOnly(Newcomer.services(this.registry.snapshot())));
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(this.newcomers).extracting(Newcomer::state).containsOnly("LIVE"));
		override(0, 0);
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(this.newcomers).extracting(Newcomer::overrides)
				.containsOnly(Newcomer.overrides(this.server.overrides().active())));
		assertThat(this.newcomers.getFirst().overrides()).hasSize(20);
		assertThat(this.newcomers.getFirst().services()).hasSizeGreaterThan(5);
		assertThat(this.newcomers).extracting(Newcomer::starts).containsOnly(1);
		assertThat(this.server.get("/registry/journal?since=10m&sort=-time&size=1&cause=PUT,RELISTED").body())
			.contains("\"service\":\"last\"", "\"instance\":\"l1\"");
	}

	/** Drains instances, and ends the drains of as many. */
	private void override(int from, int to) {
		Instant now = Instant.now();
		for (int i = from; i < to; i++) {
			this.server.overrides()
				.put(new OperatorOverride(drain(i), Scope.LOCAL, now, now.plusSeconds(3600 + i), "", ""));
		}
		for (int i = 0; i < 10; i++) {
			this.server.overrides().remove(drain(i));
		}
	}

	private static Action drain(int number) {
		return new Action.Drain(new ServiceName("s" + number % 3), "i" + number);
	}

	private void change() {
		try (EtcdKeys keys = new EtcdKeys(this.etcd.endpoint())) {
			for (int i = 0; i < 100; i++) {
				String key = "/services/s%d/i%d".formatted(this.random.nextInt(10), this.random.nextInt(5));
				if (this.random.nextInt(4) == 0) {
					keys.delete(key);
				}
				else {
					keys.put(key, "10.0.0.%d:80".formatted(1 + this.random.nextInt(200)));
				}
			}
		}
	}

}
