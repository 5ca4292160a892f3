package dev.holdfast.admin;

import java.time.Instant;
import java.util.List;

import dev.holdfast.override.Overrides;
import dev.holdfast.override.OverridesFileState;
import dev.holdfast.registry.Freeze;
import dev.holdfast.registry.MemberState;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.registry.SnapshotFileState;
import dev.holdfast.service.Revision;
import dev.holdfast.service.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * The state of the gateway's view of the registry.
 *
 * @param instanceId which gateway answers
 * @param version the version it runs
 * @param state {@code LIVE}, {@code STALE}, {@code FROM_DISK} or {@code EMPTY}
 * @param since when the state became this
 * @param cause why it is not live, empty while it is
 * @param asOf when the data was last known to be current, {@code null} while there is
 * none
 * @param etcd what is known of etcd
 * @param snapshot what is known of the snapshot on disk, {@code null} when none is kept
 * @param overrides what is known of the overrides on disk, {@code null} when none are
 * kept
 * @param frozen since when, until when and why an operator lets no change be applied,
 * {@code null} while changes are
 * @param services how many services are known
 * @param instances how many instances are known
 * @param held how many of them the registry no longer has, with their removal held
 * @param unreadable how many records could not be read
 */
record StatusView(String instanceId, String version, String state, Instant since, String cause, @Nullable Instant asOf,
		EtcdView etcd, @Nullable SnapshotFileState snapshot, @Nullable OverridesFileState overrides,
		@Nullable Freeze frozen, int services, int instances, int held, int unreadable) {

	static StatusView of(Registry registry, Overrides overrides, GatewayIdentity identity) {
		RegistryStatus status = registry.status();
		Snapshot snapshot = registry.snapshot();
		return new StatusView(identity.instanceId(), identity.version(), status.name(), registry.statusSince(),
				status.cause(), status.asOf().orElse(null), EtcdView.of(registry, status, snapshot),
				registry.snapshotFile().orElse(null), overrides.file().orElse(null), registry.freeze().orElse(null), snapshot.services().size(),
				snapshot.instances(), registry.heldRemovals(), registry.unreadable().size());
	}

	/**
	 * What is known of etcd.
	 *
	 * @param endpoints its members as configured
	 * @param clusterId the cluster's id as etcdctl writes it, in hexadecimal; empty while
	 * unknown
	 * @param revision the newest revision that is known to have been delivered
	 * @param provenAt when delivery was last proven, {@code null} when it never was
	 * @param generation the number of the running connection with its list and watch
	 * @param reconnects how often a connection that had been live was replaced
	 */
	record EtcdView(List<MemberState> endpoints, String clusterId, long revision, @Nullable Instant provenAt,
			long generation, long reconnects) {

		static EtcdView of(Registry registry, RegistryStatus status, Snapshot snapshot) {
			Revision revision = (status instanceof RegistryStatus.Live live) ? live.revision() : snapshot.revision();
			Instant provenAt = switch (status) {
				case RegistryStatus.Live live -> live.provenAt();
				case RegistryStatus.Stale stale -> stale.since();
				case RegistryStatus.FromDisk disk -> null;
				case RegistryStatus.Empty empty -> null;
			};
			return new EtcdView(registry.members(),
					(revision.cluster() != 0) ? Long.toHexString(revision.cluster()) : "", revision.number(), provenAt,
					registry.generation(), registry.reconnects());
		}

	}

}
