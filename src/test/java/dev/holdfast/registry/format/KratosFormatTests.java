package dev.holdfast.registry.format;

import java.util.Map;
import java.util.stream.Stream;

import dev.holdfast.service.Instance;
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
 * Tests for {@link KratosFormat}.
 */
class KratosFormatTests {

	@Test
	void readTakesWhatKratosWrites() {
		Instance instance = RecordReaderTests.instance(read("""
				{"id":"7f9c","name":"helloworld","version":"v1","metadata":{"region":"eu"},
				 "endpoints":["grpc://10.0.0.5:9000?isSecure=false","http://10.0.0.5:8000?isSecure=false"]}"""));
		assertThat(instance.id()).isEqualTo("7f9c");
		assertThat(instance.endpoint()).hasToString("http://10.0.0.5:8000");
		assertThat(instance.version()).isEqualTo("v1");
		assertThat(instance.metadata()).isEqualTo(Map.of("region", "eu"));
	}

	static Stream<Arguments> endpoints() {
		return Stream.of(argumentSet("HTTP before gRPC", Scheme.HTTP, "\"grpc://a:9\",\"http://a:8\"", "http://a:8"),
				argumentSet("gRPC before HTTP for a gRPC source", Scheme.GRPC, "\"http://a:8\",\"grpc://a:9\"",
						"grpc://a:9"),
				argumentSet("gRPC alone", Scheme.HTTP, "\"grpc://a:9\"", "grpc://a:9"),
				argumentSet("HTTP alone for a gRPC source", Scheme.GRPC, "\"http://a:8\"", "http://a:8"),
				argumentSet("the first of two", Scheme.HTTP, "\"https://a:8\",\"http://a:7\"", "https://a:8"),
				argumentSet("secure HTTP", Scheme.HTTP, "\"http://a:8?isSecure=true\"", "https://a:8"),
				argumentSet("secure gRPC", Scheme.HTTP, "\"grpc://a:9?x=1&isSecure=true\"", "grpcs://a:9"),
				argumentSet("a path", Scheme.HTTP, "\"http://a:8/api/?isSecure=true\"", "https://a:8/api"),
				argumentSet("not secure", Scheme.HTTP, "\"http://a:8?isSecure=false\"", "http://a:8"),
				argumentSet("protocols of the project's own", Scheme.HTTP, "\"ws://a:7\",\"kafka:x\",\"http://a:8\"",
						"http://a:8"),
				argumentSet("IPv6", Scheme.HTTP, "\"http://[fd00::5]:8\"", "http://[fd00::5]:8"));
	}

	@ParameterizedTest
	@MethodSource("endpoints")
	void readChoosesOneEndpoint(Scheme defaultScheme, String endpoints, String chosen) {
		ParsedRecord parsed = RecordReader.of("kratos", "/microservices/", defaultScheme)
			.read(RecordReaderTests.raw("/microservices/helloworld/7f9c", "{\"endpoints\":[" + endpoints + "]}"));
		assertThat(((ParsedRecord.Registered) parsed).instances()).singleElement()
			.extracting(Instance::endpoint)
			.hasToString(chosen);
	}

	@ParameterizedTest
	@CsvSource({ "10,10", "0,0", "-5,100", "heavy,100", "99999999999,100" })
	void readTakesTheWeightFromTheMetadataAsKratosDoes(String written, int weight) {
		assertThat(RecordReaderTests
			.instance(read("{\"metadata\":{\"weight\":\"" + written + "\"},\"endpoints\":[\"http://a:8\"]}"))
			.weight()).isEqualTo(weight);
	}

	@ParameterizedTest
	@CsvSource({ "10.0,10", "7,7", "2.5,100", "1e999999999,100" })
	void readTakesAWeightThatIsNoTextIfItIsWhole(String written, int weight) {
		assertThat(RecordReaderTests
			.instance(read("{\"metadata\":{\"weight\":" + written + "},\"endpoints\":[\"http://a:8\"]}"))
			.weight()).isEqualTo(weight);
	}

	@Test
	void readWhenTheKeyHasMoreSegmentsThanTheNameNamesTheServiceByTheKey() {
		ParsedRecord parsed = RecordReader.of("kratos", "/", Scheme.HTTP)
			.read(RecordReaderTests.raw("/microservices/helloworld/7f9c",
					"{\"name\":\"helloworld\",\"endpoints\":[\"http://a:8\"]}"));
		assertThat(((ParsedRecord.Registered) parsed).service()).hasToString("microservices-helloworld");
	}

	@Test
	void readWhenTheNameDisagreesWithTheKeyIsUnreadable() {
		assertThat(RecordReaderTests.reason(read("{\"name\":\"world\",\"endpoints\":[\"http://a:8\"]}")))
			.isEqualTo("name: \"world\" (expected: \"helloworld\" as in the key)");
	}

	static Stream<Arguments> unreadable() {
		return Stream.of(argumentSet("no endpoints", "{\"name\":\"helloworld\"}", "endpoints: \"\""),
				argumentSet("empty endpoints", "{\"endpoints\":[]}", "at least one"),
				argumentSet("foreign endpoints alone", "{\"endpoints\":[\"ws://a:7\"]}", "at least one"),
				argumentSet("endpoints of another type", "{\"endpoints\":[{\"name\":\"x\"}]}", "a list of URLs"),
				argumentSet("endpoint with a bad port", "{\"endpoints\":[\"http://a:99999\"]}", "port 1 to 65535"),
				argumentSet("endpoint that steps up", "{\"endpoints\":[\"http://a:8/../b\"]}", "no dot segment"),
				argumentSet("version of another type", "{\"version\":1,\"endpoints\":[\"http://a:8\"]}", "a string"),
				argumentSet("metadata of another type", "{\"metadata\":[],\"endpoints\":[\"http://a:8\"]}",
						"an object"));
	}

	@ParameterizedTest
	@MethodSource("unreadable")
	void readWhenAMemberIsWrongIsUnreadable(String value, String reason) {
		assertThat(RecordReaderTests.reason(read(value))).contains(reason);
	}

	private static ParsedRecord read(String value) {
		return RecordReader.of("kratos", "/microservices/", Scheme.HTTP)
			.read(RecordReaderTests.raw("/microservices/helloworld/7f9c", value));
	}

}
