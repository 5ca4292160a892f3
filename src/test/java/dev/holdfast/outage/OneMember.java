package dev.holdfast.outage;

import java.nio.file.Path;

import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdOptions;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.Folders;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.TcpProxy;

/**
 * An etcd of one member behind a proxy.
 */
final class OneMember extends Stage {

	private static final long QUOTA = 16L << 20;

	private final EtcdProcess etcd = open(EtcdProcess.start(EtcdOptions.NONE.withQuota(QUOTA)));

	private final EtcdKeys keys = open(new EtcdKeys(this.etcd.endpoint()));

	private final TcpProxy proxy = open(TcpProxy.before(this.etcd.address(), this.etcd.port()));

	private final Folders.Temporary folder = open(Folders.temporary("holdfast-outage-"));

	private final GatewayProcess gateway;

	OneMember(Closer closer) {
		super(closer);
		register();
		this.gateway = open(GatewayProcess.with(this.proxy.url())
			.snapshot(data().resolve("snapshot.json"))
			// A gateway that is halted for a minute finds all shorter times over.
			.arguments("--holdfast.upstream.request-timeout=2m", "--holdfast.server.idle-timeout=3m")
			.start());
	}

	@Override
	GatewayProcess gateway() {
		return this.gateway;
	}

	EtcdProcess etcd() {
		return this.etcd;
	}

	EtcdKeys keys() {
		return this.keys;
	}

	TcpProxy proxy() {
		return this.proxy;
	}

	/** The folder of the gateway's snapshot, which holds nothing else. */
	Path data() {
		return this.folder.path().resolve("data");
	}

	@Override
	void put(String key, String value) {
		this.keys.put(key, value);
	}

	@Override
	void delete(String key) {
		this.keys.delete(key);
	}

}
