package dev.holdfast.outage;

import java.time.Duration;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What can happen to a cluster of three.
 */
final class ThreeMemberRows {

	private static final String GONE = "refused|UNAVAILABLE|reset|closed";

	private static final String NO_QUORUM = "no leader|timed out|DEADLINE_EXCEEDED|no proof of delivery|" + GONE;

	static final List<Outage<ThreeMembers>> ALL = List.of(
			row("one of three down, another one watched")
				.fault((stage) -> stage.take(stage.others().getFirst(), EtcdProcess::kill))
				.lasts(Duration.ofSeconds(3))
				.repair((stage) -> stage.giveBack(EtcdProcess::restart)),
			row("the watched one of three killed").fault((stage) -> stage.take(stage.watched(), EtcdProcess::kill))
				.repair((stage) -> stage.giveBack(EtcdProcess::restart))
				.briefly(),
			row("the watched one of three hangs (SIGSTOP)")
				.fault((stage) -> stage.take(stage.watched(), EtcdProcess::pause))
				.repair((stage) -> stage.giveBack(EtcdProcess::resume))
				.briefly(),
			row("the leader leaves, another is elected")
				.fault((stage) -> stage.take(stage.cluster().leader(), EtcdProcess::stop))
				.repair((stage) -> stage.giveBack(EtcdProcess::restart))
				.briefly(),
			row("quorum lost: two of three killed")
				.fault((stage) -> stage.others().forEach((member) -> stage.take(member, EtcdProcess::kill)))
				.lasts(Duration.ofSeconds(3))
				.repair((stage) -> stage.giveBack(EtcdProcess::relaunch))
				.stale(NO_QUORUM)
				.essential(),
			row("minority: the watched one hears nothing of the others")
				.fault((stage) -> stage.others().forEach((member) -> stage.take(member, EtcdProcess::pause)))
				.lasts(Duration.ofSeconds(3))
				.repair((stage) -> stage.giveBack(EtcdProcess::resume))
				.stale(NO_QUORUM),
			restored(),
			emptied("cluster wiped, with the same id").repair((stage) -> stage.cluster().wipe()).essential(),
			emptied("cluster replaced by a new one with another id").repair((stage) -> stage.cluster().replace()));

	private ThreeMemberRows() {
	}

	private static Outage<ThreeMembers> row(String name) {
		return Outage.of(name);
	}

	// What the backup has is served; what came after it is gone as far as etcd knows, but
	// answers, and so it is held.
	private static Outage<ThreeMembers> restored() {
		return row("cluster restored from a backup (smaller revision)").given((stage) -> {
			stage.cluster().backUp(stage.backup().path());
			stage.awaitLive();
			stage.put("/services/late/a", stage.first().address());
			await().atMost(Outage.RECOVERY)
				.untilAsserted(() -> assertThat(stage.gateway().get("/late/v1").statusCode()).isEqualTo(200));
		})
			.fault((stage) -> stage.cluster().kill())
			.repair((stage) -> stage.cluster().restore(stage.backup().path()))
			.afterwards((stage) -> {
				assertHeld(stage, "late");
				stage.put("/services/late/a", stage.first().address());
				awaitNothingHeld(stage);
				stage.delete("/services/late/a");
			})
			.stale(GONE);
	}

	private static Outage<ThreeMembers> emptied(String name) {
		// What the row before has deleted must be gone, or it would be held.
		return row(name).given((stage) -> stage.awaitInstances(2))
			.fault((stage) -> stage.cluster().kill())
			.afterwards((stage) -> {
				assertHeld(stage, "orders", "orders");
				stage.register();
				awaitNothingHeld(stage);
			})
			.stale(GONE);
	}

	private static void assertHeld(Stage stage, String... services) {
		await().atMost(Outage.RECOVERY)
			.untilAsserted(() -> assertThat(held(stage)).as("%s", stage.gateway().status())
				.extracting((held) -> held.path("service").asText())
				.contains(services));
		for (String service : services) {
			assertThat(stage.gateway().get("/" + service + "/v1").statusCode()).isEqualTo(200);
		}
	}

	private static void awaitNothingHeld(Stage stage) {
		await().atMost(Outage.RECOVERY)
			.untilAsserted(
					() -> assertThat(stage.gateway().status().path("held").asInt(-1)).as("%s", held(stage)).isZero());
	}

	static List<JsonNode> held(Stage stage) {
		JsonNode page = GatewayProcess.json(stage.gateway().getAdmin("/registry/held"));
		return page.path("items").valueStream().toList();
	}

}
