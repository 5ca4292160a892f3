package dev.holdfast.registry.etcd;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import dev.holdfast.cluster.Cluster;
import dev.holdfast.cluster.ClusterListener;
import dev.holdfast.cluster.ClusterSettings;
import dev.holdfast.cluster.GatewayView;
import dev.holdfast.cluster.LocalGateway;
import dev.holdfast.cluster.Standing;
import dev.holdfast.override.Action;
import dev.holdfast.override.Command;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.Scope;
import dev.holdfast.override.SharedOverridesException;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.service.ServiceName;
import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdGrpcProxy;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdOptions;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.TcpProxy;
import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.auth.Permission;
import io.etcd.jetcd.options.OptionsUtil;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Several gateways that share a real etcd.
 */
@Order(1) // Among the longest, so it begins first.
class EtcdClusterStoreIT {

	private static final Action DRAIN = new Action.Drain(new ServiceName("orders"), "a/1 ü");

	private static final String DRAIN_KEY = "/holdfast/overrides/drain/orders/a%2F1%20%C3%BC";

	private static final Credentials USER = new Credentials("gateway", "secret");

	private final Closer closer = new Closer();

	@AfterEach
	void close() {
		this.closer.close();
	}

	@Test
	void gatewaysSeeEachOtherAndWhoStopsIsGoneAtOnce() {
		EtcdProcess etcd = this.closer.register(EtcdProcess.start());
		Node first = node("gw-1", Follower.settings(etcd.endpoint()));
		Node second = node("gw-2", Follower.settings(etcd.endpoint()));
		await(() -> assertThat(first.others()).containsExactly("gw-1", "gw-2"));
		await(() -> assertThat(second.others()).containsExactly("gw-1", "gw-2"));
		second.cluster().close();
		try (EtcdKeys keys = new EtcdKeys(etcd.endpoint())) {
			assertThat(keys.get("/holdfast/gateways/gw-2")).isEmpty();
			assertThat(keys.leaseOf("/holdfast/gateways/gw-1")).isNotZero();
		}
		await(() -> assertThat(first.others()).containsExactly("gw-1"));
	}

	@Test
	void gatewayThatIsCutOffVanishesWithItsLeaseAndComesBack() {
		EtcdProcess etcd = this.closer.register(EtcdProcess.start());
		TcpProxy network = this.closer.register(TcpProxy.before("127.0.0.1", etcd.port()));
		Node first = node("gw-1", Follower.settings(etcd.endpoint()));
		Node second = node("gw-2", Follower.settings(network.url()));
		await(() -> assertThat(first.others()).containsExactly("gw-1", "gw-2"));
		network.blackhole();
		await(() -> assertThat(first.others()).containsExactly("gw-1"));
		await(() -> assertThat(second.cluster().unavailable()).isPresent());
		network.pass();
		await(() -> assertThat(first.others()).containsExactly("gw-1", "gw-2"));
		await(() -> assertThat(second.cluster().unavailable()).isEmpty());
	}

	@Test
	void killedEtcdTakesNothingAwayAndIsFollowedAgainWhenItIsBack() {
		EtcdProcess etcd = this.closer.register(EtcdProcess.start());
		Node first = node("gw-1", Follower.settings(etcd.endpoint()));
		Node second = node("gw-2", Follower.settings(etcd.endpoint()));
		await(() -> assertThat(first.others()).hasSize(2));
		OperatorOverride drain = override(Duration.ofMinutes(10));
		first.cluster().put(drain).join();
		await(() -> assertThat(second.overrides()).containsExactly(drain));
		etcd.kill();
		await(() -> assertThat(first.cluster().view().available()).isFalse());
		await(() -> assertThat(second.cluster().unavailable().orElse("")).contains("connection refused"));
		assertThat(first.others()).hasSize(2);
		assertThat(second.overrides()).containsExactly(drain);
		assertThatThrownBy(() -> first.cluster().remove(DRAIN).join())
			.hasCauseInstanceOf(SharedOverridesException.class);
		etcd.restart();
		await(() -> assertThat(first.cluster().view().available()).isTrue());
		await(() -> assertThat(second.cluster().view().available()).isTrue());
		await(() -> assertThat(first.others()).hasSize(2));
		assertThat(second.overrides()).containsExactly(drain);
		assertThat(first.cluster().remove(DRAIN).join()).isTrue();
		await(() -> assertThat(second.overrides()).isEmpty());
	}

