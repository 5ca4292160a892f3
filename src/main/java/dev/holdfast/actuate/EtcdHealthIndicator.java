package dev.holdfast.actuate;

import java.time.Clock;
import java.time.Duration;

import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryStatus;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;

/**
 * Tells whether etcd can be asked. While it cannot, the gateway works on with what it
 * knows, so the worst that this says is {@link #DEGRADED}.
 */
public final class EtcdHealthIndicator implements HealthIndicator {

	/**
	 * Traffic is served, but by what etcd said last.
	 */
	public static final Status DEGRADED = new Status("DEGRADED");

	private final Registry registry;

	private final Clock clock;

	/**
	 * Creates the indicator.
	 * @param registry the view of etcd
	 * @param clock the time that the age of the data is counted by
	 */
	public EtcdHealthIndicator(Registry registry, Clock clock) {
		this.registry = registry;
		this.clock = clock;
	}

	@Override
	public Health health() {
		RegistryStatus status = this.registry.status();
		Health.Builder health = switch (status) {
			case RegistryStatus.Live live -> Health.up();
			case RegistryStatus.Stale stale -> degraded(stale.cause());
			case RegistryStatus.FromDisk fromDisk -> degraded(fromDisk.cause());
			case RegistryStatus.Empty empty -> degraded(empty.cause());
		};
		status.asOf()
			.ifPresent((asOf) -> health.withDetail("ageSeconds",
					Math.max(0, Duration.between(asOf, this.clock.instant()).toSeconds())));
		return health.withDetail("state", status.name()).withDetail("members", this.registry.members()).build();
	}

	private static Health.Builder degraded(String cause) {
		return Health.status(DEGRADED).withDetail("cause", cause);
	}

}
