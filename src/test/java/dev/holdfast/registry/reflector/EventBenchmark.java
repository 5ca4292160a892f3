package dev.holdfast.registry.reflector;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.holdfast.registry.format.RawRecord;
import dev.holdfast.service.Snapshot;
import dev.holdfast.testing.Fleet;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one event costs from the raw record to its publication to all listeners: it must
 * not depend on how many instances there are.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgs = { "-Xms1g", "-Xmx1g" })
public class EventBenchmark {

	private static final int STEP = 7919;

	/** How many instances are registered, ten a service. */
	@Param({ "100", "10000", "100000" })
	public int instances;

	private FleetRegistry registry = new FleetRegistry(Fleet.of(100));

	/** Of each instance two records that differ, one after the other. */
	private List<RawRecord> written = List.of();

	private int next;

	/**
	 * Registers all instances.
	 */
	@Setup(Level.Trial)
	public void list() {
		Fleet fleet = Fleet.of(this.instances);
		this.registry = new FleetRegistry(fleet);
		this.registry.replace(fleet.records());
		this.written = IntStream.range(0, 2 * this.instances)
			.mapToObj((i) -> fleet.raw(i % this.instances, i / this.instances))
			.toList();
	}

	/**
	 * A record is written anew.
	 * @return what is published
	 */
	@Benchmark
	public Snapshot put() {
		this.registry.apply(List.of(this.registry.put(turn())));
		return this.registry.snapshot();
	}

	/**
	 * A record is deleted by somebody and written again: two events, two publications.
	 * @return what is published
	 */
	@Benchmark
	public Snapshot deleteAndPut() {
		RawRecord record = turn();
		this.registry.apply(List.of(this.registry.delete(record)));
		this.registry.apply(List.of(this.registry.put(record)));
		return this.registry.snapshot();
	}

	/**
	 * A watch response of 128 records that were written in one transaction.
	 * @return what is published
	 */
	@Benchmark
	public Snapshot putsOfOneResponse() {
		this.registry.apply(Stream.generate(() -> this.registry.put(turn())).limit(128).toList());
		return this.registry.snapshot();
	}

	/** By large steps, so that neighbours in memory do not follow each other. */
	private RawRecord turn() {
		this.next = (this.next + STEP) % this.written.size();
		return this.written.get(this.next);
	}

}
