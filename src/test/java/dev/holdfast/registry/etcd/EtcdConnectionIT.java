package dev.holdfast.registry.etcd;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.holdfast.registry.EndCause;
import dev.holdfast.registry.RecordEvent;
import dev.holdfast.registry.RegistryConnection;
import dev.holdfast.registry.Signal;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdOptions;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.Patience;
import dev.holdfast.testing.TcpProxy;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.kv.DeleteResponse;
import io.etcd.jetcd.maintenance.AlarmMember;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What one connection says of a real etcd.
 */
@Order(1) // Among the longest, so it begins first.
class EtcdConnectionIT {

	private static final int MEBIBYTE = 1 << 20;

	private final EtcdProcess etcd = EtcdProcess.start(EtcdOptions.NONE.withLargeRequests(64 * MEBIBYTE, 10_000));

	private final EtcdKeys keys = new EtcdKeys(List.of(this.etcd.endpoint()),
			(builder) -> builder.maxInboundMessageSize(64 * MEBIBYTE));

	private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();

	@BeforeEach
	void write() {
		this.keys.put("/services/orders/a", "10.0.0.1:8001");
	}

	@AfterEach
	void stop() {
		this.keys.close();
		this.etcd.close();
	}

	@Test
	void aLeaseThatLivesIsToldWithItsTimeAndAnEndedOneWithout() {
		long alive = this.keys.grant(Duration.ofSeconds(60));
		long ended = this.keys.grant(Duration.ofSeconds(60));
		this.keys.revoke(ended);
		try (RegistryConnection connection = listed(source(this.etcd.endpoint()))) {
			connection.readLease(alive);
			assertThat(next()).isEqualTo(new Signal.Lease(alive, Optional.of(Duration.ofSeconds(60))));
			connection.readLease(ended);
			assertThat(next()).isEqualTo(new Signal.Lease(ended, Optional.empty()));
			connection.readLease(4711);
			assertThat(next()).isEqualTo(new Signal.Lease(4711, Optional.empty()));
		}
	}

	@Test
	void aLeaseThatCannotBeAskedForEndsTheConnection() {
		try (RegistryConnection connection = listed(source(this.etcd.endpoint()))) {
			this.etcd.kill();
			connection.readLease(4711);
			assertThat(next(Signal.Failed.class).cause()).isEqualTo(EndCause.LEASE_FAILED);
		}
	}

	@Test
	void aPageThatIsTooLargeIsAskedForInSmallerOnes() {
		String large = "{\"url\":\"http://10.0.0.1:80\",\"metadata\":{\"x\":\"%s\"}}".formatted("x".repeat(20_000));
		IntStream.range(0, 300).forEach((i) -> this.keys.put("/services/large/%03d".formatted(i), large));
		EtcdSource source = new EtcdSource(Follower.settings(this.etcd.endpoint()),
				new EtcdSource.Limits(MEBIBYTE, 200, Duration.ofSeconds(30)), (host) -> List.of());
		try (RegistryConnection connection = source.connect(this.signals::add)) {
			connection.list();
			assertThat(next(Signal.Listed.class).records()).hasSize(301);
			connection.list();
			assertThat(next(Signal.Listed.class).records()).hasSize(301);
		}
	}

	@Test
	void aListThatACompactionOvertakesBeginsAnew() {
		this.keys.putEach(IntStream.range(0, 2_000)
			.boxed()
			.collect(Collectors.toMap("/services/s/%04d"::formatted, (i) -> "10.0.0.1:80")));
		EtcdSource source = new EtcdSource(Follower.settings(this.etcd.endpoint()),
				new EtcdSource.Limits(MEBIBYTE, 1, Duration.ofSeconds(30)), (host) -> List.of());
		try (RegistryConnection connection = source.connect(this.signals::add)) {
			connection.list();
			long head = this.keys.put("/services/s/9999", "10.0.0.1:80");
			this.keys.compact(head);
			Signal.Listed listed = next(Signal.Listed.class);
			assertThat(listed.revision().number()).isEqualTo(head);
			assertThat(listed.records()).hasSize(2_002);
		}
	}

	@Test
	void aWatchThatBeginsBeforeACompactionEnds() {
		long first = this.keys.put("/services/orders/b", "10.0.0.1:80");
		this.keys.compact(this.keys.put("/services/orders/b", "10.0.0.1:81"));
		try (RegistryConnection connection = listed(source(this.etcd.endpoint()))) {
			connection.watch(first);
			Signal.Failed failed = next(Signal.Failed.class);
			assertThat(failed.cause()).isEqualTo(EndCause.WATCH_ERROR);
			assertThat(failed.message()).contains("compacted");
		}
	}

