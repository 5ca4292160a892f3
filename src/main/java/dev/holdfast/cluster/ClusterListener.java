package dev.holdfast.cluster;

import java.util.Collection;

import dev.holdfast.override.Command;
import dev.holdfast.override.OperatorOverride;

/**
 * Follows what operators hand to all gateways. Called on the cluster's thread; must not
 * block.
 */
public interface ClusterListener {

	/**
	 * Takes the overrides that all gateways share. Each of them is in force, whatever the
	 * clocks say: etcd ends it by its lease.
	 * @param shared all of them, of scope {@code CLUSTER}
	 */
	void onOverrides(Collection<OperatorOverride> shared);

	/**
	 * The same, after etcd was wiped, restored or replaced: what is missing has not been
	 * ended by anybody.
	 * @param shared all of them, of scope {@code CLUSTER}
	 */
	void onHistoryLost(Collection<OperatorOverride> shared);

	/**
	 * Hears that etcd is away: until {@link #onOverrides} is called again, what is known
	 * stays in force until its time. May be called more than once.
	 */
	void onUnconfirmed();

	/**
	 * Takes a command that every gateway does once.
	 * @param command what is to be done
	 */
	void onCommand(Command command);

}
