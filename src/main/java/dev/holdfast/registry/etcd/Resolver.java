package dev.holdfast.registry.etcd;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import dev.holdfast.service.HostLookup;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

/**
 * Finds the addresses that a name stands for.
 */
@FunctionalInterface
interface Resolver {

	/**
	 * Resolves a name.
	 * @param host a name, or an address as in a URL
	 * @return its addresses, empty when there are none or they do not come in time
	 */
	List<InetAddress> resolve(String host);

	/**
	 * Asks as the JVM does. On a thread of the platform: a name server that does not
	 * answer would keep a virtual one's carrier, and there may be only one.
	 */
	static Resolver system() {
		return (host) -> {
			CompletableFuture<List<InetAddress>> addresses = new CompletableFuture<>();
			Thread.ofPlatform().daemon().name("etcd-resolve").start(() -> {
				try {
					addresses.complete(HostLookup.system().lookUp(host));
				}
				catch (UnknownHostException ex) {
					// Said better by the call that is about to fail.
					addresses.complete(List.of());
				}
			});
			try {
				return addresses.completeOnTimeout(List.of(), EtcdSettings.CALL_TIMEOUT.toNanos(), NANOSECONDS).join();
			}
			catch (CompletionException ex) {
				return List.of();
			}
		};
	}

}