	@Test
	void gatewaysSeeEachOtherAndShareOverridesThroughAGrpcProxy() {
		EtcdProcess etcd = this.closer.register(EtcdProcess.start());
		EtcdGrpcProxy proxy = this.closer.register(EtcdGrpcProxy.before(etcd.endpoint()));
		Node first = node("gw-1", Follower.settings(proxy.endpoint()));
		Node second = node("gw-2", Follower.settings(proxy.endpoint()));
		await(() -> assertThat(first.others()).containsExactly("gw-1", "gw-2"));
		await(() -> assertThat(second.cluster().unavailable()).isEmpty());
		OperatorOverride drain = override(Duration.ofMinutes(1));
		first.cluster().put(drain).join();
		await(() -> assertThat(second.overrides()).containsExactly(drain));
		proxy.kill();
		// Else what is available might still be the connection from before.
		await(() -> assertThat(first.cluster().unavailable()).isPresent());
		proxy.restart();
		await(() -> assertThat(first.cluster().unavailable()).isEmpty());
		assertThat(first.cluster().remove(DRAIN).join()).isTrue();
		await(() -> assertThat(second.overrides()).isEmpty());
	}

	@Test
	void overrideOfAllGatewaysHangsOnALeaseForItsTime() {
		EtcdProcess etcd = this.closer.register(EtcdProcess.start());
		EtcdKeys keys = this.closer.register(new EtcdKeys(etcd.endpoint()));
		Node first = node("gw-1", Follower.settings(etcd.endpoint()));
		await(() -> assertThat(first.cluster().unavailable()).isEmpty());
		OperatorOverride drain = override(Duration.ofSeconds(3));
		first.cluster().put(drain).join();
		assertThat(first.overrides()).as("what its writer hears of before he is answered").containsExactly(drain);
		assertThat(keys.leaseOf(DRAIN_KEY)).isNotZero();
		await(() -> assertThat(keys.get(DRAIN_KEY)).isEmpty());
		await(() -> assertThat(first.overrides()).isEmpty());
		assertThat(first.cluster().remove(DRAIN).join()).isFalse();
	}

	@Test
	void commandIsDoneOnceByEachGateway() {
		EtcdProcess etcd = this.closer.register(EtcdProcess.start());
		Node first = node("gw-1", Follower.settings(etcd.endpoint()));
		Node second = node("gw-2", Follower.settings(etcd.endpoint()));
		await(() -> assertThat(first.others()).hasSize(2));
		await(() -> assertThat(first.cluster().unavailable()).isEmpty());
		await(() -> assertThat(second.cluster().unavailable()).isEmpty());
		Command refresh = new Command.Refresh("migration", "me");
		first.cluster().command(refresh).join();
		restart(etcd, first, second);
		// Both have read anew what there is once they hear of what is written then.
		first.cluster().put(override(Duration.ofMinutes(1))).join();
		await(() -> assertThat(first.overrides()).isNotEmpty());
		await(() -> assertThat(second.overrides()).isNotEmpty());
		assertThat(first.commands()).containsExactly(refresh);
		assertThat(second.commands()).containsExactly(refresh);
	}

	@Test
	void clusterThatIsReplacedUnderTheSameAddressHasLostWhatNobodyHasEnded() {
		EtcdProcess etcd = this.closer.register(EtcdProcess.start());
		Node first = node("gw-1", Follower.settings(etcd.endpoint()));
		await(() -> assertThat(first.cluster().unavailable()).isEmpty());
		OperatorOverride drain = override(Duration.ofMinutes(10));
		first.cluster().put(drain).join();
		restart(etcd, first);
		assertThat(first.overrides()).containsExactly(drain);
		assertThat(first.lost()).hasValue(0);
		etcd.wipe();
		// Its id is the same, and its revision soon as large.
		try (EtcdKeys keys = new EtcdKeys(etcd.endpoint())) {
			for (int i = 0; i < 50; i++) {
				keys.put("/services/orders/" + i, "10.0.0.1:1");
			}
		}
		await(() -> assertThat(first.cluster().unavailable()).isEmpty());
		await(() -> assertThat(first.lost()).hasPositiveValue());
	}

	@Test
	void wipedPrefixAndNonsenseInItAreOutlived() {
		EtcdProcess etcd = this.closer.register(EtcdProcess.start());
		EtcdKeys keys = this.closer.register(new EtcdKeys(etcd.endpoint()));
		keys.put("/holdfast/gateways/gw-9", "nonsense");
		keys.put("/holdfast/overrides/freeze", "{\"schemaVersion\":2}");
		keys.put("/holdfast/overrides/large", "x".repeat(1_000_000));
		keys.put("/holdfast/commands/x", "\u0000");
		Node first = node("gw-1", Follower.settings(etcd.endpoint()));
		Node second = node("gw-2", Follower.settings(etcd.endpoint()));
		await(() -> assertThat(first.others()).containsExactly("gw-1", "gw-2"));
		keys.deletePrefix("/holdfast/");
		await(() -> assertThat(keys.get("/holdfast/gateways/gw-1")).isPresent());
		await(() -> assertThat(keys.get("/holdfast/gateways/gw-2")).isPresent());
		await(() -> assertThat(second.others()).containsExactly("gw-1", "gw-2"));
		assertThat(first.cluster().view().available()).isTrue();
	}

