package dev.holdfast.cluster;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

import dev.holdfast.override.Command;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.OverrideCodec;
import dev.holdfast.override.Scope;
import dev.holdfast.override.SharedOverrides;
import dev.holdfast.override.UnreadableValueException;
import dev.holdfast.service.Revision;
import dev.holdfast.store.StoreSignal;
import dev.holdfast.store.StoredEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands in etcd below the prefix, as far as it can be read. Anybody may have
 * written it: what is malformed, too large or too much is passed over, and what was there
 * before stays. Belongs to the cluster's thread.
 */
final class ClusterContents {

	/** How many gateways are listed. */
	static final int MAX_GATEWAYS = 1_000;

	/** How many overrides count. */
	static final int MAX_OVERRIDES = SharedOverrides.MAX_SHARED;

	private static final int MAX_COMMANDS = 1_000;

	private static final int MAX_NAME_LENGTH = 100;

	private static final Logger logger = LoggerFactory.getLogger(ClusterContents.class);

	private final ClusterKeys keys;

	private final Clock clock;

	private final RefusedValues refused;

	/** The keys of commands that were heard of already. */
	private final Map<String, Boolean> heard = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
			return size() > MAX_COMMANDS;
		}

	};

	private final List<Command> due = new ArrayList<>();

	private Map<String, GatewayReport> gateways = new HashMap<>();

	private Map<String, OperatorOverride> overrides = new HashMap<>();

	private volatile Set<String> overrideKeys = Set.of();

	private boolean overridesChanged;

	/** Whether overrides are missing that nobody has ended. */
	private boolean overridesLost;

	/** What was read of the history's name, empty when it has none. */
	private String history = "";

	private Revision newest = Revision.NONE;

	private boolean listed;

	ClusterContents(ClusterKeys keys, Clock clock, LongSupplier nanoTime) {
		this.keys = keys;
		this.clock = clock;
		this.refused = new RefusedValues(nanoTime);
	}

	Collection<GatewayReport> gateways() {
		return this.gateways.values();
	}

	/**
	 * Whether a gateway's entry is there.
	 */
	boolean hasGateway(String key) {
		return this.gateways.containsKey(key);
	}

	/**
	 * Return the overrides if they may have changed since the last time.
	 */
	Optional<Shared> takeOverrides() {
		if (!this.overridesChanged) {
			return Optional.empty();
		}
		Shared shared = new Shared(List.copyOf(this.overrides.values()), this.overridesLost);
		this.overridesChanged = false;
		this.overridesLost = false;
		this.overrideKeys = Set.copyOf(this.overrides.keySet());
		return Optional.of(shared);
	}

	/**
	 * Whether an override under this key would count. Safe on any thread.
	 */
	boolean hasRoomFor(String key) {
		Set<String> known = this.overrideKeys;
		return known.size() < MAX_OVERRIDES || known.contains(key);
	}

	/**
	 * Return the commands that are to be done now, each of them once.
	 */
	List<Command> takeDue() {
		List<Command> taken = List.copyOf(this.due);
		this.due.clear();
		return taken;
	}

	/**
	 * Notes how far etcd's history goes.
	 */
	void headIs(Revision head) {
		this.newest = head;
	}

	/**
	 * Whether etcd's history has a name, so that it can be told from another one whose
	 * cluster has the same id, as that of a wiped one has, and whose revisions are as
	 * large by now.
	 */
	boolean isNamed() {
		return !this.history.isEmpty();
	}

	void apply(StoreSignal.Change change) {
		switch (change) {
			case StoreSignal.Change.Put(StoredEntry entry) -> put(entry, this.gateways, this.overrides);
			case StoreSignal.Change.Deleted(String key, long revision) -> {
				this.gateways.remove(key);
				this.overridesChanged |= this.overrides.remove(key) != null;
				this.refused.forget(key);
				this.history = key.equals(this.keys.history()) ? "" : this.history;
			}
		}
	}

	/**
	 * Begins to replace everything.
	 */
	Listing list() {
		return new Listing();
	}

	private void put(StoredEntry entry, Map<String, GatewayReport> intoGateways,
			Map<String, OperatorOverride> intoOverrides) {
		String key = entry.key();
		try {
			if (key.equals(this.keys.history())) {
				this.history = name(entry);
			}
			else if (key.startsWith(this.keys.gateways())) {
				store(intoGateways, key, gateway(entry), MAX_GATEWAYS);
			}
			else if (key.startsWith(this.keys.overrides())) {
				store(intoOverrides, key, override(entry), MAX_OVERRIDES);
				this.overridesChanged = true;
			}
			else if (key.startsWith(this.keys.commands())) {
				hear(entry);
			}
		}
		catch (UnreadableValueException ex) {
			this.refused.refuse(key, String.valueOf(ex.getMessage()));
		}
	}

	private <T> void store(Map<String, T> into, String key, T value, int max) throws UnreadableValueException {
		if (into.size() >= max && !into.containsKey(key)) {
			throw new UnreadableValueException("one more than %d".formatted(max));
		}
		into.put(key, value);
		this.refused.forget(key);
	}

	private static String name(StoredEntry entry) {
		byte[] value = entry.value();
		return new String(value, 0, Math.min(value.length, MAX_NAME_LENGTH), StandardCharsets.UTF_8);
	}

	private GatewayReport gateway(StoredEntry entry) throws UnreadableValueException {
		GatewayReport report = GatewayReportCodec.decode(entry.value());
		if (!entry.key().equals(this.keys.gateway(report.instanceId()))) {
			throw new UnreadableValueException(
					"instanceId: %s (expected: the end of the key)".formatted(report.instanceId()));
		}
		// Nobody can know of what comes after his own write.
		if (report.revision() >= entry.modRevision()) {
			throw new UnreadableValueException("revision: %d (expected: less than %d, that of the write)"
				.formatted(report.revision(), entry.modRevision()));
		}
		return report;
	}

	private OperatorOverride override(StoredEntry entry) throws UnreadableValueException {
		OperatorOverride override = OverrideCodec.decode(entry.value());
		// Nothing would end it.
		if (entry.lease() == 0) {
			throw new UnreadableValueException("no lease (expected: one for its time)");
		}
		if (override.scope() != Scope.CLUSTER) {
			throw new UnreadableValueException("scope: %s (expected: CLUSTER)".formatted(override.scope()));
		}
		if (!entry.key().equals(this.keys.override(override.action()))) {
			throw new UnreadableValueException(
					"override of %s (expected: what the key says)".formatted(override.key()));
		}
		return override;
	}

	/**
	 * Takes a command that was not heard of yet. Those of before this gateway followed
	 * are for others.
	 */
	private void hear(StoredEntry entry) throws UnreadableValueException {
		if (this.heard.put(entry.key(), true) != null || !this.listed) {
			return;
		}
		IssuedCommand issued = CommandCodec.decode(entry.value());
		Instant now = this.clock.instant();
		if (issued.isFresh(now)) {
			this.due.add(issued.command());
		}
		else {
			logger.warn("A command for all gateways of {} is not done: it is {} by this gateway's clock (expected: "
					+ "at most {} s apart)", issued.issuedAt(), now, IssuedCommand.LIFETIME.toSeconds());
		}
	}

	/**
	 * A list of everything on its way; counts when it is whole.
	 */
	final class Listing {

		private final Map<String, GatewayReport> newGateways = new HashMap<>();

		private final Map<String, OperatorOverride> newOverrides = new HashMap<>();

		private final List<StoredEntry> commands = new ArrayList<>();

		private final Map<String, GatewayReport> oldGateways = ClusterContents.this.gateways;

		private final Map<String, OperatorOverride> oldOverrides = ClusterContents.this.overrides;

		private String newHistory = "";

		void add(StoredEntry entry) {
			if (entry.key().equals(ClusterContents.this.keys.history())) {
				this.newHistory = name(entry);
			}
			else if (!entry.key().startsWith(ClusterContents.this.keys.commands())) {
				retain(entry.key());
				put(entry, this.newGateways, this.newOverrides);
			}
			else if (this.commands.size() < MAX_COMMANDS && entry.value().length <= CommandCodec.MAX_LENGTH) {
				this.commands.add(entry);
			}
		}

		/** What is malformed now stays what it was. */
		private void retain(String key) {
			GatewayReport gateway = this.oldGateways.get(key);
			if (gateway != null) {
				this.newGateways.put(key, gateway);
			}
			OperatorOverride override = this.oldOverrides.get(key);
			if (override != null) {
				this.newOverrides.put(key, override);
			}
		}

		/**
		 * Replaces what there was.
		 * @param head the revision that was listed
		 */
		void end(Revision head) {
			ClusterContents.this.overridesLost |= isOtherHistory(head);
			ClusterContents.this.newest = head;
			ClusterContents.this.history = this.newHistory;
			ClusterContents.this.gateways = this.newGateways;
			ClusterContents.this.overrides = this.newOverrides;
			this.commands.forEach((entry) -> put(entry, this.newGateways, this.newOverrides));
			ClusterContents.this.overridesChanged = true;
			ClusterContents.this.listed = true;
		}

		private boolean isOtherHistory(Revision head) {
			Revision before = ClusterContents.this.newest;
			boolean renamed = isNamed() && !ClusterContents.this.history.equals(this.newHistory);
			return renamed || (!before.equals(Revision.NONE) && head.isOtherHistory(before));
		}

	}

	/**
	 * What gateways share.
	 *
	 * @param overrides the overrides that etcd has
	 * @param lost whether others are missing that nobody has ended, since etcd was wiped,
	 * restored or replaced
	 */
	record Shared(List<OperatorOverride> overrides, boolean lost) {
	}

}
