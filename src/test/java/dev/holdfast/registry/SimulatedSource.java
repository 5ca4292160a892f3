package dev.holdfast.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Reading;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Revision;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.ServiceName;

/**
 * A registry in memory that can be cut off, fall silent and lose its history. Everything
 * takes a millisecond of simulated time.
 */
final class SimulatedSource implements RegistrySource {

	private static final Duration LATENCY = Duration.ofMillis(1);

	private final SimulatedTime time;

	private final TreeMap<String, RegistryRecord> records = new TreeMap<>();

	private final List<RecordEvent> history = new ArrayList<>();

	private final List<SimulatedConnection> connections = new ArrayList<>();

	private final Map<Long, Duration> leases = new HashMap<>();

	private long lastLease;

	private long cluster = 7;

	private long revision = 1;

	/** Whether calls are answered. Where they are not, they fail at once. */
	boolean reachable = true;

	/** Whether calls hang rather than fail. */
	boolean hanging;

	/** Whether watches stay open but deliver nothing. */
	boolean silent;

	/** Whether progress requests are answered. */
	boolean progress = true;

	/**
	 * How many of the next progress requests get lost, as etcd drops them while a watch
	 * catches up.
	 */
	int progressLost;

	/** How long the answer to a read of the newest revision is under way. */
	Duration headLatency = LATENCY;

	/** How many members are configured. */
	int members = 1;

	SimulatedSource(SimulatedTime time) {
		this.time = time;
	}

	void put(String service, String id, int port) {
		put(service, id, port, 0);
	}

	/** Registers an instance by a record that lives as long as a lease. */
	void put(String service, String id, int port, long lease) {
		long at = ++this.revision;
		String key = "/services/" + service + "/" + id;
		Instance instance = new Instance(id, new Endpoint(Scheme.HTTP, "127.0.0.1", port), Instance.DEFAULT_WEIGHT, "",
				"", Map.of(), new Registration(key, "plain", at, at, lease, Registration.Origin.WATCH));
		write(new RegistryRecord(key, at, new Reading.Registered(new ServiceName(service), List.of(instance))));
	}

	void putUnreadable(String service, String id) {
		long at = ++this.revision;
		write(new RegistryRecord("/services/" + service + "/" + id, at, new Reading.Unreadable("nonsense")));
	}

	private void write(RegistryRecord written) {
		this.records.put(written.key(), written);
		emit(new RecordEvent.Put(written));
	}

	void delete(String service, String id) {
		delete("/services/" + service + "/" + id);
	}

	private void delete(String key) {
		RegistryRecord gone = this.records.remove(key);
		emit(new RecordEvent.Deleted(key, ++this.revision, (gone != null) ? lease(gone) : 0));
	}

	private static long lease(RegistryRecord record) {
		return (record.reading() instanceof Reading.Registered registered)
				? registered.instances().getFirst().registration().lease() : 0;
	}

	/** Grants a lease. */
	long grant(Duration time) {
		this.leases.put(++this.lastLease, time);
		return this.lastLease;
	}

	/** A lease runs out, or somebody revokes it, and its records go. */
	void expire(long lease) {
		this.leases.remove(lease);
		List.copyOf(this.records.values())
			.stream()
			.filter((record) -> lease(record) == lease)
			.forEach((record) -> delete(record.key()));
	}

	private void emit(RecordEvent event) {
		this.history.add(event);
		List.copyOf(this.connections).forEach((connection) -> connection.deliver(event));
	}

	/** Everything is gone, and another cluster answers. */
	void wipe() {
		this.records.clear();
		this.history.clear();
		this.cluster++;
		this.revision = 1;
	}

	/**
	 * A backup is restored: the cluster is the same, its history is another and shorter
	 * one.
	 */
	void restore(long revision) {
		this.records.clear();
		this.history.clear();
		this.revision = revision;
	}

	/** Something arrives on every watch, and reading it does as it likes. */
	void deliver(Supplier<List<RecordEvent>> events) {
		List.copyOf(this.connections)
			.forEach((connection) -> connection.sink.accept(new Signal.Delivered(0, 0, events, this.time.getAsLong())));
	}

	/** Every open connection breaks, as when the server is killed. */
	void cut() {
		List.copyOf(this.connections)
			.forEach((connection) -> connection.sink.accept(new Signal.Failed("watch-error", "connection reset")));
	}

	/** The callbacks of connections that were closed long ago fire once more. */
	Runnable lateCallback(String service, String id) {
		SimulatedConnection old = this.connections.getFirst();
		return () -> old.sink.accept(new Signal.Delivered(0, 1_000_000,
				() -> List.of(new RecordEvent.Deleted("/services/" + service + "/" + id, 1_000_000, 0)), 0));
	}

	int openConnections() {
		return this.connections.size();
	}

	@Override
	public RegistryConnection connect(Consumer<Signal> sink) {
		SimulatedConnection connection = new SimulatedConnection(sink);
		this.connections.add(connection);
		return connection;
	}

	@Override
	public List<MemberState> members() {
		return Collections.nCopies(this.members, MemberState.unknown("sim://"));
	}

	private final class SimulatedConnection implements RegistryConnection {

		private final Consumer<Signal> sink;

		private long watchedFrom = Long.MAX_VALUE;

		SimulatedConnection(Consumer<Signal> sink) {
			this.sink = sink;
		}

		@Override
		public void readHead() {
			Signal head = new Signal.Head(new Revision(SimulatedSource.this.cluster, SimulatedSource.this.revision));
			answer(SimulatedSource.this.headLatency, () -> head);
		}

		@Override
		public void list() {
			answer(LATENCY,
					() -> new Signal.Listed(new Revision(SimulatedSource.this.cluster, SimulatedSource.this.revision),
							List.copyOf(SimulatedSource.this.records.values())));
		}

		private void answer(Duration latency, Supplier<Signal> signal) {
			SimulatedSource.this.time.after(latency, () -> {
				if (!SimulatedSource.this.reachable) {
					this.sink.accept(new Signal.Failed("call-failed", "connection refused"));
				}
				else if (!SimulatedSource.this.hanging) {
					this.sink.accept(signal.get());
				}
			});
		}

		@Override
		public void readLease(long id) {
			answer(LATENCY, () -> new Signal.Lease(id, Optional.ofNullable(SimulatedSource.this.leases.get(id))));
		}

		@Override
		public int watch(long fromRevision) {
			this.watchedFrom = fromRevision;
			SimulatedSource.this.history.forEach(this::deliver);
			return 1;
		}

		@Override
		public void requestProgress() {
			long at = SimulatedSource.this.revision;
			// Newer versions of etcd do not answer for a watch that begins in the future.
			boolean answered = SimulatedSource.this.progress && at >= this.watchedFrom;
			if (SimulatedSource.this.progressLost > 0) {
				SimulatedSource.this.progressLost--;
			}
			else if (answered) {
				send(at, List.of());
			}
		}

		private void deliver(RecordEvent event) {
			if (event.revision() >= this.watchedFrom) {
				send(event.revision(), List.of(event));
			}
		}

		private void send(long at, List<RecordEvent> events) {
			if (SimulatedSource.this.silent || SimulatedSource.this.hanging) {
				return;
			}
			SimulatedSource.this.time.after(LATENCY, () -> this.sink
				.accept(new Signal.Delivered(0, at, () -> events, SimulatedSource.this.time.getAsLong())));
		}

		@Override
		public void close() {
			SimulatedSource.this.connections.remove(this);
		}

	}

}
