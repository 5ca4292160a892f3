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
 * Tests for {@link DubboFormat}.
 */
class DubboFormatTests {

	private static final String SOUND = "\"ServiceName\":\"greeter\",\"Host\":\"10.0.0.5\",\"Port\":20000";

	@Test
	void readTakesWhatDubboGoWrites() {
		Instance instance = RecordReaderTests.instance(read("""
				{"ID":"10.0.0.5:20000","ServiceName":"greeter","Host":"10.0.0.5","Port":20000,"Weight":50,"Enable":true,
				 "Healthy":true,"Metadata":{"dubbo.metadata.revision":"1"},"ServiceMetadata":{"app":"greeter"},
				 "Address":"","GroupName":"","Tag":"blue"}"""));
		assertThat(instance.id()).isEqualTo("10.0.0.5:20000");
		assertThat(instance.endpoint()).hasToString("http://10.0.0.5:20000");
		assertThat(instance.weight()).isEqualTo(50);
		assertThat(instance.metadata()).isEqualTo(Map.of("dubbo.metadata.revision", "1", "tag", "blue"));
	}

	@Test
	void readTakesWhatJavaWrites() {
		assertThat(RecordReaderTests.instance(read("""
				{"serviceName":"greeter","host":"10.0.0.5","port":20880,"enabled":true,"healthy":true,
				 "metadata":{"dubbo.endpoints":"[{\\"port\\":20880,\\"protocol\\":\\"tri\\"}]"}}""")).endpoint())
			.hasToString("grpc://10.0.0.5:20880");
	}

	@ParameterizedTest
	@CsvSource({ "Enable,enabled", "Healthy,healthy", "enabled,enabled", "healthy,healthy" })
	void readWhenNotEnabledOrNotHealthyIsIgnored(String member, String reason) {
		String sound = Character.isLowerCase(member.charAt(0))
				? "\"serviceName\":\"greeter\",\"host\":\"10.0.0.5\",\"port\":1" : SOUND;
		assertThat(read("{" + sound + ",\"" + member + "\":false}"))
			.isEqualTo(new ParsedRecord.Ignored("the instance says that it is not " + reason));
	}

	@ParameterizedTest
	@CsvSource({ "0,100", "-1,100", "1,1", "200,200" })
	void readTakesAWeightThatIsNotPositiveForTheDefaultAsDubboDoes(int written, int weight) {
		assertThat(RecordReaderTests.instance(read("{" + SOUND + ",\"Weight\":" + written + "}")).weight())
			.isEqualTo(weight);
	}

	static Stream<Arguments> endpoints() {
		return Stream.of(
				argumentSet("HTTP before gRPC for a source of HTTP", Scheme.HTTP, "tri:1,rest:2", "http://10.0.0.5:2"),
				argumentSet("gRPC before HTTP for a source of gRPC", Scheme.GRPC, "rest:2,tri:1", "grpc://10.0.0.5:1"),
				argumentSet("what can be routed to", Scheme.HTTP, "dubbo:3,tri:1", "grpc://10.0.0.5:1"));
	}

	@ParameterizedTest
	@MethodSource("endpoints")
	void readChoosesOneOfTheEndpointsInTheMetadata(Scheme scheme, String endpoints, String chosen) {
		assertThat(RecordReaderTests.instance(read(scheme, withEndpoints(endpoints))).endpoint()).hasToString(chosen);
	}

	@Test
	void readWhenNoEndpointCanBeRoutedToIsIgnored() {
		assertThat(read(withEndpoints("dubbo:20000")))
			.isEqualTo(new ParsedRecord.Ignored("the instance speaks neither HTTP nor gRPC (Triple)"));
	}

	static Stream<Arguments> unreadable() {
		return Stream.of(
				argumentSet("another name", "{\"ServiceName\":\"world\",\"Host\":\"a\",\"Port\":1}", "as in the key"),
				argumentSet("no port", "{\"ServiceName\":\"greeter\",\"Host\":\"a\"}", "port: \"\""),
				argumentSet("port 0", "{\"ServiceName\":\"greeter\",\"Host\":\"a\",\"Port\":0}", "from 1 to 65535"),
				argumentSet("no host", "{\"ServiceName\":\"greeter\",\"Port\":1}", "Host: \"\""),
				argumentSet("a truth value as text", "{" + SOUND + ",\"Enable\":\"false\"}", "true or false"),
				argumentSet("endpoints that are none", "{" + SOUND + ",\"Metadata\":{\"dubbo.endpoints\":\"tri\"}}",
						"dubbo.endpoints: \"tri\" (expected: a JSON list"),
				argumentSet("an endless port", "{" + SOUND
						+ ",\"Metadata\":{\"dubbo.endpoints\":\"[{\\\"port\\\":1e999999999,\\\"protocol\\\":\\\"tri\\\"}]\"}}",
						"from 1 to 65535"));
	}

	@ParameterizedTest
	@MethodSource("unreadable")
	void readWhenAMemberIsWrongIsUnreadable(String value, String reason) {
		assertThat(RecordReaderTests.reason(read(value))).contains(reason);
	}

	private static String withEndpoints(String endpoints) {
		String list = Stream.of(endpoints.split(",", -1))
			.map((endpoint) -> "{\\\"protocol\\\":\\\"%s\\\",\\\"port\\\":%s}"
				.formatted((Object[]) endpoint.split(":", -1)))
			.reduce((one, other) -> one + "," + other)
			.orElse("");
		return "{" + SOUND + ",\"Metadata\":{\"dubbo.endpoints\":\"[" + list + "]\"}}";
	}

	private static ParsedRecord read(String value) {
		return read(Scheme.HTTP, value);
	}

	private static ParsedRecord read(Scheme scheme, String value) {
		return RecordReader.of("dubbo", "/services/", scheme)
			.read(RecordReaderTests.raw("/services/greeter/10.0.0.5:20000", value));
	}

}
