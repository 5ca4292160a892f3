package dev.holdfast.actuate;

import java.util.function.Consumer;

import dev.holdfast.proxy.Probes;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.RegistryStatus;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

class GatewayProbesTests {

	private final FakeRegistry registry = new FakeRegistry().with("orders", "a");

	@Test
	void readyWhileTheProcessAcceptsTrafficAndThereIsASnapshot() {
		run((context) -> {
			Probes probes = context.getBean(Probes.class);
			assertThat(probes.ready()).isTrue();
			assertThat(probes.notReadyReason()).isEmpty();
			this.registry.become(new RegistryStatus.Stale(FakeRegistry.PROVEN_AT, "connection refused"));
			assertThat(probes.ready()).isTrue();
		});
	}

	@Test
	void notReadyWhileThereHasNeverBeenASnapshotButAlive() {
		this.registry.become(new RegistryStatus.Empty("connection refused"));
		run((context) -> {
			Probes probes = context.getBean(Probes.class);
			assertThat(probes.live()).isTrue();
			assertThat(probes.ready()).isFalse();
			assertThat(probes.notReadyReason())
				.isEqualTo("nothing has been read from the registry yet: connection refused");
		});
	}

	@Test
	void notReadyWhileShuttingDown() {
		run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
			Probes probes = context.getBean(Probes.class);
			assertThat(probes.live()).isTrue();
			assertThat(probes.ready()).isFalse();
			assertThat(probes.notReadyReason()).isEqualTo("the gateway is starting or shutting down");
		});
	}

	@Test
	void notLiveWhenTheProcessIsBroken() {
		run((context) -> {
			AvailabilityChangeEvent.publish(context, LivenessState.BROKEN);
			assertThat(context.getBean(Probes.class).live()).isFalse();
		});
	}

	private void run(Consumer<ApplicationContext> test) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ApplicationAvailabilityAutoConfiguration.class))
			.withBean(FakeRegistry.class, () -> this.registry)
			.withBean(GatewayProbes.class)
			.run((context) -> {
				AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				test.accept(context);
			});
	}

}
