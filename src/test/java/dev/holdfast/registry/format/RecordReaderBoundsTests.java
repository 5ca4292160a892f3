package dev.holdfast.registry.format;

import java.lang.management.ManagementFactory;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Scheme;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * Holds {@link RecordReader} to what it promises of memory and time, by the thread's own
 * counters, which other processes do not touch.
 */
class RecordReaderBoundsTests {

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private static final long MAX_BYTES = 256L * RecordReader.MAX_VALUE_SIZE;

	private static final long MAX_CPU_NANOS = 5_000_000_000L;

	static Stream<Arguments> hostile() {
		String orders = "/s/orders/a";
		String provider = "/dubbo/org.example.Greeter/providers/tri%3A%2F%2Fa%3A1%2F";
		return Stream.of(argumentSet("as many nodes as fit", orders, "{\"nodes\":{" + many(4_500, "\"a:%d\":1") + "}}"),
				argumentSet("a thousand nodes with metadata", orders,
						"{\"nodes\":[" + many(1_000, "{\"host\":\"a\",\"port\":%d,\"weight\":1,\"metadata\":{\"a\":1}}")
								+ "]}"),
				argumentSet("more nodes than a record may hold", orders,
						"{\"nodes\":{" + many(60_000, "\"a:%d\":1") + "}}"),
				argumentSet("a thousand nodes beside much metadata", orders,
						"{\"name\":\"orders\",\"metadata\":{" + many(2_000, "\"m%d\":\"\"") + "},\"nodes\":["
								+ many(900, "{\"id\":\"%d\",\"address\":\"a:1\"}") + "]}"),
				argumentSet("a folder in a folder", orders, "{\"nodes\":" + "[".repeat(60_000)),
				argumentSet("objects in objects", orders, "{\"url\":".repeat(9_000)),
				argumentSet("much metadata", orders,
						"{\"url\":\"a:1\",\"metadata\":{" + many(6_000, "\"%d\":0") + "}}"),
				argumentSet("endpoints in a text", orders,
						"{\"ServiceName\":\"orders\",\"Host\":\"a\",\"Port\":1,\"Metadata\":{\"dubbo.endpoints\":\"["
								+ many(3_000, "{\\\"port\\\":%d}") + "]\"}}"),
				argumentSet("an exponent", orders,
						"{\"url\":\"a:1\",\"metadata\":{" + many(2_000, "\"%d\":1e999999999") + "}}"),
				argumentSet("an exponent for a port", orders, "{\"host\":\"a\",\"port\":1e999999999}"),
				argumentSet("many endpoints", orders, "{\"endpoints\":[" + many(4_000, "\"http://a:%d\"") + "]}"),
				argumentSet("a URL encoded again and again", provider + "%25".repeat(5_000) + "41", ""),
				argumentSet("a URL of many parameters", provider + "%3F" + many(1_000, "a%d%%3D1%%26"), ""),
				argumentSet("a URL without end", provider + "%00".repeat(500_000), ""),
				argumentSet("a key of slashes", "/s" + "/".repeat(60_000) + "a", "10.0.0.5:80"),
				argumentSet("a key of slashes under SkyDNS", "/skydns" + "/".repeat(60_000) + "a",
						"{\"host\":\"a\",\"port\":1}"),
				argumentSet("a key without end", "/s/" + "x".repeat(1_500_000) + "/a", "10.0.0.5:80"),
				argumentSet("an address of colons", orders, ":".repeat(60_000)),
				argumentSet("a number without end", orders + "/" + "9".repeat(60_000), "10.0.0.5:80"));
	}

	@ParameterizedTest
	@MethodSource("hostile")
	void readTakesMemoryAndTimeInProportionToTheRecord(String key, String value) {
		RawRecord raw = RecordReaderTests.raw(key, value);
		for (String format : RecordReader.formatNames()) {
			RecordReader reader = RecordReader.of(format, key.substring(0, key.indexOf('/', 1) + 1), Scheme.HTTP);
			// Once before, for what the first call loads and initialises.
			reader.read(raw);
			long thread = Thread.currentThread().threadId();
			long bytes = THREADS.getThreadAllocatedBytes(thread);
			long nanos = THREADS.getCurrentThreadCpuTime();
			ParsedRecord parsed = reader.read(raw);
			assertThat(THREADS.getCurrentThreadCpuTime() - nanos).as("%s: CPU time in ns", format)
				.isLessThan(MAX_CPU_NANOS);
			assertThat(THREADS.getThreadAllocatedBytes(thread) - bytes).as("%s: bytes allocated", format)
				.isLessThan(MAX_BYTES);
			if (parsed instanceof ParsedRecord.Registered registered) {
				assertThat(registered.instances()).hasSizeBetween(1, RecordEntry.MAX_INSTANCES);
			}
		}
	}

	private static String many(int count, String template) {
		return IntStream.rangeClosed(1, count)
			.mapToObj(template::formatted)
			.collect(joining(template.endsWith("%%26") ? "" : ","));
	}

}
