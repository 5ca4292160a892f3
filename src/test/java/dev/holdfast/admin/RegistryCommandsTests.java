package dev.holdfast.admin;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import dev.holdfast.override.Action;
import dev.holdfast.override.Command;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.Overrides;
import dev.holdfast.override.Scope;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.testing.CapturedLog;
import dev.holdfast.testing.MovedTime;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every gateway is to do, on several of them and in moved time.
 */
class RegistryCommandsTests {

	private static final Command REFRESH = new Command.Refresh("migration", "me");

	private final Time time = new Time();

	private final Overrides overrides = new Overrides(Clock.systemUTC(), Optional.empty());

	@Test
	void gatewaysThatHearOfARefreshTogetherListOneAfterTheOther() {
		List<FakeRegistry> registries = IntStream.range(0, 20).mapToObj((i) -> refreshing()).toList();
		for (int i = 0; i < registries.size(); i++) {
			commands(registries.get(i), i).accept(REFRESH);
		}
		assertThat(registries).allSatisfy((registry) -> assertThat(registry.refreshes()).isZero());
		this.time.poll(Duration.ofSeconds(2).toNanos());
		assertThat(registries.stream().filter((registry) -> registry.refreshes() == 1).count()).isBetween(2L, 14L);
		this.time.poll(Duration.ofSeconds(3).toNanos());
		assertThat(registries).allSatisfy((registry) -> assertThat(registry.refreshes()).isOne());
	}

	@Test
	void whatAsksEtcdForNothingIsDoneAtOnce() {
		FakeRegistry registry = refreshing().hold("orders", "o1");
		commands(registry, 1).accept(new Command.Approve(Optional.empty(), Optional.empty(), "gone", "me"));
		assertThat(registry.heldRemovals()).isZero();
	}

	@Test
	void frozenGatewayListsNothingAndSaysSo(CapturedLog output) {
		FakeRegistry registry = refreshing();
		Instant now = Instant.now();
		commands(registry, 1).accept(REFRESH);
		// Set after the command has come, and before its turn.
		this.overrides
			.put(new OperatorOverride(new Action.Freeze(), Scope.LOCAL, now, now.plusSeconds(600), "restore", "me"));
		this.time.poll(Duration.ofSeconds(5).toNanos());
		assertThat(registry.refreshes()).isZero();
		assertThat(output).contains("not done on this gateway, which is frozen");
	}

	private RegistryCommands commands(FakeRegistry registry, int seed) {
		return new RegistryCommands(registry, new FakeTraffic().upstreams(), this.overrides, new Random(seed),
				this.time::after);
	}

	private static FakeRegistry refreshing() {
		FakeRegistry registry = new FakeRegistry().with("orders", "o1");
		registry.setRefresh(CompletableFuture.completedFuture(new RefreshResult(0, 0, 0, 0, 1, 1)));
		return registry;
	}

	private static final class Time extends MovedTime<String> {

		Time() {
			super(0);
		}

	}

}
