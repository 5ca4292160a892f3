package dev.holdfast.registry.catalog;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import dev.holdfast.registry.RegistryRecord;
import dev.holdfast.registry.UnreadableRecord;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Revision;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * The records behind the snapshot. Changes are collected and become one new snapshot by
 * {@link #commit}; what a change costs depends on the services that it touches, not on
 * how many there are. A record that the registry no longer has can stay as an absent one
 * until the removal guard has judged its removal. Belongs to the reflector's thread.
 */
public final class RecordStore {

	private final Clock clock;

	private final Map<String, Entry> entries = new HashMap<>();

	private final Map<ServiceName, ServiceRecords> services = new HashMap<>();

	private final TreeMap<String, UnreadableRecord> unreadable = new TreeMap<>();

	private @Nullable List<UnreadableRecord> unreadableCopy;

	/** Those that nobody was told of yet. */
	private final Map<String, UnreadableRecord> newlyUnreadable = new LinkedHashMap<>();

	/**
	 * A new set for each snapshot: one that a list has filled stays as large as the
	 * registry.
	 */
	private Set<ServiceName> touched = new HashSet<>();

	private volatile Snapshot snapshot = Snapshot.EMPTY;

	/**
	 * Creates one without records.
	 * @param clock tells since when a record is unreadable
	 */
	public RecordStore(Clock clock) {
		this.clock = clock;
	}

	/**
	 * Starts from a snapshot of an earlier process. None of its instances is published
	 * until it is revealed, or registered anew.
	 */
	public void seed(Snapshot saved) {
		for (Service service : saved.services().values()) {
			ServiceRecords records = records(service.name());
			for (Instance instance : service.instances()) {
				Registration registration = instance.registration();
				this.entries.putIfAbsent(registration.key(), new Entry.OfService(service.name(),
						registration.modRevision(), registration.lease(), true, true));
				records.add(registration.key(), instance);
				records.hide(registration.key(), instance.id());
			}
			this.touched.add(service.name());
		}
	}

	/**
	 * Publishes an instance that came from disk.
	 */
	public void reveal(String key, Instance instance) {
		if (this.entries.get(key) instanceof Entry.OfService entry
				&& records(entry.service()).reveal(key, instance.id())) {
			this.touched.add(entry.service());
		}
	}

	/**
	 * Takes note that a probe of an instance that came from disk has failed.
	 */
	public void failProbe(String key, Instance instance) {
		if (this.entries.get(key) instanceof Entry.OfService entry) {
			records(entry.service()).failProbe(key, instance.id());
		}
	}

	/**
	 * Publishes what of a record came from disk and has not failed a probe, and takes the
	 * rest away: the registry has answered, and does not have it.
	 */
	public void settle(String key) {
		if (this.entries.get(key) instanceof Entry.OfService entry) {
			records(entry.service()).settle(key);
			this.touched.add(entry.service());
		}
	}

	/**
	 * Whether a record says what is known already. Its revision alone does not tell: an
	 * etcd that lost its data counts from 1 again, and often under the same cluster id.
	 */
	public boolean isKnown(RegistryRecord written) {
		if (!(this.entries.get(written.key()) instanceof Entry.OfService entry) || entry.seeded() || !entry.present()
				|| entry.modRevision() != written.modRevision()
				|| !(written.parsed() instanceof ParsedRecord.Registered registered)
				|| !registered.service().equals(entry.service())) {
			return false;
		}
		List<Instance> known = records(registered.service()).instances(written.key());
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
	 * What is known of a key, {@code null} for nothing.
	 */
	public @Nullable Entry entry(String key) {
		return this.entries.get(key);
	}

	/**
	 * The records that the registry had last, read or not.
	 */
	public Collection<String> present() {
		return this.entries.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().present())
			.map(Map.Entry::getKey)
			.toList();
	}

	/**
	 * The instances that a record registers, in its order.
	 */
	public List<Instance> instances(String key) {
		return (this.entries.get(key) instanceof Entry.OfService entry) ? records(entry.service()).instances(key)
				: List.of();
	}

	/**
	 * The weight that a record gives an instance, {@code null} when it is of another
	 * kind.
	 */
	public ParsedRecord.@Nullable Weighted weight(String key) {
		return (this.entries.get(key) instanceof Entry.OfService entry) ? records(entry.service()).weight(key) : null;
	}

	/**
	 * Counts the instances of a service whose records the registry has.
	 */
	public int registered(ServiceName service) {
		return records(service).present();
	}

	/**
	 * Whether a record that the registry has registers an instance of which something is
	 * true.
	 */
	public boolean isAnyRegistered(ServiceName service, Predicate<Instance> test) {
		return records(service).isAnyPresent(test);
	}

	/**
	 * What was published last of an instance, which may have another id and weight than
	 * its record says; the instance itself when nothing was.
	 */
	public Instance published(ServiceName name, Instance instance) {
		Service service = this.snapshot.find(name);
		return (service == null) ? instance
				: service.instances()
					.stream()
					.filter((other) -> other.endpoint().equals(instance.endpoint()))
					.findFirst()
					.orElse(instance);
	}

	/**
	 * Counts all instances of a service, those of absent records included.
	 */
	public int all(ServiceName service) {
		return records(service).size();
	}

	/**
	 * Whether a record that the registry has registers an instance where this one is.
	 */
	public boolean isCovered(ServiceName service, Instance instance) {
		return records(service).isPresent(instance.endpoint());
	}

	/**
	 * Takes a record as it was written last.
	 */
	public void put(RegistryRecord written) {
		String key = written.key();
		switch (written.parsed()) {
			case ParsedRecord.Registered registered -> {
				readable(key);
				move(key, registered.service());
				this.entries.put(key, Entry.OfService.of(registered.service(), written));
				records(registered.service()).put(key, registered.instances());
				this.touched.add(registered.service());
			}
			case ParsedRecord.Weighted weighted -> {
				readable(key);
				move(key, weighted.service());
				this.entries.put(key, Entry.OfService.of(weighted.service(), written));
				records(weighted.service()).weigh(key, weighted);
				this.touched.add(weighted.service());
			}
			case ParsedRecord.Ignored ignored -> {
				remove(key);
				this.entries.put(key, Entry.OfNone.of(written));
			}
			case ParsedRecord.Unreadable(String reason) -> {
				UnreadableRecord known = this.unreadable.get(key);
				Instant since = (known != null) ? known.since() : this.clock.instant();
				this.unreadableCopy = null;
				UnreadableRecord now = new UnreadableRecord(key, reason, written.modRevision(), since);
				this.unreadable.put(key, now);
				if (known == null || !known.reason().equals(reason)) {
					this.newlyUnreadable.put(key, now);
				}
				if (this.entries.get(key) instanceof Entry.OfService lastGood) {
					records(lastGood.service()).confirm(key);
					this.touched.add(lastGood.service());
					this.entries.put(key, Entry.OfService.of(lastGood.service(), written));
				}
				else {
					this.entries.put(key, Entry.OfNone.of(written));
				}
			}
		}
	}

	/** A record that now belongs to another service leaves the one before. */
	private void move(String key, ServiceName service) {
		if (this.entries.get(key) instanceof Entry.OfService before && !service.equals(before.service())) {
			remove(key);
		}
	}

	/**
	 * Takes note that the registry no longer has a record, and keeps its instances.
	 * @param revision the revision at which that was known
	 */
	public void setAbsent(String key, long revision) {
		if (this.entries.get(key) instanceof Entry.OfService entry) {
			readable(key);
			this.entries.put(key, new Entry.OfService(entry.service(), revision, entry.lease(), false, false));
			records(entry.service()).setAbsent(key);
		}
	}

	/**
	 * Forgets a record and the instances that it registers.
	 */
	public void remove(String key) {
		readable(key);
		if (this.entries.remove(key) instanceof Entry.OfService entry && records(entry.service()).remove(key)) {
			this.touched.add(entry.service());
		}
	}

	/**
	 * Forgets one instance of a record, and the record with its last one.
	 */
	public void remove(String key, Instance instance) {
		if (this.entries.get(key) instanceof Entry.OfService entry) {
			ServiceRecords records = records(entry.service());
			records.remove(key, instance.id());
			this.touched.add(entry.service());
			if (records.instances(key).isEmpty()) {
				remove(key);
			}
		}
	}

	private ServiceRecords records(ServiceName service) {
		return this.services.computeIfAbsent(service, (name) -> new ServiceRecords());
	}

	/**
	 * Makes a snapshot of everything applied so far.
	 * @param revision the revision that it is of
	 * @return what is different from the snapshot before
	 */
	public Commit commit(Revision revision) {
		Snapshot last = this.snapshot;
		Snapshot next = last.at(revision);
		Commit.Builder commit = new Commit.Builder();
		for (ServiceName name : this.touched) {
			Service before = last.find(name);
			Service after = records(name).toService(name, before, revision.number());
			// What is only weighed is no service yet.
			boolean unknown = before == null && all(name) == 0;
			if (!unknown && (before == null || !before.instances().equals(after.instances()))) {
				next = next.with(after);
				commit.compare(before, after);
			}
		}
		this.touched = new HashSet<>();
		this.snapshot = next;
		return commit.build(next);
	}

	/**
	 * The records that cannot be read, sorted by key; copied only after a change.
	 */
	public List<UnreadableRecord> unreadable() {
		if (this.unreadableCopy == null) {
			this.unreadableCopy = List.copyOf(this.unreadable.values());
		}
		return this.unreadableCopy;
	}

	/**
	 * Gives those that have become unreadable, or are so for another reason, since this
	 * was last asked.
	 */
	public List<UnreadableRecord> newlyUnreadable() {
		List<UnreadableRecord> records = List.copyOf(this.newlyUnreadable.values());
		this.newlyUnreadable.clear();
		return records;
	}

	private void readable(String key) {
		if (this.unreadable.remove(key) != null) {
			this.newlyUnreadable.remove(key);
			this.unreadableCopy = null;
		}
	}

	/**
	 * Return the snapshot of the last {@link #commit}. Safe on any thread.
	 */
	public Snapshot snapshot() {
		return this.snapshot;
	}

	/**
	 * What is known of a key.
	 */
	public sealed interface Entry {

		/**
		 * Return the revision at which it was last written or, when absent, known to be
		 * gone.
		 */
		long modRevision();

		/**
		 * Return the lease that it was last written with, 0 for none; known also of what
		 * cannot be read.
		 */
		long lease();

		/**
		 * Whether it comes from disk and no registry has confirmed it yet.
		 */
		boolean seeded();

		/**
		 * Whether the registry had it last.
		 */
		boolean present();

		/**
		 * Of a key that registers instances of a service, or says something of them.
		 *
		 * @param service the service
		 */
		record OfService(ServiceName service, long modRevision, long lease, boolean seeded,
				boolean present) implements Entry {

			private static OfService of(ServiceName service, RegistryRecord written) {
				return new OfService(service, written.modRevision(), written.lease(), false, true);
			}

		}

		/**
		 * Of a key that the registry has and that is of no service: what is ignored, or
		 * could never be read. When it goes nothing is left of it.
		 */
		record OfNone(long modRevision, long lease) implements Entry {

			private static OfNone of(RegistryRecord written) {
				return new OfNone(written.modRevision(), written.lease());
			}

			@Override
			public boolean seeded() {
				return false;
			}

			@Override
			public boolean present() {
				return true;
			}

		}

	}

}
