package dev.holdfast.registry.reflector;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.LongStream;

import dev.holdfast.registry.Freeze;
import dev.holdfast.registry.HeldSelection;
import dev.holdfast.registry.RecordEvent;
import dev.holdfast.registry.RegistryOperations;
import dev.holdfast.registry.Signal;
import dev.holdfast.registry.reflector.RegistryModel.Written;
import dev.holdfast.registry.reflector.SimulatedSource.Moment;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * Instances, a registry and operators that do as dice tell them. Everything that they do
 * is told to the model, and in words to whoever reads of a failure.
 */
final class RandomWorld {

	static final Duration LEASE = Duration.ofSeconds(15);

	private static final List<Slot> SLOTS = List.of(new Slot("/services/orders/a", "orders", true, 0, "a", 8001),
			new Slot("/services/orders/b", "orders", true, 0, "b", 8002),
			new Slot("/services/orders/c", "orders", true, 0, "c", 8003),
			new Slot("/services/orders/d", "orders", false, 0, "d", 8004),
			// The same place under another key, and the same id at another place.
			new Slot("/openim/orders/127.0.0.1:8001", "orders", true, 0, "127.0.0.1:8001", 8001),
			new Slot("/openim/orders/b", "orders", true, 0, "b", 8012),
			new Slot("/services/users/u", "users", true, 0, "u", 8101),
			new Slot("/openim/users/v", "users", true, 0, "v", 8102),
			// Several instances in one record.
			new Slot("/services/search/m", "search", true, 0, "m", 8201, 8202, 8203),
			new Slot("/services/search/n", "search", false, 0, "n", 8204, 8205),
			new Slot("/openim/billing/x", "billing", false, 0, "x", 8301),
			// One lease for all.
			new Slot("/services/mail/1", "mail", true, 1, "m1", 8401),
			new Slot("/services/mail/2", "mail", true, 1, "m2", 8402),
			new Slot("/services/mail/3", "mail", true, 1, "m3", 8403),
			new Slot("/services/mail/4", "mail", true, 1, "m4", 8404),
			new Slot("/services/mail/5", "mail", true, 0, "m5", 8405));

	private final Random random;

	private final SimulatedTime time;

	private final SimulatedSource source;

	private final SimulatedProbe probe;

	private final RegistryModel model;

	private final RegistryChecks checks;

	private final List<String> actions = new ArrayList<>();

	private final Map<Slot, Long> leases = new HashMap<>();

	private final Map<Integer, Long> sharedLeases = new HashMap<>();

	/** By how much each slot's ports have moved. */
	private final Map<Slot, Integer> moves = new HashMap<>();

	private final int limit;

	private final RegistryOperations operations;

	private SimulatedSource.@Nullable Backup backup;

	private boolean restored;

	private Map<String, Written> modelsBackup = Map.of();

	private boolean healed;

	RandomWorld(Random random, SimulatedTime time, SimulatedSource source, SimulatedProbe probe, RegistryModel model,
			RegistryChecks checks, RegistryOperations operations, int limit) {
		this.random = random;
		this.time = time;
		this.source = source;
		this.probe = probe;
		this.model = model;
		this.checks = checks;
		this.operations = operations;
		this.limit = limit;
	}

	/** What was done so far, in words. */
	List<String> actions() {
		return this.actions;
	}

	/** Sets the scene. */
	void begin() {
		this.source.watchLatencies = List.of(latency(), latency());
		this.source.headLatency = latency();
		this.source.listLatency = latency();
		this.source.leaseLatency = latency();
		this.source.listsAreOld = this.random.nextBoolean();
		this.source.progress = this.random.nextInt(8) != 0;
		this.source.members = 1 + this.random.nextInt(3);
		SLOTS.stream().filter((slot) -> this.random.nextInt(5) != 0).forEach(this::register);
	}

	private Duration latency() {
		return this.random.nextBoolean() ? Duration.ofMillis(1) : Duration.ofMillis(1 + this.random.nextInt(800));
	}

	/** Does one thing after another, as many as there may be. */
	void goOn() {
		if (this.actions.size() >= this.limit) {
			return;
		}
		this.time.after(Duration.ofMillis(this.random.nextInt(6_000)), () -> {
			if (!this.healed) {
				act();
				goOn();
			}
		});
	}

	private void act() {
		Slot slot = SLOTS.get(this.random.nextInt(SLOTS.size()));
		int dice = this.random.nextInt(100);
		if (dice < 50) {
			onInstance(slot, this.random.nextInt(100));
		}
		else if (dice < 80) {
			onRegistry(this.random.nextInt(100), slot);
		}
		else {
			byOperator(this.random.nextInt(100), slot);
		}
	}