	@Test
	void oneTransactionOfThousandsOfLargeRecordsArrivesWhole() throws Exception {
		// Asked once, however long it takes: each transaction is heard of.
		Client client = this.keys.call(CompletableFuture::completedFuture);
		try (RegistryConnection connection = listed(source(this.etcd.endpoint()))) {
			connection.watch(2);
			assertThat(next(Signal.Delivered.class).revision()).isEqualTo(2);
			ByteSequence large = bytes(
					"{\"url\":\"http://10.0.0.1:80\",\"version\":\"%s\"}".formatted("x".repeat(4_000)));
			Op[] puts = IntStream.range(0, 4_000)
				.mapToObj((i) -> Op.put(bytes("/services/large/" + i), large, PutOption.DEFAULT))
				.toArray(Op[]::new);
			client.getKVClient().txn().Then(puts).commit().get(Patience.TIME.toSeconds(), TimeUnit.SECONDS);
			assertThat(next(Signal.Delivered.class).events().get()).hasSize(4_000);
			// The events carry the values that are deleted.
			DeleteOption all = DeleteOption.builder().isPrefix(true).build();
			DeleteResponse response = client.getKVClient()
				.delete(bytes("/services/large/"), all)
				.get(Patience.TIME.toSeconds(), TimeUnit.SECONDS);
			assertThat(response.getDeleted()).isEqualTo(4_000);
			List<RecordEvent> deleted = next(Signal.Delivered.class).events().get();
			assertThat(deleted).hasSize(4_000).allMatch((event) -> event instanceof RecordEvent.Deleted);
		}
	}

	@Test
	void anEtcdThatIsFullIsFollowedAndItsAlarmNamed() {
		String large = "x".repeat(256 * 1024);
		try (EtcdProcess small = EtcdProcess.start(EtcdOptions.NONE.withQuota(8 * MEBIBYTE));
				EtcdKeys writer = new EtcdKeys(small.endpoint());
				Follower follower = Follower.of(new EtcdSource(Follower.settings(small.endpoint()),
						new EtcdSource.Limits(MEBIBYTE, 200, Duration.ZERO), (host) -> List.of()))) {
			writer.put("/services/orders/a", "10.0.0.1:8001");
			follower.awaitLive().awaitInstances("http://10.0.0.1:8001");
			assertThatIllegalStateException()
				.isThrownBy(() -> IntStream.range(0, 100).forEach((i) -> writer.put("/other/" + i, large)))
				.withMessageContaining("database space exceeded");
			Follower.patiently()
				.untilAsserted(() -> assertThat(follower.registry().members().getFirst().lastError())
					.contains("NOSPACE", "nothing new can register"));
			assertThat(follower.registry().members().getFirst().alarms()).containsExactly("NOSPACE");
			assertThat(follower.registry().members().getFirst().version()).matches("3\\.[0-9]+\\.[0-9]+.*");
			follower.awaitLive();
			assertThat(follower.registry().generation()).isEqualTo(1);
			AlarmMember alarm = writer.call((client) -> client.getMaintenanceClient().listAlarms())
				.getAlarms()
				.getFirst();
			writer.call((client) -> client.getMaintenanceClient().alarmDisarm(alarm));
			Follower.patiently()
				.untilAsserted(() -> assertThat(follower.registry().members().getFirst().lastError()).isEmpty());
			assertThat(follower.registry().members().getFirst().alarms()).isEmpty();
		}
	}

	@Test
	void everyAddressOfANameGetsItsTurn() throws Exception {
		try (TcpProxy network = TcpProxy.before("127.0.0.1", this.etcd.port())) {
			// Nobody listens on the first one.
			List<InetAddress> addresses = List.of(InetAddress.getByAddress(new byte[] { 127, 0, 0, 9 }),
					InetAddress.getByAddress(new byte[] { 127, 0, 0, 1 }));
			EtcdSource source = new EtcdSource(Follower.settings("http://etcd.invalid:" + network.port()),
					EtcdSource.Limits.USUAL, (host) -> addresses);
			try (RegistryConnection first = source.connect(this.signals::add)) {
				first.list();
				assertThat(next()).isInstanceOf(Signal.Listed.class);
			}
			try (RegistryConnection second = source.connect(this.signals::add)) {
				second.list();
				assertThat(next(Signal.Failed.class).message()).contains("http://etcd.invalid:", "(127.0.0.9)");
			}
			try (RegistryConnection third = source.connect(this.signals::add)) {
				third.list();
				assertThat(next()).isInstanceOf(Signal.Listed.class);
			}
		}
	}

	private static EtcdSource source(String endpoint) {
		return new EtcdSource(Follower.settings(endpoint));
	}

	private RegistryConnection listed(EtcdSource source) {
		RegistryConnection connection = source.connect(this.signals::add);
		connection.list();
		assertThat(next()).isInstanceOf(Signal.Listed.class);
		return connection;
	}

	private <T extends Signal> T next(Class<T> type) {
		Signal signal = next();
		assertThat(signal).isInstanceOf(type);
		return type.cast(signal);
	}

	private Signal next() {
		try {
			Signal signal = this.signals.poll(Patience.TIME.toSeconds(), TimeUnit.SECONDS);
			assertThat(signal).as("what the connection says").isNotNull();
			return signal;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static ByteSequence bytes(String text) {
		return EtcdKey.bytes(text);
	}

}
