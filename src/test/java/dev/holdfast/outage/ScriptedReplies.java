package dev.holdfast.outage;

import dev.holdfast.testing.Closer;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.ScriptedEtcd;

/**
 * An etcd that answers as it is told.
 */
final class ScriptedReplies extends Stage {

	private final ScriptedEtcd etcd = open(ScriptedEtcd.start());

	private final GatewayProcess gateway;

	ScriptedReplies(Closer closer) {
		super(closer);
		register();
		this.gateway = open(GatewayProcess.with(this.etcd.endpoint()).start());
	}

	@Override
	GatewayProcess gateway() {
		return this.gateway;
	}

	ScriptedEtcd etcd() {
		return this.etcd;
	}

	@Override
	void put(String key, String value) {
		this.etcd.put(key, value);
	}

	@Override
	void delete(String key) {
		this.etcd.delete(key);
	}

}