	private void onInstance(Slot slot, int dice) {
		if (dice < 30) {
			register(slot);
		}
		else if (dice < 45) {
			delete(slot);
		}
		else if (dice < 65) {
			expire(slot);
		}
		else if (dice < 75) {
			int port = port(slot);
			note("%d dies".formatted(port));
			this.checks.died(port);
			this.probe.kill(port);
			if (this.random.nextInt(3) == 0) {
				later(3_000 + this.random.nextInt(30_000), () -> revive(port));
			}
		}
		else if (dice < 85) {
			revive(port(slot));
		}
		else if (dice < 93) {
			this.moves.merge(slot, 1000, Integer::sum);
			register(slot);
		}
		else if (this.model.has(slot.key())) {
			note("%s becomes unreadable".formatted(slot.key()));
			long lease = this.model.lease(slot.key());
			this.model.putUnreadable(slot.key(), lease);
			this.source.putUnreadable(slot.key(), lease);
		}
	}

	private int port(Slot slot) {
		return slot.ports().get(this.random.nextInt(slot.ports().size())) + this.moves.getOrDefault(slot, 0);
	}

	private void revive(int port) {
		note("%d lives".formatted(port));
		this.checks.revived(port);
		this.probe.revive(port);
	}

	private void register(Slot slot) {
		long before = this.leases.getOrDefault(slot, 0L);
		long recorded = this.model.lease(slot.key());
		long lease = lease(slot, before);
		String service = slot.service();
		int count = 1 + this.random.nextInt(slot.ports().size());
		TreeMap<String, Integer> ports = new TreeMap<>();
		for (int i = 0; i < count; i++) {
			ports.put((slot.ports().size() == 1) ? slot.id() : slot.id() + i,
					slot.ports().get(i) + this.moves.getOrDefault(slot, 0));
		}
		if (slot.key().endsWith("/c") && this.random.nextInt(4) == 0) {
			service = "users";
		}
		note("%s registers %s %s, lease %d".formatted(slot.key(), service, ports, lease));
		this.leases.put(slot, lease);
		this.model.put(slot.key(), service, ports, lease);
		this.source.put(slot.key(), service, ports, lease);
		if (slot.shares() == 0) {
			LongStream.of(before, recorded).filter((old) -> old != lease).forEach(this.source::forget);
		}
	}

	private long lease(Slot slot, long before) {
		if (!slot.leased()) {
			return 0;
		}
		boolean shared = slot.shares() != 0;
		long known = shared ? this.sharedLeases.getOrDefault(slot.shares(), 0L) : before;
		boolean again = this.source.isGranted(known) && (shared || this.random.nextBoolean());
		long lease = again ? known : this.source.grant(LEASE);
		if (shared) {
			this.sharedLeases.put(slot.shares(), lease);
		}
		return lease;
	}

	private void delete(Slot slot) {
		if (this.model.has(slot.key())) {
			note("%s is deleted".formatted(slot.key()));
			this.model.delete(slot.key());
			this.source.delete(slot.key());
		}
	}

	private void expire(Slot slot) {
		long lease = this.model.lease(slot.key());
		if (lease != 0 && this.model.has(slot.key()) && this.source.isGranted(lease)) {
			note("lease %d of %s ends".formatted(lease, slot.key()));
			this.model.endLease(lease);
			this.source.expire(lease);
		}
	}

	private void storm(Optional<String> service) {
		note("the leases of %s end".formatted(service.orElse("all")));
		SLOTS.stream().filter((slot) -> service.map(slot.service()::equals).orElse(true)).forEach(this::expire);
	}

	private void onRegistry(int dice, Slot slot) {
		if (dice < 15) {
			cut();
		}
		else if (dice < 30) {
			unreachable(1 + this.random.nextInt(40));
		}
		else if (dice < 37) {
			hang(1 + this.random.nextInt(30));
		}
		else if (dice < 45) {
			mute();
		}
		else if (dice < 55) {
			this.source.progressLost = 1 + this.random.nextInt(5);
			note("%d progress requests get lost".formatted(this.source.progressLost));
		}
		else if (dice < 60) {
			note("the history is compacted");
			this.source.compact();
		}
		else if (dice < 65) {
			storm(Optional.empty());
		}
		else if (dice < 75) {
			storm(Optional.of(slot.service()));
		}
		else if (dice < 78) {
			wipe();
		}
		else if (dice < 81) {
			note("a backup is made");
			this.backup = this.source.backup();
			this.modelsBackup = this.model.backup();
		}
		else if (dice < 84) {
			restore();
		}
		else {
			ambush(slot);
		}
	}

	private void ambush(Slot slot) {
		List<Moment> moments = List.of(Moment.values());
		Moment moment = moments.get(this.random.nextInt(moments.size()));
		int kind = this.random.nextInt(7);
		note("an ambush of kind %d waits at %s".formatted(kind, moment));
		this.source.ambush(moment, () -> {
			note("it is sprung at %s".formatted(moment));
			switch (kind) {
				case 0, 1 -> cut();
				case 2 -> expire(slot);
				case 3 -> delete(slot);
				case 4 -> register(slot);
				case 5 -> {
					register(slot);
					this.source.compact();
				}
				case 6 -> mute();
				default -> throw new IllegalStateException("kind: " + kind);
			}
		});
	}

	private void cut() {
		note("every connection breaks");
		this.checks.trouble();
		late();
		this.source.cut();
	}

