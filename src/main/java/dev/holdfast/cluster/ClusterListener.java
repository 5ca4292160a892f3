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
	 * Takes the overrides that all gateways share. Not called while etcd is away: what is
	 * known stays in force until its time.
	 * @param shared all of them, of scope {@code CLUSTER}; some may have ended
	 */
	void onOverrides(Collection<OperatorOverride> shared);

	/**
	 * Takes a command that every gateway does once.
	 * @param command what is to be done
	 */
	void onCommand(Command command);

}
