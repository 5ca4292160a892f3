package dev.holdfast.registry.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.holdfast.registry.MemberState;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryListener;
import dev.holdfast.registry.RegistrySettings;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.registry.format.RecordReader;
import dev.holdfast.registry.reflector.Reflector;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.TcpProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The registry client on a real etcd, with a faulty network between.
 */
@Order(1) // Among the longest, so it begins first.
class EtcdSourceIT {

	private final EtcdProcess etcd = EtcdProcess.start();

	private final TcpProxy network = TcpProxy.before("127.0.0.1", this.etcd.port());

	private final EtcdKeys keys = new EtcdKeys(this.etcd.endpoint());

	private final Reflector reflector = follow(this.network.url());

	private final Registry registry = this.reflector.registry();

	private static Reflector follow(String... endpoints) {
		return follow(Optional.empty(), endpoints);
	}

	private static Reflector follow(Optional<Credentials> credentials, String... endpoints) {
		RecordReader services = RecordReader.of("auto", "/services/", Scheme.HTTP);
		RecordReader openim = RecordReader.of("auto", "openim/", Scheme.HTTP);
		EtcdSettings settings = new EtcdSettings(Stream.of(endpoints).map(URI::create).toList(),
				List.of(new EtcdPrefix("/services/", services), new EtcdPrefix("openim/", openim)), credentials,
				Optional.empty(), false, Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(5));
		return new Reflector(new EtcdSource(settings),
				new RegistrySettings(Duration.ofSeconds(5), Duration.ofMinutes(5), RemovalGuardSettings.DEFAULTS),
				new JitteredBackoff(), Optional.empty(), (endpoint, result) -> result.accept(""), List.of(),
				new RegistryListener() {
				});
	}

	@BeforeEach
	void startLive() {
		this.keys.put("/services/orders/a", "10.0.0.1:8001");
		this.reflector.start();
		Follower.patiently().until(this::isLive);
	}

	@AfterEach
	void stop() {
		this.reflector.close();
		this.keys.close();
		this.network.close();
		this.etcd.close();
	}

	@Test
	void recordsOfEveryFormatAreFollowedFromSeveralPrefixes() {
		this.keys.put("/services/users/u1", "{\"url\":\"http://10.0.0.2:8080\",\"weight\":7}");
		this.keys.put("/services/hello/h1", """
				{"id":"h1","name":"hello","version":"v1","metadata":{},"endpoints":["http://10.0.0.3:8000"]}""");
		this.keys.put("openim/user-rpc-service/10.0.0.5:10110",
				"{\"Op\":0,\"Addr\":\"10.0.0.5:10110\",\"Metadata\":null}");
		Follower.patiently().untilAsserted(() -> {
			assertThat(instances("users")).containsExactly("http://10.0.0.2:8080");
			assertThat(instances("hello")).containsExactly("http://10.0.0.3:8000");
			assertThat(instances("user-rpc-service")).containsExactly("http://10.0.0.5:10110");
		});
		this.keys.delete("/services/orders/a");
		Follower.patiently().untilAsserted(() -> assertThat(instances("orders")).isEmpty());
	}

	@Test
	void aKilledEtcdIsNoticedAndFollowedAgainAfterItsRestart() {
		this.etcd.kill();
		Follower.patiently().until(this::isStale);
		assertThat(instances("orders")).containsExactly("http://10.0.0.1:8001");
		this.etcd.restart();
		this.keys.put("/services/orders/b", "10.0.0.1:8002");
		Follower.patiently().untilAsserted(() -> assertThat(instances("orders")).hasSize(2));
		Follower.patiently().until(this::isLive);
		assertThat(this.registry.reconnects()).isEqualTo(1);
	}

	@Test
	void aStoppedProcessIsNoticedAndFollowedAgainWhenItGoesOn() {
		this.etcd.pause();
		Follower.patiently().until(this::isStale);
		this.etcd.resume();
		Follower.patiently().until(this::isLive);
	}

	@Test
	void packetsThatVanishAreNoticedAndWhatChangedMeanwhileIsFound() {
		this.network.blackhole();
		Follower.patiently().until(this::isStale);
		this.keys.put("/services/orders/b", "10.0.0.1:8002");
		this.keys.delete("/services/orders/a");
		long head = this.keys.put("/services/orders/b", "10.0.0.1:8003");
		this.keys.compact(head);
		this.network.pass();
		Follower.patiently()
			.untilAsserted(() -> assertThat(instances("orders")).containsExactly("http://10.0.0.1:8003"));
		Follower.patiently().until(this::isLive);
	}

	@Test
	void theNextMemberIsUsedWhenOneIsGone() {
		try (TcpProxy second = TcpProxy.before("127.0.0.1", this.etcd.port());
				Reflector both = follow(this.network.url(), second.url())) {
			both.start();
			Follower.patiently().until(() -> both.registry().status() instanceof RegistryStatus.Live);
			this.network.refuse();
			Follower.patiently().until(() -> both.registry().generation() > 1);
			Follower.patiently().until(() -> both.registry().status() instanceof RegistryStatus.Live);
			assertThat(both.registry().members()).extracting(MemberState::healthy)
				.containsExactly(Optional.of(false), Optional.of(true));
		}
	}

	@Test
	void aListOfManyPagesIsWhole() {
		this.keys.putEach(IntStream.range(0, 5_000)
			.boxed()
			.collect(Collectors.toMap((i) -> "/services/s%d/i%d".formatted(i % 500, i), (i) -> "10.0.0.1:" + (i + 1))));
		long reconnects = this.registry.reconnects();
		this.network.reset();
		this.network.pass();
		Follower.patiently().until(() -> this.registry.reconnects() > reconnects && isLive());
		Follower.patiently().untilAsserted(() -> {
			assertThat(this.registry.snapshot().instances()).isEqualTo(5_001);
			assertThat(this.registry.snapshot().services()).hasSize(501);
		});
	}

	@Test
	void aWrongPasswordIsNamedAndTheRightOneLogsIn() {
		this.keys.enableAuthentication("root", "secret");
		try (Reflector wrong = follow(Optional.of(new Credentials("root", "guess")), this.etcd.endpoint());
				Reflector right = follow(Optional.of(new Credentials("root", "secret")), this.etcd.endpoint())) {
			wrong.start();
			right.start();
			Follower.patiently().until(() -> right.registry().status() instanceof RegistryStatus.Live);
			Follower.patiently()
				.untilAsserted(
						() -> assertThat(wrong.registry().status().cause()).contains("invalid user ID or password"));
		}
	}

	private boolean isLive() {
		return this.registry.status() instanceof RegistryStatus.Live;
	}

	private boolean isStale() {
		return this.registry.status() instanceof RegistryStatus.Stale;
	}

	private List<String> instances(String service) {
		Service found = this.registry.snapshot().find(new ServiceName(service));
		return (found != null) ? found.instances().stream().map((instance) -> instance.endpoint().toString()).toList()
				: List.of();
	}

}
