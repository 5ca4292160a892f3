package dev.holdfast.outage;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdCluster;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An etcd of three members and a gateway that was told of one, and to ask for the others.
 */
final class Discovery extends Stage {

	static final List<Outage<Discovery>> ROWS = List
		.of(Outage.<Discovery>of("the only known member replaced at a new address (discover-members)")
			.fault((stage) -> {
				EtcdProcess known = stage.cluster.members().getFirst();
				EtcdProcess added = stage.cluster.add();
				await().atMost(Outage.NOTICE)
					.untilAsserted(() -> assertThat(stage.gateway.status().at("/etcd/endpoints").toString())
						.contains(added.endpoint()));
				stage.cluster.remove(known);
			})
			.briefly());

	private final EtcdCluster cluster = open(EtcdCluster.start());

	private final GatewayProcess gateway;

	Discovery(Closer closer) {
		super(closer);
		register();
		// The members are asked for with each full list.
		this.gateway = open(GatewayProcess.with(this.cluster.endpoints().getFirst())
			.arguments("--holdfast.etcd.discover-members=true", "--holdfast.registry.relist-interval=2s")
			.start());
	}

	@Override
	GatewayProcess gateway() {
		return this.gateway;
	}

	@Override
	void put(String key, String value) {
		ask((keys) -> keys.put(key, value));
	}

	@Override
	void delete(String key) {
		ask((keys) -> keys.delete(key));
	}

	private void ask(Consumer<EtcdKeys> call) {
		try (EtcdKeys keys = new EtcdKeys(this.cluster.endpoints(), UnaryOperator.identity())) {
			call.accept(keys);
		}
	}

}
