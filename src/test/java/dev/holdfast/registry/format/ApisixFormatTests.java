package dev.holdfast.registry.format;

import java.util.List;
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
 * Tests for {@link ApisixFormat}.
 */
class ApisixFormatTests {

	@Test
	void readTakesEveryNodeOfAnObjectForAnInstance() {
		assertThat(instances("{\"nodes\":{\"10.0.0.5:80\":100,\"[fd00::6]:81\":0,\"orders.example.org\":1}}"))
			.extracting((instance) -> instance.id() + " " + instance.endpoint() + " " + instance.weight())
			.containsExactly("10.0.0.5:80 http://10.0.0.5:80 100", "[fd00::6]:81 http://[fd00::6]:81 0",
					"orders.example.org:80 http://orders.example.org:80 1");
	}

	@Test
	void readTakesEveryNodeOfAListForAnInstance() {
		assertThat(instances("""
				{"scheme":"https","nodes":[{"host":"10.0.0.5","port":8443,"weight":3,"metadata":{"a":"b"}},
				 {"host":"[fd00::6]","weight":1}]}"""))
			.extracting((instance) -> instance.endpoint() + " " + instance.weight() + " " + instance.metadata())
			.containsExactly("https://10.0.0.5:8443 3 {a=b}", "https://[fd00::6]:443 1 {}");
	}

	@Test
	void readGivesSpareNodesNoTraffic() {
		assertThat(instances("""
				{"nodes":[{"host":"a","port":1,"weight":5,"priority":1},{"host":"b","port":1,"weight":5},
				 {"host":"c","port":1,"weight":5,"priority":-1}]}"""))
			.extracting((instance) -> instance.weight() + " " + instance.metadata())
			.containsExactly("5 {priority=1}", "0 {}", "0 {priority=-1}");
	}

	@Test
	void readWhenAnAddressIsListedTwiceTakesTheLast() {
		assertThat(instances(
				"{\"nodes\":[{\"host\":\"a\",\"port\":1,\"weight\":1},{\"host\":\"a\",\"port\":1,\"weight\":2}]}"))
			.singleElement()
			.extracting(Instance::weight)
			.isEqualTo(2);
	}

	static Stream<Arguments> services() {
		return Stream.of(argumentSet("name first", "\"name\":\"orders\",\"id\":\"7\",", "orders"),
				argumentSet("a name with a slash", "\"name\":\"shop/orders\",", "shop-orders"),
				argumentSet("a name that can name no service", "\"name\":\"my orders\",\"id\":\"7\",", "7"),
				argumentSet("id", "\"id\":\"7\",", "7"), argumentSet("id as a number", "\"id\":7,", "7"),
				argumentSet("neither", "", "1"));
	}

	@ParameterizedTest
	@MethodSource("services")
	void readNamesTheServiceByNameOrIdOrKey(String members, String service) {
		ParsedRecord parsed = read("{" + members + "\"nodes\":{\"a:1\":1}}");
		assertThat(((ParsedRecord.Registered) parsed).service()).hasToString(service);
	}

	static Stream<Arguments> ignored() {
		return Stream.of(
				argumentSet("found by discovery",
						"{\"type\":\"roundrobin\",\"service_name\":\"ORDERS\",\"discovery_type\":\"eureka\"}",
						"found by the discovery \"eureka\""),
				argumentSet("no nodes in an object", "{\"nodes\":{}}", "no nodes"),
				argumentSet("no nodes in a list", "{\"nodes\":[]}", "no nodes"),
				argumentSet("not HTTP", "{\"scheme\":\"kafka\",\"nodes\":{\"a:1\":1}}", "speaks \"kafka\""),
				argumentSet("a folder", "init_dir", "folder"));
	}

	@ParameterizedTest
	@MethodSource("ignored")
	void readWhenAnUpstreamHasNothingToRouteToIsIgnored(String value, String reason) {
		assertThat(read(value)).isInstanceOfSatisfying(ParsedRecord.Ignored.class,
				(ignored) -> assertThat(ignored.reason()).contains(reason));
	}

	@ParameterizedTest
	@CsvSource({ "routes", "services", "ssls", "consumers", "global_rules" })
	void readWhenTheKeyIsOfAnotherKindIsIgnored(String kind) {
		assertThat(RecordReader.of("auto", "/apisix/", Scheme.HTTP)
			.read(RecordReaderTests.raw("/apisix/" + kind + "/1", "{\"host\":\"a\",\"nodes\":{\"a:1\":1}}")))
			.isEqualTo(new ParsedRecord.Ignored("of APISIX, but not an upstream"));
	}

	static Stream<Arguments> unreadable() {
		return Stream.of(argumentSet("no nodes", "{\"type\":\"roundrobin\"}", "nodes: \"\""),
				argumentSet("nodes of another type", "{\"nodes\":\"a:1\"}", "an object of addresses"),
				argumentSet("a node of another type", "{\"nodes\":[\"a:1\"]}", "a list of objects"),
				argumentSet("a path", "{\"nodes\":{\"a:1/b\":1}}", "nodes: \"a:1/b\" (expected: host:port or host)"),
				argumentSet("a weight with a fraction", "{\"nodes\":{\"a:1\":1.50}}", "weight: \"1.50\""),
				argumentSet("a negative weight", "{\"nodes\":{\"a:1\":-1}}", "a whole number"),
				argumentSet("a weight as text", "{\"nodes\":{\"a:1\":\"1\"}}", "a whole number"),
				argumentSet("a host that is none", "{\"nodes\":{\"*\":1}}", "nodes: \"http://*\""),
				argumentSet("a node without host", "{\"nodes\":[{\"port\":1,\"weight\":1}]}", "host: \"\""),
				argumentSet("a node with a bad port", "{\"nodes\":[{\"host\":\"a\",\"port\":70000,\"weight\":1}]}",
						"from 1 to 65535"),
				argumentSet("a line feed in an address", "{\"nodes\":{\"a:1/\\nWARN forged\":-1}}", "weight: \"-1\""),
				argumentSet("not JSON", "10.0.0.5:80", "a JSON object"));
	}

	@ParameterizedTest
	@MethodSource("unreadable")
	void readWhenAMemberIsWrongIsUnreadable(String value, String reason) {
		assertThat(RecordReaderTests.reason(read(value))).contains(reason);
	}

	@Test
	void readWhenARecordHasAThousandNodesTakesThemAndNoMore() {
		assertThat(instances("{\"nodes\":{" + nodes(1_000) + "}}")).hasSize(1_000)
			.extracting(Instance::id)
			.doesNotHaveDuplicates();
		assertThat(RecordReaderTests.reason(read("{\"nodes\":{" + nodes(1_001) + "}}")))
			.isEqualTo("nodes: 1001 instances in one record (expected: at most 1000)");
		assertThat(RecordReaderTests.reason(read("{\"nodes\":{" + nodes(60_000) + "}}"))).startsWith("value: ")
			.endsWith("bytes (expected: at most 65536)");
	}

	private static String nodes(int count) {
		StringBuilder nodes = new StringBuilder();
		for (int i = 1; i <= count; i++) {
			nodes.append((i == 1) ? "" : ",").append("\"a:").append(i).append("\":1");
		}
		return nodes.toString();
	}

	private static List<Instance> instances(String value) {
		return ((ParsedRecord.Registered) read(value)).instances();
	}

	private static ParsedRecord read(String value) {
		return RecordReader.of("apisix", "/apisix/upstreams/", Scheme.HTTP)
			.read(RecordReaderTests.raw("/apisix/upstreams/1", value));
	}

}