	@Test
	void roleThatReadsRegistrationsAloneTurnsOnlyThisOffUntilItIsGrantedMore() {
		try (Secured secured = new Secured(EtcdOptions.NONE)) {
			secured.grant("/services/", Permission.Type.READ);
			Follower registry = this.closer.register(Follower.of(Follower.settings(USER, secured.etcd.endpoint())));
			Node node = node("gw-1", Follower.settings(USER, secured.etcd.endpoint()));
			registry.awaitLive();
			await(() -> assertThat(node.cluster().unavailable().orElse(""))
				.contains("etcd refuses the user \"gateway\"", "permission denied"));
			assertThat(node.others()).containsExactly("gw-1");
			assertThatThrownBy(() -> node.cluster().put(override(Duration.ofMinutes(1))).join())
				.hasMessageContaining("permission denied");
			assertThat(registry.registry().status()).isInstanceOf(RegistryStatus.Live.class);
			assertThat(registry.registry().generation()).isEqualTo(1);
			secured.grant("/holdfast/", Permission.Type.READWRITE);
			await(() -> assertThat(node.cluster().unavailable()).isEmpty());
			secured.ask((auth) -> auth.roleRevokePermission(bytes("holdfast"), bytes("/holdfast/"),
					OptionsUtil.prefixEndOf(bytes("/holdfast/"))));
			await(() -> assertThat(node.cluster().unavailable().orElse("")).contains("permission denied"));
			assertThat(registry.registry().status()).isInstanceOf(RegistryStatus.Live.class);
			assertThat(registry.registry().generation()).isEqualTo(1);
		}
	}

	@Test
	void roleThatMayNotWriteStillFollows() {
		try (Secured secured = new Secured(EtcdOptions.NONE)) {
			secured.grant("/holdfast/", Permission.Type.READ);
			Node node = node("gw-1", Follower.settings(USER, secured.etcd.endpoint()));
			await(() -> assertThat(node.cluster().unavailable()).isEmpty());
			await(() -> assertThat(node.cluster().view().reason()).contains("permission denied"));
			assertThat(node.cluster().view().available()).isTrue();
			assertThatThrownBy(() -> node.cluster().put(override(Duration.ofMinutes(1))).join())
				.hasMessageContaining("permission denied");
			secured.grant("/holdfast/", Permission.Type.READWRITE);
			await(() -> assertThat(node.cluster().view().reason()).isEmpty());
		}
	}

	@Test
	void etcdThatIsFullTakesNoReportAndIsFollowed() {
		EtcdProcess etcd = this.closer
			.register(EtcdProcess.start(new EtcdOptions(false, List.of("--quota-backend-bytes=4000000"))));
		EtcdKeys keys = this.closer.register(new EtcdKeys(etcd.endpoint()));
		Node first = node("gw-1", Follower.settings(etcd.endpoint()));
		await(() -> assertThat(first.cluster().unavailable()).isEmpty());
		OperatorOverride drain = override(Duration.ofMinutes(10));
		first.cluster().put(drain).join();
		assertThatThrownBy(() -> {
			for (int i = 0; i < 100; i++) {
				keys.put("/elsewhere/" + i, "x".repeat(500_000));
			}
		}).hasMessageContaining("space exceeded");
		Node second = node("gw-2", Follower.settings(etcd.endpoint()));
		await(() -> assertThat(second.cluster().unavailable()).isEmpty());
		await(() -> assertThat(second.cluster().view().reason()).contains("space exceeded"));
		assertThat(second.overrides()).containsExactly(drain);
		assertThat(second.cluster().remove(DRAIN).join()).isTrue();
		await(() -> assertThat(first.overrides()).isEmpty());
	}

	/** The role of docs/security.md, word by word. */
	@Test
	void smallestRoleIsEnoughForEverything() {
		try (Secured secured = new Secured(EtcdOptions.NONE)) {
			secured.grant("/services/", Permission.Type.READ);
			secured.grant("/holdfast/", Permission.Type.READWRITE);
			assertWorks(secured);
		}
	}

	@Test
	void endOfTokensIsNotNoticed(@TempDir Path folder) {
		try (Secured secured = new Secured(EtcdOptions.NONE.withJwt(folder, Duration.ofSeconds(2)))) {
			secured.grant("/services/", Permission.Type.READ);
			secured.grant("/holdfast/", Permission.Type.READWRITE);
			assertWorks(secured);
		}
	}

