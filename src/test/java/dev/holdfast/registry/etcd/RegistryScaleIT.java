package dev.holdfast.registry.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.holdfast.actuate.InstanceGauges;
import dev.holdfast.registry.EndCause;
import dev.holdfast.registry.EventType;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryListener;
import dev.holdfast.registry.RegistrySettings;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.registry.format.RecordReader;
import dev.holdfast.registry.reflector.Reflector;
import dev.holdfast.registry.snapshot.SnapshotFile;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTable;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.Fleet;
import dev.holdfast.testing.Folders;
import dev.holdfast.testing.Patience;
import dev.holdfast.upstream.UpstreamSettings;
import dev.holdfast.upstream.Upstreams;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A registry of a hundred thousand instances in a real etcd. How fast that is has bounds
 * where {@code bench/registry} measures it, since a build may share its processors with
 * others; and it leaves nothing to other tests.
 */
@Tag("slow")
@Isolated
class RegistryScaleIT {

	private static final boolean TIMED = Boolean.getBoolean("holdfast.scale.timed");

	private static final Duration LOAD = Duration.ofSeconds(Long.getLong("holdfast.scale.seconds", 5));

	private static final Duration LIST_BOUND = Duration.ofSeconds(3);

	private static final Duration LAG_BOUND = Duration.ofSeconds(1);

	private static final int EVENTS_A_SECOND = 10_000;

	/** What etcd takes in one transaction. */
	private static final int BATCH = 125;

	/** How many events are written in one transaction while they are followed. */
	private static final int TRANSACTION = Integer.getInteger("holdfast.scale.transaction", BATCH);

	private static final long MEBIBYTE = 1 << 20;

	private final Fleet fleet = Fleet.of(100_000);

	private final EtcdProcess etcd = EtcdProcess.start();

	private final EtcdKeys keys = new EtcdKeys(this.etcd.endpoint());

	private final AtomicLong events = new AtomicLong();

	private final AtomicLong worstPropagation = new AtomicLong();

	private final AtomicLong generations = new AtomicLong();

	/** When each revision was routable, {@link System#nanoTime()}. */
	private final ConcurrentSkipListMap<Long, Long> published = new ConcurrentSkipListMap<>();

	private final Path folder = folder();

	private final Upstreams upstreams = new Upstreams(UpstreamSettings.DEFAULTS, CircuitBreakerRegistry.ofDefaults());

	private final Reflector reflector = new Reflector(
			new EtcdSource(new EtcdSettings(List.of(URI.create(this.etcd.endpoint())),
					List.of(new EtcdPrefix(Fleet.PREFIX, RecordReader.of("auto", Fleet.PREFIX, Scheme.HTTP))),
					Optional.empty(), Optional.empty(), false, Duration.ofSeconds(3), Duration.ofSeconds(10),
					Duration.ofSeconds(5))),
			new RegistrySettings(Duration.ofSeconds(5), Duration.ofMinutes(5), RemovalGuardSettings.DEFAULTS),
			new JitteredBackoff(), Optional.of(new SnapshotFile(this.folder.resolve("snapshot.json"), null)),
			(endpoint, result) -> result.accept(""),
			List.of(this.upstreams, new RouteTable(List.of(), true, RoutePolicy.DEFAULTS),
					new InstanceGauges(new SimpleMeterRegistry(), this.upstreams),
					(snapshot, changed) -> this.published.put(snapshot.revision().number(), System.nanoTime())),
			new RegistryListener() {

				@Override
				public void onEvent(EventType type) {
					RegistryScaleIT.this.events.incrementAndGet();
				}

				@Override
				public void onPropagated(Duration took) {
					RegistryScaleIT.this.worstPropagation.accumulateAndGet(took.toMillis(), Math::max);
				}

				@Override
				public void onGenerationEnded(EndCause cause) {
					RegistryScaleIT.this.generations.incrementAndGet();
				}

			});

	private final Registry registry = this.reflector.registry();

	private static Path folder() {
		try {
			return Folders.create("holdfast-scale-");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@BeforeEach
	void register() {
		for (int from = 0; from < this.fleet.instances(); from += BATCH) {
			write(from, 0);
		}
	}

	@AfterEach
	void stop() throws IOException {
		this.reflector.close();
		this.keys.close();
		this.etcd.close();
		Folders.delete(this.folder);
	}

	@Test
	void aHundredThousandInstancesAreListedAndTenThousandEventsASecondFollowed() {
		long start = System.nanoTime();
		this.reflector.start();
		await().pollInterval(Duration.ofMillis(5))
			.until(() -> this.registry.snapshot().instances() == this.fleet.instances());
		Duration listed = since(start);
		await().until(this::isLive);
		System.out.printf("listed %d instances of %d services within %d ms of the start%n", this.fleet.instances(),
				this.registry.snapshot().services().size(), listed.toMillis());
		if (TIMED) {
			assertThat(listed).isLessThanOrEqualTo(LIST_BOUND);
		}
		follow(TRANSACTION);
	}

	private void follow(int batch) {
		this.worstPropagation.set(0);
		this.published.clear();
		long before = this.events.get();
		long toWrite = LOAD.toSeconds() * EVENTS_A_SECOND;
		AtomicLong peak = new AtomicLong();
		SteadyWriter writer = new SteadyWriter(this.etcd.endpoint(), this.fleet, batch);
		try (writer; ScheduledExecutorService looks = Executors.newScheduledThreadPool(1)) {
			ScheduledFuture<?> samples = looks.scheduleAtFixedRate(() -> peak
				.accumulateAndGet(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), Math::max), 10,
					10, TimeUnit.MILLISECONDS);
			Duration wrote = writer.write(toWrite, EVENTS_A_SECOND, LOAD.plus(Patience.TIME));
			await().atMost(Duration.ofMinutes(2))
				.pollInterval(Duration.ofMillis(2))
				// A snapshot can be had before its listeners have been told of it.
				.until(() -> this.published.ceilingKey(writer.lastRevision()) != null);
			samples.cancel(false);
			long applied = this.events.get() - before;
			Ages ages = Ages.of(writer.answered(), this.published);
			System.out.printf(
					"applied %d events, %d a transaction, in %d ms (%d a second); their age when routable, since etcd's"
							+ " answer: %s; worst propagation %d ms; peak heap %d MiB; snapshot %d KiB%n",
					applied, batch, wrote.toMillis(), applied * 1000 / wrote.toMillis(), ages,
					this.worstPropagation.get(), peak.get() / MEBIBYTE,
					this.folder.resolve("snapshot.json").toFile().length() / 1024);
			assertThat(applied).isGreaterThanOrEqualTo(toWrite);
			if (TIMED) {
				assertThat(wrote).isLessThanOrEqualTo(LOAD.plusSeconds(1));
				assertThat(ages.oldest()).isLessThanOrEqualTo(LAG_BOUND);
				assertThat(Duration.ofMillis(this.worstPropagation.get())).isLessThanOrEqualTo(LAG_BOUND);
			}
		}
		assertThat(this.registry.snapshot().instances()).isEqualTo(this.fleet.instances());
		assertThat(this.generations).hasValue(0);
		assertThat(isLive()).isTrue();
	}

	private void write(int from, int version) {
		Map<String, String> batch = IntStream.range(from, from + BATCH)
			.boxed()
			.collect(Collectors.toMap(this.fleet::key, (instance) -> this.fleet.value(instance, version)));
		this.keys.putAll(batch);
	}

	private boolean isLive() {
		return this.registry.status() instanceof RegistryStatus.Live;
	}

	private static Duration since(long nanos) {
		return Duration.ofNanos(System.nanoTime() - nanos);
	}

}
