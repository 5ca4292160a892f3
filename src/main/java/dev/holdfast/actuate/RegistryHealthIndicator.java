package dev.holdfast.actuate;

import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.service.Snapshot;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/**
 * Tells whether there is anything to route by. Down only while there has never been a
 * snapshot, neither from the registry nor from disk: held removals and a freeze show as
 * details, since traffic is served all the same.
 */
public final class RegistryHealthIndicator implements HealthIndicator {

	private final Registry registry;

	/**
	 * Creates the indicator.
	 * @param registry the registry
	 */
	public RegistryHealthIndicator(Registry registry) {
		this.registry = registry;
	}

	@Override
	public Health health() {
		RegistryStatus status = this.registry.status();
		if (!status.hasSnapshot()) {
			return Health.down().withDetail("state", status.name()).withDetail("cause", status.cause()).build();
		}
		Snapshot snapshot = this.registry.snapshot();
		Health.Builder health = Health.up()
			.withDetail("state", status.name())
			.withDetail("revision", snapshot.revision().number())
			.withDetail("services", snapshot.services().size())
			.withDetail("instances", snapshot.instances())
			.withDetail("held", this.registry.heldRemovals());
		this.registry.freeze().ifPresent((freeze) -> health.withDetail("frozen", freeze));
		return health.build();
	}

}
