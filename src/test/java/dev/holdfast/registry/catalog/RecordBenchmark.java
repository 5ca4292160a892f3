package dev.holdfast.registry.catalog;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.holdfast.registry.RegistryRecord;
import dev.holdfast.registry.format.RawRecord;
import dev.holdfast.registry.format.RecordReader;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Registration.Origin;
import dev.holdfast.service.Scheme;
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
 * What one record costs to read, and one service of ten instances to put together.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RecordBenchmark {

	private static final RecordReader READER = RecordReader.of("auto", Fleet.PREFIX, Scheme.HTTP);

	private static final Map<String, String> VALUES = Map.of("json", Fleet.of(100).value(7, 1), "grpc",
			"{\"Op\":0,\"Addr\":\"10.0.0.5:10110\",\"Metadata\":null}", "kratos", """
					{"id":"a","name":"orders","version":"v1","metadata":{"zone":"eu-1a"},\
					"endpoints":["http://10.0.0.5:8000","grpc://10.0.0.5:9000"]}""", "plain", "10.0.0.5:8080");

	private final ServiceRecords service = new ServiceRecords();

	/**
	 * Fills a service.
	 */
	@Setup(Level.Trial)
	public void begin() {
		Fleet fleet = new Fleet(10, 1);
		for (RegistryRecord written : fleet.records()) {
			if (written.parsed() instanceof ParsedRecord.Registered registered) {
				this.service.put(written.key(), registered.instances());
			}
		}
	}

	/**
	 * Reads a record.
	 * @param value its value
	 * @return what it says
	 */
	@Benchmark
	public ParsedRecord read(Value value) {
		return READER.read(new RawRecord("/services/orders/orders-7f9c4b-000007", value.bytes, 1, 2, 3, Origin.LIST));
	}

	/**
	 * Puts a service together from its records.
	 * @return its instances
	 */
	@Benchmark
	public List<Instance> merge() {
		return this.service.merged();
	}

	/**
	 * A record's value.
	 */
	@State(Scope.Thread)
	public static class Value {

		/** The format that it is in. */
		@Param({ "json", "grpc", "kratos", "plain" })
		public String format = "json";

		private byte[] bytes = new byte[0];

		/**
		 * Encodes it.
		 */
		@Setup(Level.Trial)
		public void begin() {
			this.bytes = VALUES.getOrDefault(this.format, "").getBytes(StandardCharsets.UTF_8);
		}

	}

}
