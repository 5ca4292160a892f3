package dev.holdfast.registry.format;

import java.util.Map;
import java.util.stream.Stream;

import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Scheme;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * Tests for {@link KitexFormat}.
 */
class KitexFormatTests {

	@Test
	void readKeepsTagsAsMetadata() {
		assertThat(RecordReaderTests
			.instance(read("{\"network\":\"tcp\",\"address\":\"[::1]:8888\",\"weight\":10,\"tags\":{\"idc\":\"a\"}}"))
			.metadata()).isEqualTo(Map.of("idc", "a"));
	}

	@ParameterizedTest
	@CsvSource({ "20,20", "1,1", "0,10", "-5,10", "70000,65535" })
	void readTakesAWeightThatIsNotPositiveForKitexDefault(int written, int weight) {
		assertThat(RecordReaderTests.instance(read("{\"address\":\"a:1\",\"weight\":" + written + "}")).weight())
			.isEqualTo(weight);
	}

	@Test
	void readTakesTheSourcesSchemeForKitexAndHttpForHertz() {
		String value = "{\"network\":\"tcp\",\"address\":\"a:1\",\"weight\":10,\"tags\":null}";
		assertThat(scheme("kitex", Scheme.GRPC, value)).isEqualTo(Scheme.GRPC);
		assertThat(scheme("hertz", Scheme.GRPC, value)).isEqualTo(Scheme.HTTP);
		assertThat(scheme("hertz", Scheme.HTTPS, value)).isEqualTo(Scheme.HTTPS);
	}

	@ParameterizedTest
	@CsvSource({ "unix", "udp", "unixpacket" })
	void readWhenTheNetworkIsNotTcpIsIgnored(String network) {
		assertThat(read("{\"network\":\"" + network + "\",\"address\":\"/run/echo.sock\",\"weight\":10}"))
			.isEqualTo(new ParsedRecord.Ignored("the network is \"" + network + "\", not TCP"));
	}

	static Stream<Arguments> unreadable() {
		return Stream.of(argumentSet("no address", "{\"network\":\"tcp\"}", "address: \"\""),
				argumentSet("weight with a fraction", "{\"address\":\"a:1\",\"weight\":1.5}", "a whole number"),
				argumentSet("tags of another type", "{\"address\":\"a:1\",\"tags\":[]}", "an object"));
	}

	@ParameterizedTest
	@MethodSource("unreadable")
	void readWhenAMemberIsWrongIsUnreadable(String value, String reason) {
		assertThat(RecordReaderTests.reason(read(value))).contains(reason);
	}

	private static Scheme scheme(String format, Scheme defaultScheme, String value) {
		return RecordReaderTests
			.instance(RecordReader.of(format, "kitex/registry-etcd/", defaultScheme)
				.read(RecordReaderTests.raw("kitex/registry-etcd/echo/a:1", value)))
			.endpoint()
			.scheme();
	}

	private static ParsedRecord read(String value) {
		return RecordReader.of("kitex", "kitex/registry-etcd/", Scheme.HTTP)
			.read(RecordReaderTests.raw("kitex/registry-etcd/echo/10.0.0.5:8888", value));
	}

}
