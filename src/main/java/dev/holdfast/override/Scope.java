package dev.holdfast.override;

/**
 * Which gateways an override is for.
 */
public enum Scope {

	/** The one that was asked; kept in its own file. */
	LOCAL,

	/** All that share an etcd; kept there. */
	CLUSTER

}
