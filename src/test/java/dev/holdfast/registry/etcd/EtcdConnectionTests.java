package dev.holdfast.registry.etcd;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EtcdConnectionTests {

	private final List<String> closed = new ArrayList<>();

	@Test
	void theClientIsClosedAlsoWhenAWatchersEndThrows() {
		Watch.Watcher watcher = fake(Watch.Watcher.class, (proxy, method, arguments) -> {
			this.closed.add("watcher");
			throw new IllegalStateException("call was half-closed");
		});
		Watch watch = fake(Watch.class, (proxy, method, arguments) -> watcher);
		KV kv = fake(KV.class, (proxy, method, arguments) -> {
			throw new IllegalStateException("nobody lists here");
		});
		Client client = fake(Client.class, (proxy, method, arguments) -> switch (method.getName()) {
			case "getWatchClient" -> watch;
			case "getKVClient" -> kv;
			default -> this.closed.add("client");
		});
		EtcdSettings settings = Follower.settings("http://127.0.0.1:1");
		List<Object> signals = new ArrayList<>();
		EtcdConnection connection = new EtcdConnection((member) -> new EtcdDialler.Dialled(client, "somewhere"),
				settings, EtcdSource.Limits.USUAL, new PageSize(1),
				new ClusterMembers(List.of(URI.create("http://127.0.0.1:1"))), (signal) -> {
					synchronized (signals) {
						signals.add(signal);
					}
				});
		connection.list();
		Follower.patiently().until(() -> {
			synchronized (signals) {
				return !signals.isEmpty();
			}
		});
		connection.watch(1);
		connection.close();
		assertThat(this.closed).containsExactly("watcher", "client");
	}

	private static <T> T fake(Class<T> type, InvocationHandler handler) {
		return type
			.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (proxy, method, arguments) -> {
				Object answer = handler.invoke(proxy, method, arguments);
				return (method.getReturnType() == void.class) ? null : answer;
			}));
	}

}
