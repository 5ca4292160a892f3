package dev.holdfast.admin;

/**
 * What an SSL bundle is used for.
 */
public enum CertificateUse {

	/** The traffic port shows its certificate to clients, and judges theirs by it. */
	TRAFFIC_PORT,

	/** The admin port, or the actuator's own one, shows its certificate. */
	ADMIN_PORT,

	/** Connections to etcd are secured with it. */
	ETCD,

	/** Connections to instances are secured with it. */
	INSTANCES

}
