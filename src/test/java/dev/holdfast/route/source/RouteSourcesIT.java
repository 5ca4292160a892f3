package dev.holdfast.route.source;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.registry.etcd.Credentials;
import dev.holdfast.registry.etcd.EtcdSettings;
import dev.holdfast.registry.etcd.EtcdStore;
import dev.holdfast.store.FollowerSettings;
import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.auth.Permission;
import io.etcd.jetcd.options.OptionsUtil;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Routes of a real etcd and a real folder.
 */
class RouteSourcesIT {

	private static final String PREFIX = "/holdfast/routes/";

	private final Closer closer = new Closer();

	private final EtcdProcess etcd = this.closer.register(EtcdProcess.start());

	private final EtcdKeys keys = this.closer.register(new EtcdKeys(this.etcd.endpoint()));

	/** Those that were started, the running one last. */
	private final List<RouteSources> sources = new ArrayList<>();

	@TempDir
	Path data;

	@AfterEach
	void close() {
		this.closer.close();
	}

	@Test
	void routesFollowWhatIsWrittenAndDeletedInEtcd() {
		this.keys.put(PREFIX + "a", RouteWorld.route("a"));
		RouteWorld world = follow(Optional.empty());
		assertThat(world.inForce()).containsExactly("a");
		this.keys.put(PREFIX + "b", RouteWorld.route("b"));
		await(world, "a", "b");
		this.keys.put(PREFIX + "b", "- id: b\n");
		Awaitility.await().until(() -> world.status("b").state() == RouteStatus.State.LAST_GOOD);
		this.keys.delete(PREFIX + "a");
		await(world, "b");
	}

	@Test
	void aKilledEtcdTakesNothingOutAndItsDeletionsAreCaughtUpWith() {
		this.keys.put(PREFIX + "a", RouteWorld.route("a"));
		this.keys.put(PREFIX + "b", RouteWorld.route("b"));
		RouteWorld world = follow(Optional.empty());
		this.etcd.kill();
		awaitState(SourceStatus.State.STALE);
		assertThat(world.inForce()).containsExactly("a", "b");
		this.etcd.restart();
		this.keys.delete(PREFIX + "a");
		this.keys.put(PREFIX + "c", RouteWorld.route("c"));
		await(world, "b", "c");
		awaitState(SourceStatus.State.LIVE);
	}

	@Test
	void aWipedEtcdTakesNothingOut() {
		this.keys.put(PREFIX + "a", RouteWorld.route("a"));
		RouteWorld world = follow(Optional.empty());
		this.etcd.wipe();
		this.keys.put(PREFIX + "b", RouteWorld.route("b"));
		await(world, "a", "b");
		Awaitility.await().until(() -> world.status("a").state() == RouteStatus.State.HELD);
		awaitState(SourceStatus.State.LIVE);
		this.keys.put(PREFIX + "a", RouteWorld.route("a"));
		Awaitility.await().until(() -> world.status("a").state() == RouteStatus.State.IN_FORCE);
	}

	@Test
	void aGatewayThatStartsWhileEtcdIsAwayRoutesByWhatWasSaved() throws IOException {
		Path folder = Files.createDirectory(this.data.resolve("routes"));
		Files.writeString(folder.resolve("f.yml"), RouteWorld.route("f"));
		this.keys.put(PREFIX + "a", RouteWorld.route("a"));
		this.keys.put(PREFIX + "b", RouteWorld.route("b"));
		follow(Optional.of(folder));
		this.sources.getLast().close();
		this.etcd.kill();
		Files.writeString(folder.resolve("f.yml"), "- id: f\n");
		RouteWorld world = follow(Optional.of(folder));
		assertThat(world.inForce()).containsExactly("a", "b", "f");
		awaitState(SourceStatus.State.FROM_DISK);
		this.etcd.restart();
		awaitState(SourceStatus.State.LIVE);
		this.keys.delete(PREFIX + "b");
		await(world, "a", "f");
	}

