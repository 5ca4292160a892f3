package dev.holdfast.registry.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

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
import dev.holdfast.tls.TlsMaterial;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A registry client on a real etcd, as the gateway runs it, which follows
 * {@code /services/}.
 */
final class Follower implements AutoCloseable {

	/** What the gateway promises, both for noticing an outage and for its end. */
	private final EtcdSource source;

	private final Reflector reflector;

	private Follower(EtcdSource source) {
		this.source = source;
		this.reflector = new Reflector(source,
				new RegistrySettings(Duration.ofSeconds(5), Duration.ofMinutes(5), RemovalGuardSettings.DEFAULTS),
				new JitteredBackoff(), Optional.empty(), (endpoint, result) -> result.accept(""), List.of(),
				new RegistryListener() {
				});
		this.reflector.start();
	}

	static Follower of(EtcdSettings settings) {
		return of(new EtcdSource(settings));
	}

	static Follower of(EtcdSource source) {
		return new Follower(source);
	}

	static EtcdSettings settings(String... endpoints) {
		return settings(Optional.empty(), Optional.empty(), false, endpoints);
	}

	static EtcdSettings settings(Credentials credentials, String... endpoints) {
		return settings(Optional.of(credentials), Optional.empty(), false, endpoints);
	}

	static EtcdSettings settings(Supplier<TlsMaterial> tls, String... endpoints) {
		return settings(Optional.empty(), Optional.of(tls), false, endpoints);
	}

	static EtcdSettings discovering(String... endpoints) {
		return settings(Optional.empty(), Optional.empty(), true, endpoints);
	}

	private static EtcdSettings settings(Optional<Credentials> credentials, Optional<Supplier<TlsMaterial>> tls,
			boolean discover, String... endpoints) {
		return new EtcdSettings(List.of(endpoints).stream().map(URI::create).toList(),
				List.of(new EtcdPrefix("/services/", RecordReader.of("auto", "/services/", Scheme.HTTP))), credentials,
				tls, discover, Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(5));
	}

	EtcdSource source() {
		return this.source;
	}

	Registry registry() {
		return this.reflector.registry();
	}

	Follower awaitLive() {
		patiently().untilAsserted(() -> assertThat(registry().status()).isInstanceOf(RegistryStatus.Live.class));
		return this;
	}

	/** Waits until the outage is noticed and called by its name. */
	void awaitCause(String... words) {
		patiently().untilAsserted(() -> assertThat(registry().status().cause()).contains(words));
	}

	void awaitInstances(String... addresses) {
		patiently().untilAsserted(() -> assertThat(orders()).containsExactlyInAnyOrder(addresses));
	}

	/** The instances of the service {@code orders}. */
	List<String> orders() {
		Service found = registry().snapshot().find(new ServiceName("orders"));
		return (found != null) ? found.instances().stream().map((instance) -> instance.endpoint().toString()).toList()
				: List.of();
	}

	/** Refreshes, so that nobody waits for the next periodic list. */
	Follower refresh() {
		this.reflector.operations().refresh().join();
		return this;
	}

	static ConditionFactory patiently() {
		return Awaitility.await().pollInterval(Duration.ofMillis(20));
	}

	@Override
	public void close() {
		this.reflector.close();
	}

}
