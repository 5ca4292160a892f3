package dev.holdfast.registry.reflector;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.holdfast.registry.RecordEvent;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.RegistryRecord;
import dev.holdfast.service.Registration.Origin;
import dev.holdfast.testing.Fleet;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What concerns a hundred thousand instances at once. Each call is counted alone, with a
 * registry of its own, and so are the first ones, since a gateway lists once when it is
 * cold.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 10)
@Fork(value = 1, jvmArgs = { "-Xms2g", "-Xmx2g" })
public class ListBenchmark {

	private static final Fleet FLEET = Fleet.of(100_000);

	private final List<RegistryRecord> records = FLEET.records();

	private FleetRegistry empty = new FleetRegistry(FLEET);

	private FleetRegistry full = new FleetRegistry(FLEET);

	private List<RegistryRecord> relisted = List.of();

	private List<RecordEvent> expired = List.of();

	/**
	 * Makes a registry that is empty, one that is full, and what is to happen to it.
	 */
	@Setup(Level.Invocation)
	public void begin() {
		this.empty = new FleetRegistry(FLEET);
		this.full = new FleetRegistry(FLEET);
		this.full.replace(this.records);
		this.relisted = List.copyOf(this.records);
		List<Integer> order = new ArrayList<>(IntStream.range(0, FLEET.instances()).boxed().toList());
		Collections.shuffle(order, new Random(1));
		this.expired = order.stream().map((instance) -> this.full.expire(FLEET.raw(instance, 0))).toList();
	}

	/**
	 * The keys and values of a list are read.
	 * @return the records
	 */
	@Benchmark
	public List<RegistryRecord> read() {
		return IntStream.range(0, FLEET.instances())
			.mapToObj((instance) -> FLEET.record(instance, instance + 1L, Origin.LIST))
			.toList();
	}

	/**
	 * The first list is applied and published.
	 * @return how many instances were added
	 */
	@Benchmark
	public RefreshResult firstList() {
		return this.empty.replace(this.records);
	}

	/**
	 * The first list of the next connection says what is known.
	 * @return what it changed: nothing
	 */
	@Benchmark
	public RefreshResult sameList() {
		return this.full.replace(this.relisted);
	}

	/**
	 * A list beside the watch finds no difference.
	 * @return what it changed: nothing
	 */
	@Benchmark
	public RefreshResult reconcile() {
		return this.full.reconcile(this.relisted);
	}

	/**
	 * All leases end, told in responses of a thousand each; what answers is held.
	 * @return how many removals are held
	 */
	@Benchmark
	public int expiryStorm() {
		for (int from = 0; from < this.expired.size(); from += 1_000) {
			this.full.apply(this.expired.subList(from, from + 1_000));
		}
		return this.full.registry().heldRemovals();
	}

}