	@Test
	void whatIsDeletedWhileTheGatewayIsAwayIsGoneAndWhatIsForgottenIsHeld() {
		this.keys.put(PREFIX + "a", RouteWorld.route("a"));
		this.keys.put(PREFIX + "b", RouteWorld.route("b"));
		follow(Optional.empty());
		awaitState(SourceStatus.State.LIVE);
		this.sources.getLast().close();
		this.keys.delete(PREFIX + "a");
		RouteWorld second = follow(Optional.empty());
		await(second, "b");
		awaitState(SourceStatus.State.LIVE);
		this.sources.getLast().close();
		this.keys.delete(PREFIX + "b");
		this.keys.compact(this.keys.put(PREFIX + "c", RouteWorld.route("c")));
		RouteWorld third = follow(Optional.empty());
		awaitState(SourceStatus.State.LIVE);
		assertThat(third.inForce()).containsExactly("b", "c");
		assertThat(third.status("b").state()).isEqualTo(RouteStatus.State.HELD);
	}

	@Test
	void aFileThatIsWrittenIsInForceSoonAfter() throws IOException {
		Path folder = Files.createDirectory(this.data.resolve("routes"));
		RouteWorld world = follow(Optional.of(folder));
		Files.writeString(folder.resolve("f.yml"), RouteWorld.route("f"));
		await(world, "f");
		Files.delete(folder.resolve("f.yml"));
		await(world);
	}

	@Test
	void aRoleThatMayReadThePrefixIsEnoughAndWithoutItTheReasonIsTold() {
		this.keys.put(PREFIX + "a", RouteWorld.route("a"));
		this.keys.enableAuthentication("root", "secret");
		EtcdKeys root = this.closer.register(new EtcdKeys(List.of(this.etcd.endpoint()),
				(builder) -> builder.user(bytes("root")).password(bytes("secret"))));
		root.call((client) -> client.getAuthClient().userAdd(bytes("gateway"), bytes("secret")));
		root.call((client) -> client.getAuthClient().roleAdd(bytes("routes")));
		root.call((client) -> client.getAuthClient().userGrantRole(bytes("gateway"), bytes("routes")));
		RouteWorld world = follow(Optional.empty(), Optional.of(new Credentials("gateway", "secret")));
		awaitState(SourceStatus.State.DENIED);
		assertThat(status().cause()).contains("permission denied", "gateway");
		assertThat(world.inForce()).isEmpty();
		root.call((client) -> client.getAuthClient()
			.roleGrantPermission(bytes("routes"), bytes(PREFIX), OptionsUtil.prefixEndOf(bytes(PREFIX)),
					Permission.Type.READ));
		await(world, "a");
		awaitState(SourceStatus.State.LIVE);
	}

	private RouteWorld follow(Optional<Path> folder) {
		return follow(folder, Optional.empty());
	}

	private RouteWorld follow(Optional<Path> folder, Optional<Credentials> credentials) {
		RouteWorld world = new RouteWorld();
		FollowerSettings followed = new FollowerSettings(PREFIX, Duration.ofSeconds(1), Duration.ofMinutes(5),
				Duration.ofSeconds(2));
		EtcdStore store = new EtcdStore(
				new EtcdSettings(List.of(URI.create(this.etcd.endpoint())), List.of(), credentials, Optional.empty(),
						false, Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(5)));
		this.sources.add(this.closer.register(new RouteSources(world.catalog,
				new RouteSourcesSettings(folder, Duration.ofSeconds(5), Optional.of(followed),
						RemovalGuardSettings.DEFAULTS, Optional.of(this.data.resolve("routes.json"))),
				() -> store, Clock.systemUTC())));
		this.sources.getLast().start();
		return world;
	}

	private static void await(RouteWorld world, String... ids) {
		Awaitility.await().untilAsserted(() -> assertThat(world.inForce()).containsExactly(ids));
	}

	private void awaitState(SourceStatus.State state) {
		Awaitility.await().until(() -> status().state() == state);
	}

	private SourceStatus status() {
		return this.sources.getLast()
			.statuses()
			.stream()
			.filter((status) -> status.source() == RouteOrigin.Source.ETCD)
			.findFirst()
			.orElseThrow();
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

}
