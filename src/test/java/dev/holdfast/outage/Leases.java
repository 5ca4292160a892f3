package dev.holdfast.outage;

import java.time.Duration;
import java.util.List;

import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.TestBackend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An etcd whose registrations hang on leases that nobody keeps alive, and a third
 * backend, which dies.
 */
final class Leases extends Stage {

	private static final Duration TTL = Duration.ofSeconds(4);

	// After the restart etcd gives each lease its full time again, then ends all of them.
	static final List<Outage<Leases>> ROWS = List
		.of(Outage.<Leases>of("etcd away for longer than the leases live, one backend dead meanwhile")
			.fault(Leases::leaseAndKill)
			.meanwhile((stage) -> stage.third.kill())
			.lasts(TTL.multipliedBy(2))
			.repair((stage) -> stage.etcd.restart())
			.afterwards(Leases::assertHeld)
			.stale("refused|UNAVAILABLE|reset|closed"));

	private final EtcdProcess etcd = open(EtcdProcess.start());

	private final EtcdKeys keys = open(new EtcdKeys(this.etcd.endpoint()));

	private final TestBackend third = open(TestBackend.start("c"));

	private final GatewayProcess gateway;

	Leases(Closer closer) {
		super(closer);
		register();
		this.gateway = open(GatewayProcess.with(this.etcd.endpoint()).start());
	}

	private void leaseAndKill() {
		long lease = this.keys.grant(TTL);
		this.keys.put(SERVICE + "a", first().address(), lease);
		this.keys.put(SERVICE + "b", second().address(), lease);
		this.keys.put(SERVICE + "c", this.third.address(), lease);
		awaitInstances(3);
		this.etcd.kill();
	}

	private void assertHeld() {
		await().untilAsserted(() -> assertThat(this.keys.get(SERVICE + "a")).as("etcd's own record").isEmpty());
		await().untilAsserted(() -> assertThat(ThreeMemberRows.held(this)).as("%s", this.gateway.status())
			.extracting((held) -> held.path("key").asText())
			.containsExactlyInAnyOrder(SERVICE + "a", SERVICE + "b"));
		assertThat(this.gateway.get("/orders/v1").statusCode()).isEqualTo(200);
		register();
		await().atMost(Outage.RECOVERY)
			.untilAsserted(() -> assertThat(ThreeMemberRows.held(this)).as("%s", this.gateway.status()).isEmpty());
		awaitInstances(2);
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
