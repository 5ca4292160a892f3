package dev.holdfast.registry.reflector;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is registered and how what is not came to its end, by the test's own account. It
 * knows places, that is services and ports, rather than instances, and nothing of leases
 * but whether one ended.
 */
final class RegistryModel {

	private final Map<String, Written> records = new TreeMap<>();

	private static final long SINCE_PROOF = Duration.ofSeconds(16).toNanos();

	private final Map<Place, Long> begun = new HashMap<>();

	private final Map<String, Long> lastLease = new HashMap<>();

	/** Everything that was ever written under a key. */
	private final Map<String, Set<Place>> ever = new HashMap<>();

	private final Map<Place, Fate> fates = new TreeMap<>();

	private final SimulatedTime time;

	RegistryModel(SimulatedTime time) {
		this.time = time;
	}

	void put(String key, String service, Map<String, Integer> ports, long lease) {
		Set<Place> before = registered();
		Written known = this.records.get(key);
		Set<Place> places = new TreeSet<>();
		ports.values().forEach((port) -> places.add(new Place(service, port)));
		this.records.put(key, new Written(places, lease, true));
		ended(before, key, true);
		if (known == null || known.lease() != lease) {
			// Who asks for the lease that it knew may hear that it has ended.
			ever(key).forEach((place) -> fate(place).doubtful = true);
		}
		ever(key).addAll(places);
		this.lastLease.put(key, lease);
	}

	void putUnreadable(String key, long lease) {
		Written known = this.records.get(key);
		if (known != null) {
			this.records.put(key, new Written(known.places(), lease, false));
		}
	}

	boolean has(String key) {
		return this.records.containsKey(key);
	}

	/** Somebody deletes a record. */
	void delete(String key) {
		end(key, true);
	}

	/** A lease ends, and its records with it. */
	void endLease(long lease) {
		List<String> gone = this.records.entrySet()
			.stream()
			.filter((record) -> record.getValue().lease() == lease)
			.map(Map.Entry::getKey)
			.toList();
		gone.forEach((key) -> end(key, false));
		// Who has not seen a deletion yet will ask in vain whether the lease is alive.
		this.lastLease.forEach((key, last) -> {
			if (last == lease) {
				ever(key).forEach((place) -> fate(place).doubtful = true);
			}
		});
	}

	/** The lease of a record, 0 for none. */
	long lease(String key) {
		Written record = this.records.get(key);
		return (record != null) ? record.lease() : 0;
	}

	private void end(String key, boolean explicit) {
		Set<Place> before = registered();
		this.records.remove(key);
		ended(before, key, explicit);
		ever(key).forEach((place) -> fate(place).doubtful |= !explicit);
	}

	Map<String, Written> backup() {
		return Map.copyOf(this.records);
	}

	/** The registry's history is another one. */
	void replace(Map<String, Written> restored) {
		Set<Place> before = registered();
		this.records.clear();
		this.records.putAll(restored);
		// What a record says now applies at once, however old it is.
		this.ever.keySet().forEach((key) -> ended(before, key, restored.containsKey(key)));
		for (Place place : before) {
			Fate fate = fate(place);
			// What was written after the last proof tells no restored history from its
			// own.
			if (!restored.isEmpty() && now() - lastBegun(place) <= SINCE_PROOF) {
				fate.explicitAt = now();
			}
		}
		this.fates.values().forEach((fate) -> fate.doubtful = true);
	}

	private long lastBegun(Place place) {
		return this.begun.getOrDefault(place, 0L);
	}

	private void ended(Set<Place> before, String key, boolean explicit) {
		Set<Place> now = registered();
		for (Place place : now) {
			if (!before.contains(place)) {
				fate(place).changedAt = now();
				this.begun.put(place, now());
			}
		}
		// Also what is known only to who has missed something.
		for (Place place : ever(key)) {
			if (!now.contains(place)) {
				Fate fate = fate(place);
				fate.changedAt = now();
				fate.explicit = explicit;
				fate.explicitAt = explicit ? now() : fate.explicitAt;
				fate.lostAt = (explicit || fate.lostAt >= 0) ? fate.lostAt : now();
			}
		}
	}

	private Set<Place> ever(String key) {
		return this.ever.computeIfAbsent(key, (unknown) -> new TreeSet<>());
	}

	Fate fate(Place place) {
		return this.fates.computeIfAbsent(place, (unknown) -> new Fate());
	}

	/** What records that can be read register. */
	Set<Place> registered() {
		Set<Place> places = new TreeSet<>();
		this.records.values().stream().filter(Written::readable).forEach((record) -> places.addAll(record.places()));
		return places;
	}

	/** What records that cannot be read may have registered before. */
	Set<Place> remembered() {
		Set<Place> places = new HashSet<>();
		this.records.forEach((key, record) -> {
			if (!record.readable()) {
				places.addAll(ever(key));
			}
		});
		return places;
	}

	long now() {
		return this.time.getAsLong();
	}

	/**
	 * Where an instance listens and for what.
	 */
	record Place(String service, int port) implements Comparable<Place> {

		@Override
		public int compareTo(Place other) {
			int byService = this.service.compareTo(other.service);
			return (byService != 0) ? byService : Integer.compare(this.port, other.port);
		}

		@Override
		public String toString() {
			return this.service + ":" + this.port;
		}

	}

	/**
	 * A record.
	 */
	record Written(Set<Place> places, long lease, boolean readable) {
	}

	/**
	 * What happened to a place last.
	 */
	static final class Fate {

		/** When it began or ceased to be registered, nanoseconds. */
		long changedAt;

		/** Whether somebody ended its registration. */
		boolean explicit;

		/**
		 * Whether a registration of it ended by itself, or by the loss of the registry's
		 * history, since the gateway was last known to see it registered.
		 */
		boolean doubtful;

		/** When somebody ended a registration of it last, -1 for never; nanoseconds. */
		long explicitAt = -1;

		/** When one ended by itself first, -1 for never; nanoseconds. */
		long lostAt = -1;

		/** The gateway is known to see it registered. */
		void settle() {
			this.doubtful = false;
			this.explicitAt = -1;
			this.lostAt = -1;
		}

	}

}
