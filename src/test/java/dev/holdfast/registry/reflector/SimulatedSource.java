package dev.holdfast.registry.reflector;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.holdfast.registry.EndCause;
import dev.holdfast.registry.MemberState;
import dev.holdfast.registry.RecordEvent;
import dev.holdfast.registry.RegistryConnection;
import dev.holdfast.registry.RegistryRecord;
import dev.holdfast.registry.RegistrySource;
import dev.holdfast.registry.Signal;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Revision;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.ServiceName;

/**
 * A registry in memory that can be cut off, fall silent and lose its history. Everything
 * takes a millisecond of simulated time unless it is told to take longer.
 */
final class SimulatedSource implements RegistrySource {

	private static final Duration LATENCY = Duration.ofMillis(1);

	/** After which a call that hangs fails, as every call must. */
	private static final Duration CALL_DEADLINE = Duration.ofSeconds(10);

	private final SimulatedTime time;

	private final TreeMap<String, RegistryRecord> records = new TreeMap<>();

	private final List<RecordEvent> history = new ArrayList<>();

	private final List<SimulatedConnection> connections = new ArrayList<>();

	private final Map<Long, Duration> leases = new HashMap<>();

	private long lastLease;

	private long cluster = 7;

	private long revision = 1;

	private int histories;

	private boolean progressAnswered;

	/** Watches from before here are refused. */
	private long compacted;

	private final Map<Moment, Runnable> ambushes = new EnumMap<>(Moment.class);

	/** When a connection got its first list. */
	private long answeredAt;

	/** Whether calls are answered. Where they are not, they fail at once. */
	boolean reachable = true;

	/** Whether calls hang rather than fail. */
	boolean hanging;

	/** Whether watches stay open but deliver nothing. */
	boolean silent;

	/** Whether progress requests are answered. */
	boolean progress = true;

	/** How many progress requests there were. */
	int progressRequests;

	/**
	 * How many of the next progress requests get lost, as etcd drops them while a watch
	 * catches up.
	 */
	int progressLost;

	/** How long the answer to a read of the newest revision is under way. */
	Duration headLatency = LATENCY;

	/** How long a list is under way, and whether it is of when it was asked for. */
	Duration listLatency = LATENCY;

	boolean listsAreOld;

	/** How long the answer to a question for a lease is under way. */
	Duration leaseLatency = LATENCY;

	/** How long what each watch delivers is under way; one watch for each. */
	List<Duration> watchLatencies = List.of(LATENCY);

