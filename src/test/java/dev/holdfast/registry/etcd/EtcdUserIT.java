package dev.holdfast.registry.etcd;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdOptions;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.Patience;
import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.auth.Permission;
import io.etcd.jetcd.options.OptionsUtil;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The registry client on an etcd that asks for a user.
 */
@Execution(ExecutionMode.CONCURRENT)
class EtcdUserIT {

	private static final Duration TTL = Duration.ofSeconds(5);

	private static final Credentials GATEWAY = new Credentials("gateway", "secret");

	@Test
	void theEndOfSimpleTokensIsNotNoticed() {
		try (Fixture fixture = new Fixture(EtcdOptions.NONE.withSimpleTokens(TTL))) {
			fixture.assertUndisturbedPast(TTL);
		}
	}

	@Test
	void theEndOfJwtsIsNotNoticed(@TempDir Path folder) {
		try (Fixture fixture = new Fixture(EtcdOptions.NONE.withJwt(folder, TTL))) {
			fixture.assertUndisturbedPast(TTL);
		}
	}

	@Test
	void aJwtThatIsOutdatedByAChangeOfRolesIsReplaced(@TempDir Path folder) {
		try (Fixture fixture = new Fixture(EtcdOptions.NONE.withJwt(folder, Duration.ofMinutes(5)))) {
			fixture.ask((auth) -> auth.roleAdd(bytes("other")));
			fixture.keys.put("/services/orders/b", "10.0.0.1:8002");
			fixture.follower.awaitInstances("http://10.0.0.1:8001", "http://10.0.0.1:8002");
			fixture.follower.refresh().awaitLive();
		}
	}

	@Test
	void aChangedPasswordIsNamedAndLiveAgainWhenItIsChangedBack() {
		try (Fixture fixture = new Fixture(EtcdOptions.NONE)) {
			fixture.ask((auth) -> auth.userChangePassword(bytes("gateway"), bytes("other")));
			fixture.assertRefused("invalid user ID or password");
			fixture.ask((auth) -> auth.userChangePassword(bytes("gateway"), bytes("secret")));
			fixture.follower.awaitLive();
		}
	}

	@Test
	void aRevokedRoleIsNamedAndLiveAgainWhenItIsGranted() {
		try (Fixture fixture = new Fixture(EtcdOptions.NONE)) {
			fixture.ask((auth) -> auth.userRevokeRole(bytes("gateway"), bytes("reader")));
			fixture.assertRefused("permission denied");
			fixture.ask((auth) -> auth.userGrantRole(bytes("gateway"), bytes("reader")));
			fixture.follower.awaitLive();
		}
	}

	@Test
	void aDeletedUserIsNamedAndLiveAgainWhenItIsAdded() {
		try (Fixture fixture = new Fixture(EtcdOptions.NONE)) {
			fixture.ask((auth) -> auth.userDelete(bytes("gateway")));
			fixture.assertRefused("invalid user ID or password");
			fixture.addGateway();
			fixture.follower.awaitLive();
		}
	}

	@Test
	void anEtcdThatAsksForAUserIsNamedToAGatewayWithout() {
		try (Fixture fixture = new Fixture(EtcdOptions.NONE);
				Follower nobody = Follower.of(Follower.settings(fixture.etcd.endpoint()))) {
			nobody.awaitCause("etcd asks for a user", "user name is empty");
			assertThat(nobody.registry().status()).isInstanceOf(RegistryStatus.Empty.class);
		}
	}

	@Test
	void aLoginThatHangsEnds() {
		try (Fixture fixture = new Fixture(EtcdOptions.NONE)) {
			fixture.etcd.pause();
			fixture.follower.awaitCause("DEADLINE_EXCEEDED");
			assertThat(fixture.follower.registry().status().cause()).doesNotContain("refuses");
			fixture.etcd.resume();
			fixture.follower.awaitLive();
		}
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	/**
	 * An etcd whose user {@code gateway} may read the registrations, and a follower that
	 * is this user.
	 */
	private static final class Fixture implements AutoCloseable {

		private final EtcdProcess etcd;

		private final EtcdKeys keys;

		private final Follower follower;

		Fixture(EtcdOptions options) {
			this.etcd = EtcdProcess.start(options);
			try (EtcdKeys nobody = new EtcdKeys(this.etcd.endpoint())) {
				nobody.enableAuthentication("root", "secret");
			}
			this.keys = new EtcdKeys(List.of(this.etcd.endpoint()),
					(builder) -> builder.user(bytes("root")).password(bytes("secret")));
			ask((auth) -> auth.roleAdd(bytes("reader")));
			ByteSequence prefix = bytes("/services/");
			ask((auth) -> auth.roleGrantPermission(bytes("reader"), prefix, OptionsUtil.prefixEndOf(prefix),
					Permission.Type.READ));
			addGateway();
			this.keys.put("/services/orders/a", "10.0.0.1:8001");
			this.follower = Follower.of(Follower.settings(GATEWAY, this.etcd.endpoint()));
			this.follower.awaitLive();
		}

		void addGateway() {
			ask((auth) -> auth.userAdd(bytes("gateway"), bytes("secret")));
			ask((auth) -> auth.userGrantRole(bytes("gateway"), bytes("reader")));
		}

		<T> T ask(Function<Auth, CompletableFuture<T>> call) {
			return this.keys.call((client) -> call.apply(client.getAuthClient()));
		}

		void assertUndisturbedPast(Duration ttl) {
			Awaitility.await()
				.during(ttl.multipliedBy(3))
				.atMost(ttl.multipliedBy(3).plus(Patience.TIME))
				.until(() -> this.follower.registry().generation() == 1
						&& this.follower.registry().status() instanceof RegistryStatus.Live);
			this.follower.refresh();
			assertThat(this.follower.registry().generation()).isEqualTo(1);
		}

		void assertRefused(String reason) {
			this.follower.awaitCause("etcd refuses the user \"gateway\"", reason);
			assertThat(this.follower.orders()).containsExactly("http://10.0.0.1:8001");
			assertThat(this.follower.registry().members().getFirst().lastError()).contains("etcd refuses the user");
		}

		@Override
		public void close() {
			this.follower.close();
			this.keys.close();
			this.etcd.close();
		}

	}

}
