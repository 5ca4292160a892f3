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
import org.jspecify.annotations.Nullable;

import static org.awaitility.Awaitility.await;

/**
 * An etcd behind a proxy and the snapshot of an earlier gateway; the row starts the
 * gateway.
 */
final class Starts extends Stage {

	private final EtcdProcess etcd = open(EtcdProcess.start());

	private final EtcdKeys keys = open(new EtcdKeys(this.etcd.endpoint()));

	private final TcpProxy proxy = open(TcpProxy.before(this.etcd.address(), this.etcd.port()));

	private final Folders.Temporary folder = open(Folders.temporary("holdfast-outage-"));

	private final String saved;

	private @Nullable GatewayProcess gateway;

	Starts(Closer closer) {
		super(closer);
		closer.register(this::end);
		register();
		try (GatewayProcess earlier = GatewayProcess.with(this.proxy.url()).snapshot(snapshot()).start()) {
			await().until(() -> earlier.status().at("/snapshot/revision").asLong() > 0);
			this.saved = Files.readString(snapshot());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	boolean isOpen() {
		return false;
	}

	@Override
	GatewayProcess gateway() {
		GatewayProcess running = this.gateway;
		if (running == null) {
			throw new IllegalStateException("the row has not started the gateway yet");
		}
		return running;
	}

	TcpProxy proxy() {
		return this.proxy;
	}

	/** The snapshot that an earlier gateway saved. */
	String saved() {
		return this.saved;
	}

	/**
	 * Starts the gateway, and ends that of the row before.
	 * @param snapshot what its snapshot file holds, empty for no file
	 */
	void start(String snapshot) {
		end();
		try {
			Files.deleteIfExists(snapshot());
			if (!snapshot.isEmpty()) {
				Files.writeString(snapshot(), snapshot);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.gateway = GatewayProcess.with(this.proxy.url()).snapshot(snapshot()).startAlive();
	}

	private Path snapshot() {
		return this.folder.path().resolve("snapshot.json");
	}

	@Override
	void put(String key, String value) {
		this.keys.put(key, value);
	}

	@Override
	void delete(String key) {
		this.keys.delete(key);
	}

	private void end() {
		GatewayProcess running = this.gateway;
		this.gateway = null;
		if (running != null) {
			running.close();
		}
	}

}
