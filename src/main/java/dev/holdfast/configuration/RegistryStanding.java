package dev.holdfast.configuration;

import java.util.function.Supplier;

import dev.holdfast.cluster.Standing;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.service.Revision;
import dev.holdfast.service.Service;
import dev.holdfast.service.Snapshot;

/**
 * How this gateway's view of the registry stands, in the words of the cluster.
 */
final class RegistryStanding implements Supplier<Standing> {

	private final Registry registry;

	private volatile Changed last = new Changed(Snapshot.EMPTY, 0);

	RegistryStanding(Registry registry) {
		this.registry = registry;
	}

	@Override
	public Standing get() {
		RegistryStatus status = this.registry.status();
		Snapshot snapshot = this.registry.snapshot();
		Revision delivered = (status instanceof RegistryStatus.Live live) ? live.revision() : snapshot.revision();
		return new Standing(status.name(), delivered.number(), changed(snapshot));
	}

	/** Looks at all services, but only once a snapshot. */
	@SuppressWarnings("ReferenceEquality")
	private long changed(Snapshot snapshot) {
		Changed known = this.last;
		if (known.snapshot() != snapshot) {
			known = new Changed(snapshot,
					snapshot.services().values().stream().mapToLong(Service::revision).max().orElse(0));
			this.last = known;
		}
		return known.revision();
	}

	private record Changed(Snapshot snapshot, long revision) {
	}

}