	private void assertWorks(Secured secured) {
		Follower registry = this.closer.register(Follower.of(Follower.settings(USER, secured.etcd.endpoint())));
		Node first = node("gw-1", Follower.settings(USER, secured.etcd.endpoint()));
		Node second = node("gw-2", Follower.settings(USER, secured.etcd.endpoint()));
		registry.awaitLive();
		await(() -> assertThat(first.others()).containsExactly("gw-1", "gw-2"));
		// Longer than the leases, and than tokens where they end.
		Awaitility.await()
			.during(Duration.ofSeconds(6))
			.atMost(Duration.ofSeconds(30))
			.until(() -> first.cluster().view().available() && first.others().size() == 2);
		OperatorOverride drain = override(Duration.ofMinutes(1));
		first.cluster().put(drain).join();
		await(() -> assertThat(second.overrides()).containsExactly(drain));
		assertThat(second.cluster().remove(DRAIN).join()).isTrue();
		await(() -> assertThat(first.overrides()).isEmpty());
		first.cluster().command(new Command.Reconnect("", "me")).join();
		await(() -> assertThat(second.commands()).hasSize(1));
		second.cluster().close();
		await(() -> assertThat(first.others()).containsExactly("gw-1"));
	}

	private static OperatorOverride override(Duration time) {
		Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
		return new OperatorOverride(DRAIN, Scope.CLUSTER, now, now.plus(time), "disk", "me");
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	/** What is available before would else be the connection that ends. */
	private static void restart(EtcdProcess etcd, Node... nodes) {
		etcd.kill();
		for (Node node : nodes) {
			await(() -> assertThat(node.cluster().unavailable()).isPresent());
		}
		etcd.restart();
		for (Node node : nodes) {
			await(() -> assertThat(node.cluster().unavailable()).isEmpty());
		}
	}

	private static void await(ThrowingRunnable assertion) {
		Awaitility.await().pollInterval(Duration.ofMillis(50)).untilAsserted(assertion);
	}

	private Node node(String id, EtcdSettings settings) {
		CopyOnWriteArrayList<Command> commands = new CopyOnWriteArrayList<>();
		CopyOnWriteArrayList<Collection<OperatorOverride>> shared = new CopyOnWriteArrayList<>();
		AtomicInteger lost = new AtomicInteger();
		Cluster cluster = new Cluster(new EtcdStore(settings),
				new ClusterSettings("/holdfast/", Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofSeconds(5),
						Duration.ofSeconds(1), Duration.ofSeconds(1)),
				() -> new LocalGateway(id, "0.1.0", "localhost", 8081, Instant.EPOCH), () -> new Standing("LIVE", 1, 1),
				new ClusterListener() {

					@Override
					public void onOverrides(Collection<OperatorOverride> overrides) {
						shared.add(overrides);
					}

					@Override
					public void onHistoryLost(Collection<OperatorOverride> overrides) {
						lost.incrementAndGet();
						shared.add(overrides);
					}

					@Override
					public void onUnconfirmed() {
						// They are kept here anyway.
					}

					@Override
					public void onCommand(Command command) {
						commands.add(command);
					}

				}, Clock.systemUTC());
		cluster.start();
		return this.closer.register(new Node(cluster, shared, commands, lost));
	}

	/**
	 * What of a gateway shares something with others.
	 */
	private record Node(Cluster cluster, List<Collection<OperatorOverride>> shared, List<Command> commands,
			AtomicInteger lost) implements AutoCloseable {

		List<String> others() {
			return this.cluster.view().items().stream().map(GatewayView::instanceId).toList();
		}

		Collection<OperatorOverride> overrides() {
			return this.shared.isEmpty() ? List.of() : this.shared.getLast();
		}

		@Override
		public void close() {
			this.cluster.close();
		}

	}

	/**
	 * An etcd that asks for a user, and a role for gateways that may do nothing yet.
	 */
	private static final class Secured implements AutoCloseable {

		private final EtcdProcess etcd;

		private final EtcdKeys keys;

		Secured(EtcdOptions options) {
			this.etcd = EtcdProcess.start(options);
			try (EtcdKeys nobody = new EtcdKeys(this.etcd.endpoint())) {
				nobody.enableAuthentication("root", "secret");
			}
			this.keys = new EtcdKeys(List.of(this.etcd.endpoint()),
					(builder) -> builder.user(bytes("root")).password(bytes("secret")));
			ask((auth) -> auth.roleAdd(bytes("holdfast")));
			ask((auth) -> auth.userAdd(bytes("gateway"), bytes("secret")));
			ask((auth) -> auth.userGrantRole(bytes("gateway"), bytes("holdfast")));
		}

		void grant(String prefix, Permission.Type type) {
			ask((auth) -> auth.roleGrantPermission(bytes("holdfast"), bytes(prefix),
					OptionsUtil.prefixEndOf(bytes(prefix)), type));
		}

		<T> T ask(Function<Auth, CompletableFuture<T>> call) {
			return this.keys.call((client) -> call.apply(client.getAuthClient()));
		}

		@Override
		public void close() {
			this.keys.close();
			this.etcd.close();
		}

	}

}
