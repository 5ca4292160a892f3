package dev.holdfast.outage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.Folders;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.TcpProxy;

/**
 * An etcd that the gateway knows by name, and a second endpoint whose name nobody knows.
 */
final class Names extends Stage {

	private final EtcdProcess etcd = open(EtcdProcess.start());

	private final EtcdKeys keys = open(new EtcdKeys(this.etcd.endpoint()));

	private final TcpProxy proxy = open(TcpProxy.before(this.etcd.address(), this.etcd.port()));

	private final Folders.Temporary folder = open(Folders.temporary("holdfast-outage-"));

	private final GatewayProcess gateway;

	Names(Closer closer) {
		super(closer);
		register();
		know();
		this.gateway = open(GatewayProcess.with("http://nobody.invalid:2379", "http://etcd.test:" + this.proxy.port())
			.moreJvmFlags("-Djdk.net.hosts.file=" + hosts())
			.start());
	}

	/** Lets the gateway's machine know etcd's name. */
	void know() {
		write("127.0.0.1 localhost etcd.test\n");
	}

	/** Takes etcd's name from the gateway's machine. */
	void forget() {
		write("127.0.0.1 localhost\n");
	}

	private void write(String text) {
		try {
			Files.writeString(hosts(), text);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Path hosts() {
		return this.folder.path().resolve("hosts");
	}

	TcpProxy proxy() {
		return this.proxy;
	}

	@Override
	GatewayProcess gateway() {
		return this.gateway;
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
