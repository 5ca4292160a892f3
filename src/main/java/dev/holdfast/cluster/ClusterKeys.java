package dev.holdfast.cluster;

import dev.holdfast.override.Action;

/**
 * Where what stands in etcd.
 *
 * @param prefix what all keys begin with, a slash at its end
 */
record ClusterKeys(String prefix) {

	String gateways() {
		return this.prefix + "gateways/";
	}

	String overrides() {
		return this.prefix + "overrides/";
	}

	String commands() {
		return this.prefix + "commands/";
	}

	/** Of what tells one history of etcd from another. */
	String history() {
		return this.prefix + "history";
	}

	String gateway(String instanceId) {
		return gateways() + instanceId;
	}

	String override(Action action) {
		return overrides() + action.key();
	}

	String command(String id) {
		return commands() + id;
	}

}
