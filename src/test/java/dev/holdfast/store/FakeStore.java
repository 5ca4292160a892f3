package dev.holdfast.store;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

import dev.holdfast.service.Revision;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory that can be cut off, deny, fall silent and lose its history.
 */
public final class FakeStore implements Store {

	private final TreeMap<String, StoredEntry> entries = new TreeMap<>();

	private final Map<String, Long> leaseOf = new HashMap<>();

	private final Set<Long> leases = new HashSet<>();

	private final List<FakeConnection> open = new ArrayList<>();

	private long lastLease = 100;

	private long revision = 1;

	private long cluster = 7;

	private long compacted;

	/** What has happened in this history. */
	private final List<StoreSignal.Delivered> log = new ArrayList<>();

	public boolean reachable = true;

	public boolean denied;

	public boolean silent;

	/** How often the newest revision cannot be read, though lists can. */
	public int headFailures;

	/** Whether progress requests are answered. */
	public boolean progress = true;

	/** What writes of entries fail with, before anything is done. */
	public @Nullable StoreException refusal;

	/** What takes place during a write of an entry. */
	public Runnable slow = () -> {
	};

	/** Whether writes are done, and their answers lost. */
	public boolean forgetful;

	public int connects;

	public int progressRequests;

	public int writes;

	public long put(String key, String value) {
		return put(key, value.getBytes(StandardCharsets.UTF_8));
	}

	public long put(String key, byte[] value) {
		return put(key, value, 1);
	}

	public long put(String key, byte[] value, long lease) {
		StoredEntry entry = new StoredEntry(key, value, ++this.revision, lease);
		this.entries.put(key, entry);
		emit(new StoreSignal.Change.Put(entry));
		return this.revision;
	}

	public boolean delete(String key) {
		if (this.entries.remove(key) == null) {
			return false;
		}
		this.leaseOf.remove(key);
		this.revision++;
		emit(new StoreSignal.Change.Deleted(key, this.revision));
		return true;
	}

	/** A lease runs out, and its entries go. */
	public void expire(String key) {
		end(this.leaseOf.getOrDefault(key, 0L));
	}

	private void end(long lease) {
		this.leases.remove(lease);
		Map.copyOf(this.leaseOf).forEach((other, its) -> {
			if (its == lease) {
				delete(other);
			}
		});
	}

	/** Everything is gone, and another cluster answers. */
	public void wipe() {
		this.entries.clear();
		this.leaseOf.clear();
		this.leases.clear();
		this.log.clear();
		this.compacted = 0;
		this.revision = 1;
		this.cluster++;
	}

	/**
	 * Everything is gone, and nothing that etcd says of itself tells it: the cluster has
	 * the same id, and its revisions are as large by now.
	 */
	public void empty() {
		wipe();
		this.cluster--;
		this.revision = 1_000;
	}

	/** Every open connection breaks. */
	public void cut() {
		List.copyOf(this.open)
			.forEach((it) -> it.sink.accept(new StoreSignal.Failed(new StoreException("connection reset", false))));
	}

	public Set<String> keys() {
		return this.entries.keySet();
	}

	public String value(String key) {
		StoredEntry entry = this.entries.get(key);
		return (entry != null) ? new String(entry.value(), StandardCharsets.UTF_8) : "";
	}

	public int leases() {
		return this.leases.size();
	}

	/** What has happened so far is forgotten. */
	public void compact() {
		this.compacted = this.revision;
	}

	private void emit(StoreSignal.Change change) {
		this.log.add(new StoreSignal.Delivered(this.revision, List.of(change)));
		List.copyOf(this.open).forEach((connection) -> connection.deliver(List.of(change)));
	}

	@Override
	public StoreConnection connect(Consumer<StoreSignal> sink) {
		this.connects++;
		FakeConnection connection = new FakeConnection(sink);
		this.open.add(connection);
		return connection;
	}

	@Override
	public int members() {
		return 1;
	}

	private final class FakeConnection implements StoreConnection {

		private final Consumer<StoreSignal> sink;

		private boolean watching;

		FakeConnection(Consumer<StoreSignal> sink) {
			this.sink = sink;
		}

		private void deliver(List<StoreSignal.Change> changes) {
			if (this.watching && FakeStore.this.reachable && !FakeStore.this.silent) {
				this.sink.accept(new StoreSignal.Delivered(FakeStore.this.revision, changes));
			}
		}

		private void ask() {
			if (!FakeStore.this.reachable) {
				throw new StoreException("connection refused", false);
			}
			if (FakeStore.this.denied) {
				throw new StoreException("permission denied", true);
			}
		}

		@Override
		public Revision list(String prefix, Consumer<StoredEntry> reader) {
			ask();
			FakeStore.this.entries.values().stream().filter((entry) -> entry.key().startsWith(prefix)).forEach(reader);
			return new Revision(FakeStore.this.cluster, FakeStore.this.revision);
		}

		@Override
		public void watch(String prefix, long fromRevision) {
			this.watching = true;
			if (fromRevision < FakeStore.this.compacted) {
				this.sink
					.accept(new StoreSignal.Failed(StoreException.compacted("required revision has been compacted")));
			}
			else if (fromRevision < FakeStore.this.revision) {
				FakeStore.this.log.stream().filter((past) -> past.revision() >= fromRevision).forEach(this.sink);
			}
		}

		@Override
		public void requestProgress() {
			FakeStore.this.progressRequests++;
			if (FakeStore.this.progress) {
				deliver(List.of());
			}
		}

		@Override
		public Revision head(String prefix) {
			ask();
			if (FakeStore.this.headFailures-- > 0) {
				throw new StoreException("no leader", false);
			}
			return new Revision(FakeStore.this.cluster, FakeStore.this.revision);
		}

		@Override
		public long grant(Duration time) {
			ask();
			FakeStore.this.leases.add(++FakeStore.this.lastLease);
			return FakeStore.this.lastLease;
		}

		@Override
		public boolean keepAlive(long lease) {
			ask();
			return FakeStore.this.leases.contains(lease);
		}

		@Override
		public void revoke(long lease) {
			ask();
			end(lease);
		}

		@Override
		public Write put(String key, byte[] value, long lease) {
			ask();
			FakeStore.this.writes++;
			FakeStore.this.slow.run();
			StoreException refused = FakeStore.this.refusal;
			if (refused != null) {
				throw refused;
			}
			if (lease != 0 && !FakeStore.this.leases.contains(lease)) {
				throw new StoreException("requested lease not found", false, true);
			}
			Long former = FakeStore.this.leaseOf.put(key, lease);
			long revision = FakeStore.this.put(key, value, lease);
			if (FakeStore.this.forgetful) {
				throw new StoreException("no answer in time", false);
			}
			return new Write(revision, true, (former != null) ? former : 0);
		}

		@Override
		public Write delete(String key) {
			ask();
			Long former = FakeStore.this.leaseOf.get(key);
			boolean existed = FakeStore.this.delete(key);
			return new Write(FakeStore.this.revision, existed, (former != null) ? former : 0);
		}

		@Override
		public void close() {
			FakeStore.this.open.remove(this);
		}

	}

}
