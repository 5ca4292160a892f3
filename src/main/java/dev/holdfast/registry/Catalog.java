package dev.holdfast.registry;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

import dev.holdfast.service.Instance;
import dev.holdfast.service.Reading;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Revision;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * The records behind the snapshot. Changes are collected and become one new snapshot by
 * {@link #commit}; what a change costs depends on the services that it touches, not on
 * how many there are. Belongs to the reflector's thread.
 */
final class Catalog {

	private final Clock clock;

	private final Map<String, Entry> entries = new HashMap<>();

	private final Map<ServiceName, TreeMap<String, List<Instance>>> services = new HashMap<>();

	private final TreeMap<String, UnreadableRecord> unreadable = new TreeMap<>();

	private @Nullable List<UnreadableRecord> unreadableCopy;

	private final Set<ServiceName> touched = new HashSet<>();

	private Snapshot snapshot = Snapshot.EMPTY;

	/** Events up to here are contained in a list that was applied. */
	private long floor;

	Catalog(Clock clock) {
		this.clock = clock;
	}

	/**
	 * Starts from a snapshot of an earlier process.
	 */
	void seed(Snapshot saved) {
		Map<String, List<Instance>> byKey = new LinkedHashMap<>();
		for (Service service : saved.services().values()) {
			byKey.clear();
			for (Instance instance : service.instances()) {
				byKey.computeIfAbsent(instance.registration().key(), (key) -> new ArrayList<>()).add(instance);
			}
			byKey.forEach((key, instances) -> {
				long modRevision = instances.getFirst().registration().modRevision();
				register(new Reading.Registered(service.name(), instances), key,
						new Entry(service.name(), modRevision, true));
			});
		}
		this.touched.clear();
		this.snapshot = saved;
	}

	/**
	 * Takes a list as the whole truth, whatever was known before.
	 */
	void replace(Signal.Listed list) {
		Set<String> gone = new HashSet<>(this.entries.keySet());
		for (RegistryRecord written : list.records()) {
			gone.remove(written.key());
			if (!isKnown(written)) {
				put(written);
			}
		}
		gone.forEach(this::remove);
		this.floor = list.revision().number();
	}

	/**
	 * Whether a record says what is known already. Its revision alone does not tell: an
	 * etcd that lost its data counts from 1 again, and often under the same cluster id.
	 */
	private boolean isKnown(RegistryRecord written) {
		Entry entry = this.entries.get(written.key());
		if (entry == null || entry.seeded() || entry.modRevision() != written.modRevision()
				|| !(written.reading() instanceof Reading.Registered registered)
				|| !registered.service().equals(entry.service())) {
			return false;
		}
		List<Instance> known = this.services.getOrDefault(registered.service(), new TreeMap<>())
			.getOrDefault(written.key(), List.of());
		return known.size() == registered.instances().size() && IntStream.range(0, known.size())
			.allMatch((i) -> isSame(known.get(i), registered.instances().get(i)));
	}

	private static boolean isSame(Instance one, Instance other) {
		Registration first = one.registration();
		Registration second = other.registration();
		return one.isSameAs(other) && first.format().equals(second.format())
				&& first.createRevision() == second.createRevision() && first.modRevision() == second.modRevision()
				&& first.lease() == second.lease();
	}

	/**
	 * Applies what a list has that the events so far did not bring.
	 * @param deletedSince the revision at which each key was deleted that an event
	 * deleted while the list was under way
	 * @return the number of records that differed
	 */
	int reconcile(Signal.Listed list, Map<String, Long> deletedSince) {
		int differences = 0;
		long revision = list.revision().number();
		Set<String> listed = HashSet.newHashSet(list.records().size());
		for (RegistryRecord written : list.records()) {
			listed.add(written.key());
			Entry entry = this.entries.get(written.key());
			boolean newer = (entry == null) || entry.modRevision() < written.modRevision();
			if (newer && deletedSince.getOrDefault(written.key(), 0L) <= revision) {
				put(written);
				differences++;
			}
		}
		List<String> gone = this.entries.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().modRevision() <= revision && !listed.contains(entry.getKey()))
			.map(Map.Entry::getKey)
			.toList();
		gone.forEach(this::remove);
		this.floor = Math.max(this.floor, revision);
		return differences + gone.size();
	}

	/**
	 * Applies an event; one that a list has overtaken changes nothing.
	 * @return the kind of event for meters, {@code null} when it changed nothing
	 */
	@Nullable String apply(RecordEvent event) {
		if (event.revision() <= this.floor) {
			return null;
		}
		return switch (event) {
			case RecordEvent.Put(RegistryRecord written) -> {
				put(written);
				yield (written.reading() instanceof Reading.Unreadable) ? "unreadable" : "put";
			}
			case RecordEvent.Deleted(String key, long revision, long lease) -> {
				remove(key);
				yield "delete";
			}
		};
	}

	private void put(RegistryRecord written) {
		String key = written.key();
		switch (written.reading()) {
			case Reading.Registered registered -> {
				readable(key);
				register(registered, key, new Entry(registered.service(), written.modRevision(), false));
			}
			case Reading.Ignored ignored -> passOver(key, written.modRevision());
			case Reading.Weighted weighted -> passOver(key, written.modRevision());
			case Reading.Unreadable(String reason) -> {
				UnreadableRecord known = this.unreadable.get(key);
				Instant since = (known != null) ? known.since() : this.clock.instant();
				this.unreadableCopy = null;
				this.unreadable.put(key, new UnreadableRecord(key, reason, written.modRevision(), since));
				Entry entry = this.entries.get(key);
				ServiceName lastGood = (entry != null) ? entry.service() : null;
				this.entries.put(key, new Entry(lastGood, written.modRevision(), false));
			}
		}
	}

	private void passOver(String key, long modRevision) {
		readable(key);
		unregister(key);
		this.entries.put(key, new Entry(null, modRevision, false));
	}

	private void register(Reading.Registered registered, String key, Entry entry) {
		Entry before = this.entries.get(key);
		if (before != null && !registered.service().equals(before.service())) {
			unregister(key);
		}
		this.entries.put(key, entry);
		this.services.computeIfAbsent(registered.service(), (name) -> new TreeMap<>()).put(key, registered.instances());
		this.touched.add(registered.service());
	}

	private void remove(String key) {
		readable(key);
		unregister(key);
		this.entries.remove(key);
	}

	private void unregister(String key) {
		Entry entry = this.entries.get(key);
		if (entry == null || entry.service() == null) {
			return;
		}
		TreeMap<String, List<Instance>> records = this.services.get(entry.service());
		if (records != null && records.remove(key) != null) {
			this.touched.add(entry.service());
		}
	}

	/**
	 * Makes a snapshot of everything applied so far.
	 * @param revision the revision that it is of
	 * @return what is different from the snapshot before
	 */
	Commit commit(Revision revision) {
		Snapshot next = this.snapshot.at(revision);
		Commit.Builder commit = new Commit.Builder();
		for (ServiceName name : this.touched) {
			Service before = this.snapshot.find(name);
			Service after = new Service(name, instances(name), revision.number());
			if (before == null || !before.instances().equals(after.instances())) {
				next = next.with(after);
				commit.compare(before, after);
			}
		}
		this.touched.clear();
		this.snapshot = next;
		return commit.build(next);
	}

	/** An id that two records claim counts once, for the first key. */
	private List<Instance> instances(ServiceName name) {
		Collection<List<Instance>> records = this.services.getOrDefault(name, new TreeMap<>()).values();
		Map<String, Instance> byId = new LinkedHashMap<>();
		for (List<Instance> instances : records) {
			instances.forEach((instance) -> byId.putIfAbsent(instance.id(), instance));
		}
		return List.copyOf(byId.values());
	}

	/**
	 * The records that cannot be read, sorted by key; copied only after a change.
	 */
	List<UnreadableRecord> unreadable() {
		if (this.unreadableCopy == null) {
			this.unreadableCopy = List.copyOf(this.unreadable.values());
		}
		return this.unreadableCopy;
	}

	private void readable(String key) {
		if (this.unreadable.remove(key) != null) {
			this.unreadableCopy = null;
		}
	}

	Snapshot snapshot() {
		return this.snapshot;
	}

	/**
	 * What is known of a key.
	 *
	 * @param service the service that the key registers instances of, {@code null} when
	 * it registers none
	 * @param modRevision the revision at which it was last written
	 * @param seeded whether it comes from disk and no registry has confirmed it yet
	 */
	private record Entry(@Nullable ServiceName service, long modRevision, boolean seeded) {
	}

}
