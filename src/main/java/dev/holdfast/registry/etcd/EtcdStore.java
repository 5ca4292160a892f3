package dev.holdfast.registry.etcd;

import java.util.function.Consumer;

import dev.holdfast.store.Store;
import dev.holdfast.store.StoreConnection;
import dev.holdfast.store.StoreSignal;
import org.jspecify.annotations.Nullable;

/**
 * Entries in etcd that are no registrations. Its connections are its own: whatever
 * becomes of them, the registry's go on.
 */
public final class EtcdStore implements Store {

	/** Entries are small, but anybody may have written others. */
	private static final int MESSAGE_SIZE = 64 * 1024 * 1024;

	private static final int PAGE_SIZE = 256;

	private final EtcdSettings settings;

	private final EtcdDialler dialler;

	private final ClusterMembers members;

	private final PageSize pageSize = new PageSize(PAGE_SIZE);

	private volatile @Nullable EtcdStoreConnection running;

	/**
	 * Creates the store; connects to nothing yet.
	 * @param settings how to reach etcd; its prefixes count for nothing here
	 */
	public EtcdStore(EtcdSettings settings) {
		this.settings = settings;
		this.dialler = new EtcdDialler(settings, MESSAGE_SIZE, Resolver.system());
		this.members = new ClusterMembers(settings.endpoints());
	}

	@Override
	public StoreConnection connect(Consumer<StoreSignal> sink) {
		EtcdStoreConnection connection = new EtcdStoreConnection(this.dialler::dial, this.members, this.settings,
				this.pageSize, sink);
		this.running = connection;
		return connection;
	}

	@Override
	public int members() {
		return this.members.all().size();
	}

	/**
	 * Ends the running connection, if there is one, so that the next one is made with the
	 * TLS material of now.
	 */
	public void tlsChanged() {
		EtcdStoreConnection connection = this.running;
		if (connection != null) {
			connection.giveUp("the TLS material changed: a new connection is made with it");
		}
	}

}