	/** What the second watch watches, and the first does not. */
	String secondPrefix = "/openim/";

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
		put("/services/" + service + "/" + id, service, Map.of(id, port), lease);
	}

	/** Writes a record of instances, ports by id. */
	void put(String key, String service, Map<String, Integer> ports, long lease) {
		long at = ++this.revision;
		Registration registration = new Registration(key, "plain", at, at, lease, Registration.Origin.WATCH);
		List<Instance> instances = ports.entrySet()
			.stream()
			.map((port) -> new Instance(port.getKey(), new Endpoint(Scheme.HTTP, "127.0.0.1", port.getValue()),
					Instance.DEFAULT_WEIGHT, "", "", Map.of(), registration))
			.toList();
		write(new RegistryRecord(key, at, lease, new ParsedRecord.Registered(new ServiceName(service), instances)));
	}

	/** Writes a key that nobody watches. */
	void writeElsewhere() {
		this.revision++;
	}

	void putUnreadable(String service, String id) {
		putUnreadable("/services/" + service + "/" + id, 0);
	}

	void putUnreadable(String key, long lease) {
		write(new RegistryRecord(key, ++this.revision, lease, new ParsedRecord.Unreadable("nonsense")));
	}

	private void write(RegistryRecord written) {
		this.records.put(written.key(), written);
		emit(new RecordEvent.Put(written));
	}

	void delete(String service, String id) {
		delete("/services/" + service + "/" + id);
	}

	void delete(String key) {
		this.records.remove(key);
		emit(new RecordEvent.Deleted(key, ++this.revision));
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
			.filter((written) -> written.lease() == lease)
			.map(RegistryRecord::key)
			.forEach(this::delete);
	}

	boolean isGranted(long lease) {
		return this.leases.containsKey(lease);
	}

	/** A lease is granted no longer, and no record hangs on it. */
	void forget(long lease) {
		this.leases.remove(lease);
	}

	/** What can be restored later. */
	Backup backup() {
		return new Backup(this.cluster, this.revision, new TreeMap<>(this.records), Map.copyOf(this.leases));
	}

	/** The same cluster is as it was, and its history goes on from there. */
	void restore(Backup backup) {
		restore(backup.revision());
		this.cluster = backup.cluster();
		this.records.putAll(backup.records());
		this.leases.clear();
		this.leases.putAll(backup.leases());
	}

	/** Forgets the history so far. */
	void compact() {
		this.history.clear();
		this.compacted = this.revision;
	}

	/** Whether a progress request was ever answered. */
	boolean isProgressAnswered() {
		return this.progressAnswered;
	}

	long answeredAt() {
		return this.answeredAt;
	}

	private void emit(RecordEvent event) {
		this.history.add(event);
		List.copyOf(this.connections).forEach((connection) -> connection.deliver(event));
	}

	/** Everything is gone, and another cluster answers. */
	void wipe() {
		restore(1);
		this.leases.clear();
		this.cluster++;
	}

	/**
	 * A backup is restored: the cluster is the same, its history is another and shorter
	 * one.
	 */
	void restore(long revision) {
		this.histories++;
		this.records.clear();
		this.history.clear();
		this.compacted = 0;
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
			.forEach((connection) -> connection.sink
				.accept(new Signal.Failed(EndCause.WATCH_ERROR, "connection reset")));
	}

	/** Every open watch stays open and delivers nothing more. */
	void mute() {
		this.connections.forEach((connection) -> connection.mute = true);
	}

	/** Something is to happen when a connection is next at this point. */
	void ambush(Moment moment, Runnable action) {
		this.ambushes.put(moment, action);
	}

	private void reached(Moment moment) {
		Runnable ambush = this.ambushes.remove(moment);
		if (ambush != null) {
			ambush.run();
		}
	}

	void endAmbushes() {
		this.ambushes.clear();
	}

	/** What a connection that is open now says of deletions long after it is closed. */
	List<Consumer<Signal>> sinks() {
		return this.connections.stream().map((connection) -> connection.sink).toList();
	}

	/** The callbacks of connections that were closed long ago fire once more. */
	Runnable lateCallback(String service, String id) {
		SimulatedConnection old = this.connections.getFirst();
		return () -> old.sink.accept(new Signal.Delivered(0, 1_000_000,
				() -> List.of(new RecordEvent.Deleted("/services/" + service + "/" + id, 1_000_000)), 0));
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

	/** Points in a connection's life at which a fault is worst. */
	enum Moment {

		LISTING, LISTED, WATCHED, HEAD_ASKED, PROGRESS_ASKED, LEASE_ASKED, LEASE_TOLD

	}

	/**
	 * The registry at one moment.
	 */
	record Backup(long cluster, long revision, Map<String, RegistryRecord> records, Map<Long, Duration> leases) {
	}

	private final class SimulatedConnection implements RegistryConnection {

		private final Consumer<Signal> sink;

		private final long[] nextDelivery = new long[2];

		private long watchedFrom = Long.MAX_VALUE;

		private final int history = SimulatedSource.this.histories;

		private boolean listed;

		private boolean mute;

		SimulatedConnection(Consumer<Signal> sink) {
			this.sink = sink;
		}

		@Override
		public void readHead() {
			reached(Moment.HEAD_ASKED);
			Signal head = new Signal.Head(new Revision(SimulatedSource.this.cluster, SimulatedSource.this.revision));
			answer(SimulatedSource.this.headLatency, () -> head);
		}

		@Override
		public void list() {
			Signal now = listing();
			boolean old = SimulatedSource.this.listsAreOld;
			answer(SimulatedSource.this.listLatency, () -> {
				SimulatedSource.this.answeredAt = this.listed ? SimulatedSource.this.answeredAt
						: SimulatedSource.this.time.getAsLong();
				this.listed = true;
				reached(Moment.LISTING);
				Signal answer = old ? now : listing();
				reached(Moment.LISTED);
				return answer;
			});
		}

		private Signal listing() {
			return new Signal.Listed(new Revision(SimulatedSource.this.cluster, SimulatedSource.this.revision),
					List.copyOf(SimulatedSource.this.records.values()));
		}

		private void answer(Duration latency, Supplier<Signal> signal) {
			SimulatedSource.this.time.after(latency, () -> {
				if (!SimulatedSource.this.reachable) {
					this.sink.accept(new Signal.Failed(EndCause.READ_FAILED, "connection refused"));
				}
				else if (SimulatedSource.this.hanging) {
					SimulatedSource.this.time.after(CALL_DEADLINE,
							() -> this.sink.accept(new Signal.Failed(EndCause.READ_FAILED, "deadline exceeded")));
				}
				else {
					this.sink.accept(signal.get());
				}
			});
		}

		@Override
		public void readLease(long id) {
			reached(Moment.LEASE_ASKED);
			Duration half = SimulatedSource.this.leaseLatency.dividedBy(2);
			SimulatedSource.this.time.after(half, () -> {
				Signal answer = (this.history == SimulatedSource.this.histories)
						? new Signal.Lease(id, Optional.ofNullable(SimulatedSource.this.leases.get(id)))
						: new Signal.Failed(EndCause.LEASE_FAILED, "connection reset");
				reached(Moment.LEASE_TOLD);
				answer(half, () -> answer);
			});
		}

		@Override
		public int watch(long fromRevision) {
			reached(Moment.WATCHED);
			this.watchedFrom = fromRevision;
			if (fromRevision < SimulatedSource.this.compacted) {
				this.sink.accept(new Signal.Failed(EndCause.WATCH_ERROR, "the revision has been compacted"));
			}
			SimulatedSource.this.history.forEach(this::deliver);
			return SimulatedSource.this.watchLatencies.size();
		}

		@Override
		public void requestProgress() {
			reached(Moment.PROGRESS_ASKED);
			SimulatedSource.this.progressRequests++;
			long at = SimulatedSource.this.revision;
			// Newer versions of etcd do not answer for a watch that begins in the future.
			boolean answered = SimulatedSource.this.progress && at >= this.watchedFrom;
			for (int watch = 0; watch < SimulatedSource.this.watchLatencies.size(); watch++) {
				if (SimulatedSource.this.progressLost > 0) {
					SimulatedSource.this.progressLost--;
				}
				else if (answered) {
					send(watch, at, List.of());
				}
			}
		}

		private void deliver(RecordEvent event) {
			if (event.revision() >= this.watchedFrom) {
				send(watchOf(event), event.revision(), List.of(event));
			}
		}

		private int watchOf(RecordEvent event) {
			String key = switch (event) {
				case RecordEvent.Put(RegistryRecord written) -> written.key();
				case RecordEvent.Deleted(String deleted, long revision) -> deleted;
			};
			boolean second = SimulatedSource.this.watchLatencies.size() > 1
					&& key.startsWith(SimulatedSource.this.secondPrefix);
			return second ? 1 : 0;
		}

		/** In order on each watch, however long it takes. */
		private void send(int watch, long at, List<RecordEvent> events) {
			if (SimulatedSource.this.silent || SimulatedSource.this.hanging || this.mute) {
				return;
			}
			long now = SimulatedSource.this.time.getAsLong();
			long due = Math.max(this.nextDelivery[watch],
					now + SimulatedSource.this.watchLatencies.get(watch).toNanos());
			this.nextDelivery[watch] = due;
			SimulatedSource.this.time.after(Duration.ofNanos(due - now), () -> {
				if (!this.mute) {
					SimulatedSource.this.progressAnswered |= events.isEmpty();
					this.sink
						.accept(new Signal.Delivered(watch, at, () -> events, SimulatedSource.this.time.getAsLong()));
				}
			});
		}

		@Override
		public void close() {
			SimulatedSource.this.connections.remove(this);
		}

	}

}
