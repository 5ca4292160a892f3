package dev.holdfast.outage;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdOptions;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.auth.Permission;
import io.etcd.jetcd.options.OptionsUtil;

/**
 * An etcd that asks for a user, and a gateway that is one which may read the
 * registrations.
 */
final class Users extends Stage {

	static final ByteSequence USER = bytes("gateway");

	static final ByteSequence PASSWORD = bytes("secret");

	static final ByteSequence ROLE = bytes("reader");

	private final EtcdProcess etcd;

	private final EtcdKeys keys;

	private final GatewayProcess gateway;

	Users(EtcdOptions options, Closer closer) {
		super(closer);
		this.etcd = open(EtcdProcess.start(options));
		try (EtcdKeys nobody = new EtcdKeys(this.etcd.endpoint())) {
			nobody.enableAuthentication("root", "secret");
		}
		this.keys = open(new EtcdKeys(List.of(this.etcd.endpoint()),
				(builder) -> builder.user(bytes("root")).password(bytes("secret"))));
		ByteSequence prefix = bytes("/services/");
		ask((auth) -> auth.roleAdd(ROLE));
		ask((auth) -> auth.roleGrantPermission(ROLE, prefix, OptionsUtil.prefixEndOf(prefix), Permission.Type.READ));
		ask((auth) -> auth.userAdd(USER, PASSWORD));
		ask((auth) -> auth.userGrantRole(USER, ROLE));
		register();
		this.gateway = open(GatewayProcess.with(this.etcd.endpoint())
			.arguments("--holdfast.etcd.username=" + USER, "--holdfast.etcd.password=" + PASSWORD)
			.start());
	}

	static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	<T> T ask(Function<Auth, CompletableFuture<T>> call) {
		return this.keys.call((client) -> call.apply(client.getAuthClient()));
	}

	@Override
	GatewayProcess gateway() {
		return this.gateway;
	}

	@Override
	void put(String key, String value) {
		this.keys.put(key, value);
	}

	@Override
	void delete(String key) {
		this.keys.delete(key);
	}

}