	/** What was on its way arrives long after. */
	private void late() {
		List<Consumer<Signal>> sinks = this.source.sinks();
		List<RecordEvent> events = SLOTS.stream()
			.<RecordEvent>map((slot) -> new RecordEvent.Deleted(slot.key(), 1_000_000))
			.toList();
		later(1_000 + this.random.nextInt(5_000),
				() -> sinks.forEach((sink) -> sink.accept(new Signal.Delivered(0, 1_000_000, () -> events, 0))));
	}

	private void unreachable(int seconds) {
		note("the registry is unreachable for %d s".formatted(seconds));
		this.source.reachable = false;
		this.checks.trouble();
		if (this.random.nextBoolean()) {
			this.source.mute();
		}
		else {
			this.source.cut();
		}
		later(seconds * 1_000, () -> {
			note("the registry is reachable again");
			this.source.reachable = true;
			this.checks.trouble();
		});
	}

	private void hang(int seconds) {
		note("the registry hangs for %d s".formatted(seconds));
		this.source.hanging = true;
		this.source.mute();
		this.checks.trouble();
		later(seconds * 1_000, () -> {
			note("the registry hangs no more");
			this.source.hanging = false;
			this.checks.trouble();
		});
	}

	private void mute() {
		note("open watches fall silent");
		this.source.mute();
		this.checks.trouble();
	}

	private void wipe() {
		note("the cluster is wiped");
		this.model.replace(Map.of());
		this.source.wipe();
		broken();
	}

	private void restore() {
		SimulatedSource.Backup saved = this.backup;
		if (saved != null) {
			note("the backup is restored");
			this.restored = true;
			this.model.replace(this.modelsBackup);
			this.source.restore(saved);
			// Nothing tells a restored history from the one before as long as it has only
			// deleted since.
			this.source.putUnreadable("/services/restored/" + this.actions.size(), 0);
			broken();
		}
	}

	/** The old cluster's watches bring nothing, and break sooner or later. */
	private void broken() {
		this.source.mute();
		this.checks.trouble();
		if (this.random.nextBoolean()) {
			later(this.random.nextInt(3_000), this::cut);
		}
	}

	private void byOperator(int dice, Slot slot) {
		Optional<ServiceName> service = (this.random.nextInt(4) == 0) ? Optional.empty()
				: Optional.of(new ServiceName(slot.service()));
		Optional<String> instance = this.random.nextBoolean() ? Optional.empty() : Optional.of(slot.id());
		HeldSelection selection = new HeldSelection(service, instance);
		if (dice < 20) {
			note("an operator approves %s".formatted(selection));
			this.checks.approved(selection);
			await(this.operations.approve(selection, ""));
		}
		else if (dice < 40) {
			int seconds = 1 + this.random.nextInt(30);
			note("an operator keeps %s for %d s".formatted(selection, seconds));
			await(this.operations.cancel(selection, Duration.ofSeconds(seconds), ""));
		}
		else if (dice < 50) {
			int seconds = 1 + this.random.nextInt(20);
			note("an operator freezes for %d s".formatted(seconds));
			this.checks.frozen();
			Instant now = this.time.instant();
			Freeze begun = new Freeze(now, now.plusSeconds(seconds), "");
			await(this.operations.freeze(begun));
			this.time.after(Duration.ofSeconds(seconds), () -> {
				if (this.checks.isFrozenBy(begun)) {
					await(this.operations.unfreeze());
				}
			});
		}
		else if (dice < 55) {
			note("an operator ends the freeze");
			await(this.operations.unfreeze());
		}
		else if (dice < 80) {
			note("an operator asks for a list");
			await(this.operations.refresh());
		}
		else {
			note("an operator asks for a comparison");
			await(this.operations.diff());
		}
	}

	private void await(CompletableFuture<?> answer) {
		this.checks.asked(answer);
	}

	/** All faults end, and who lives and wants to is registered. */
	void heal() {
		note("everything heals");
		this.healed = true;
		this.source.reachable = true;
		this.source.hanging = false;
		this.source.progressLost = 0;
		this.source.endAmbushes();
		this.checks.trouble();
		SLOTS.stream().filter((slot) -> this.random.nextInt(3) != 0).forEach(this::register);
	}

	private void later(int millis, Runnable action) {
		this.time.after(Duration.ofMillis(millis), () -> {
			if (!this.healed) {
				action.run();
			}
		});
	}

	/** Whether a backup was restored in this world. */
	boolean isRestored() {
		return this.restored;
	}

	private void note(String what) {
		this.actions.add("%9.3f  %s".formatted(this.time.getAsLong() / 1e9, what));
	}

	/**
	 * Somebody who registers.
	 *
	 * @param key its record's key
	 * @param service its service
	 * @param leased whether its record hangs on a lease
	 * @param shares the number of the lease that it shares with others, 0 for none
	 * @param id its instance's id, or what the ids begin with if there are more
	 * @param ports where its instances listen
	 */
	private record Slot(String key, String service, boolean leased, int shares, String id, List<Integer> ports) {

		Slot(String key, String service, boolean leased, int shares, String id, Integer... ports) {
			this(key, service, leased, shares, id, List.of(ports));
		}

	}

}
