package dev.holdfast.registry.format;

import java.util.List;
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
 * Tests for {@link GoMicroFormat}.
 */
class GoMicroFormatTests {

	private static final String KEY = "/micro/registry/greeter/greeter-1";

	@Test
	void readTakesEveryNodeForAnInstance() {
		ParsedRecord parsed = read(KEY, """
				{"name":"greeter","version":"1.2","metadata":{"of":"service"},"endpoints":[{"name":"Greeter.Hello"}],
				 "nodes":[{"id":"greeter-1","address":"10.0.0.5:8080","metadata":{"zone":"a"}},
				          {"id":"greeter-2","address":"[fd00::6]:8080","metadata":null}]}""");
		List<Instance> instances = ((ParsedRecord.Registered) parsed).instances();
		assertThat(instances).extracting(Instance::id).containsExactly("greeter-1", "greeter-2");
		assertThat(instances).extracting(Instance::version).containsOnly("1.2");
		assertThat(instances.getFirst().metadata()).isEqualTo(Map.of("zone", "a"));
		assertThat(instances.getLast().endpoint()).hasToString("http://[fd00::6]:8080");
		assertThat(instances.getLast().metadata()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "grpc,grpc", "http,http", "https,https", "mucp,http" })
	void readTakesTheSchemeFromTheNodesProtocol(String protocol, String scheme) {
		assertThat(RecordReaderTests.instance(read(KEY, node("{\"protocol\":\"" + protocol + "\"}"))).endpoint())
			.hasToString(scheme + "://10.0.0.5:8080");
	}

	static Stream<Arguments> unroutable() {
		return Stream.of(argumentSet("another protocol", "{\"protocol\":\"nats\"}"),
				argumentSet("mucp within something else than HTTP", "{\"protocol\":\"mucp\",\"transport\":\"nats\"}"),
				argumentSet("a subscription to the broker", "{\"broker\":\"http\",\"topic\":\"events\"}"));
	}

	@ParameterizedTest
	@MethodSource("unroutable")
	void readWhenNoNodeSpeaksHttpOrGrpcIsIgnored(String metadata) {
		assertThat(read(KEY, node(metadata))).isEqualTo(new ParsedRecord.Ignored("no node speaks HTTP or gRPC"));
	}

	@Test
	void readWhenOneOfTwoNodesSpeaksSomethingElseTakesTheOther() {
		ParsedRecord parsed = read(KEY, """
				{"name":"greeter","nodes":[{"id":"a","address":"a:1","metadata":{"protocol":"nats"}},
				 {"id":"b","address":"b:2","metadata":{"protocol":"http"}}]}""");
		assertThat(((ParsedRecord.Registered) parsed).instances()).extracting(Instance::id).containsExactly("b");
	}

	@Test
	void readWhenTheNameHasSlashesComparesItWithTheDashesOfTheKey() {
		ParsedRecord parsed = read("/micro/registry/shop-greeter/shop-greeter-1",
				"{\"name\":\"shop/greeter\",\"nodes\":[{\"id\":\"shop/greeter-1\",\"address\":\"a:1\"}]}");
		assertThat(((ParsedRecord.Registered) parsed).service()).hasToString("shop-greeter");
		assertThat(RecordReaderTests.instance(parsed).id()).isEqualTo("shop/greeter-1");
	}

	@Test
	void readWhenNodesHaveNoIdNamesThemByKeyOrAddress() {
		assertThat(RecordReaderTests.instance(read(KEY, "{\"nodes\":[{\"address\":\"a:1\"}]}")).id())
			.isEqualTo("greeter-1");
		ParsedRecord two = read(KEY, "{\"nodes\":[{\"address\":\"a:1\"},{\"address\":\"b:2\"}]}");
		assertThat(((ParsedRecord.Registered) two).instances()).extracting(Instance::id).containsExactly("a:1", "b:2");
	}

	@Test
	void readWhenTwoNodesClaimOneIdTakesTheLastAsGoMicroDoes() {
		ParsedRecord parsed = read(KEY,
				"{\"nodes\":[{\"id\":\"x\",\"address\":\"a:1\"},{\"id\":\"x\",\"address\":\"b:2\"}]}");
		assertThat(((ParsedRecord.Registered) parsed).instances()).singleElement()
			.extracting(Instance::endpoint)
			.hasToString("http://b:2");
	}

	static Stream<Arguments> unreadable() {
		return Stream.of(argumentSet("no nodes", "{\"name\":\"greeter\"}", "nodes: \"\" (expected: a list"),
				argumentSet("empty nodes", "{\"nodes\":[]}", "at least one node"),
				argumentSet("null for nodes", "{\"nodes\":null}", "at least one node"),
				argumentSet("a node of another type", "{\"nodes\":[\"a:1\"]}", "a list of objects"),
				argumentSet("a node without address", "{\"nodes\":[{\"id\":\"x\"}]}", "address: \"\""),
				argumentSet("a node with a bad port", "{\"nodes\":[{\"address\":\"a:99999\"}]}", "port 1 to 65535"),
				argumentSet("another name", "{\"name\":\"world\",\"nodes\":[{\"address\":\"a:1\"}]}",
						"\"greeter\" as in the key"),
				argumentSet("half a character in the id", "{\"nodes\":[{\"id\":\"\\ud800\",\"address\":\"a:1\"}]}",
						"whole Unicode characters"));
	}

	@ParameterizedTest
	@MethodSource("unreadable")
	void readWhenAMemberIsWrongIsUnreadable(String value, String reason) {
		assertThat(RecordReaderTests.reason(read(KEY, value))).contains(reason);
	}

	private static String node(String metadata) {
		return "{\"name\":\"greeter\",\"nodes\":[{\"id\":\"x\",\"address\":\"10.0.0.5:8080\",\"metadata\":" + metadata
				+ "}]}";
	}

	private static ParsedRecord read(String key, String value) {
		return RecordReader.of("go-micro", "/micro/registry/", Scheme.HTTP).read(RecordReaderTests.raw(key, value));
	}

}
