package dev.holdfast.registry.format;

import java.util.Map;
import java.util.stream.Stream;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Scheme;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * Tests for {@link GrpcNamingFormat}.
 */
class GrpcNamingFormatTests {

	private static final String KEY = "openim/user-rpc-service/10.0.0.5:10110";

	@Test
	void readTakesTheSourcesSchemeAndTheAddress() {
		Instance instance = RecordReaderTests
			.instance(read("{\"Op\":0,\"Addr\":\"10.0.0.5:10110\",\"Metadata\":null}"));
		assertThat(instance.endpoint()).isEqualTo(new Endpoint(Scheme.GRPC, "10.0.0.5", 10_110));
		assertThat(instance.id()).isEqualTo("10.0.0.5:10110");
		assertThat(instance.weight()).isEqualTo(Instance.DEFAULT_WEIGHT);
		assertThat(instance.metadata()).isEmpty();
	}

	static Stream<Arguments> metadata() {
		return Stream.of(argumentSet("absent", "{\"Addr\":\"a:1\"}", Map.of()),
				argumentSet("object", "{\"Addr\":\"a:1\",\"Metadata\":{\"weight\":10,\"zone\":\"b\",\"none\":null}}",
						Map.of("weight", "10", "zone", "b")),
				argumentSet("nested", "{\"Addr\":\"a:1\",\"Metadata\":{\"tags\":[\"x\",{\"y\":1.50}]}}",
						Map.of("tags", "[\"x\",{\"y\":1.5}]")),
				argumentSet("string", "{\"Addr\":\"a:1\",\"Metadata\":\"blue\"}", Map.of("metadata", "blue")),
				argumentSet("number", "{\"Addr\":\"a:1\",\"Metadata\":3}", Map.of("metadata", "3")));
	}

	@ParameterizedTest
	@MethodSource("metadata")
	void readKeepsMetadataOfAnyType(String value, Map<String, String> metadata) {
		assertThat(RecordReaderTests.instance(read(value)).metadata()).isEqualTo(metadata);
	}

	@Test
	void readWhenOperationIsDeleteIsIgnored() {
		assertThat(read("{\"Op\":1,\"Addr\":\"10.0.0.5:10110\",\"Metadata\":null}"))
			.isInstanceOf(ParsedRecord.Ignored.class);
	}

	@Test
	void readWhenKeyIsOfAMonitoringTargetIsIgnored() {
		String value = "{\"target\":\"10.0.0.5:12002\",\"labels\":{\"namespace\":\"default\"}}";
		for (String format : new String[] { "auto", "grpc" }) {
			assertThat(RecordReader.of(format, "openim/", Scheme.HTTP)
				.read(RecordReaderTests.raw("openim/prometheus_discovery/api/10.0.0.5:12002", value)))
				.isInstanceOf(ParsedRecord.Ignored.class);
		}
	}

	static Stream<Arguments> unreadable() {
		return Stream.of(argumentSet("unknown operation", "{\"Op\":2,\"Addr\":\"a:1\"}", "Op: \"2\""),
				argumentSet("operation as text", "{\"Op\":\"0\",\"Addr\":\"a:1\"}", "a whole number from 0 to 1"),
				argumentSet("no address", "{\"Op\":0}", "Addr: \"\""),
				argumentSet("address of another type", "{\"Addr\":5}", "a string"),
				argumentSet("address without port", "{\"Addr\":\"10.0.0.5\"}", "host:port"),
				argumentSet("port 0", "{\"Addr\":\"10.0.0.5:0\"}", "port 1 to 65535"));
	}

	@ParameterizedTest
	@MethodSource("unreadable")
	void readWhenAMemberIsWrongIsUnreadable(String value, String reason) {
		assertThat(RecordReaderTests.reason(read(value))).contains(reason);
	}

	private static ParsedRecord read(String value) {
		return RecordReader.of("grpc", "openim/", Scheme.GRPC).read(RecordReaderTests.raw(KEY, value));
	}

}
