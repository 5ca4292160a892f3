package dev.holdfast.registry.format;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Scheme;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * Tests that every format is recognised, and that none is taken for another.
 */
class FormatsInTheWildTests {

	@Test
	void everyFormatHasARecordHere() {
		assertThat(WildRecord.ALL).extracting(WildRecord::format)
			.containsAll(RecordReader.formatNames().stream().filter((name) -> !name.equals("auto")).toList());
	}

	@ParameterizedTest
	@ValueSource(strings = { "README.md", "docs/formats.md" })
	void everyFormatIsDescribed(String page) {
		assertThat(Path.of(page)).content()
			.contains(RecordReader.formatNames().stream().map("`%s`"::formatted).toList());
	}

	@ParameterizedTest
	@FieldSource("dev.holdfast.registry.format.WildRecord#ALL")
	void aRecordMeansTheSameToAutoAndToItsOwnFormat(WildRecord wild) {
		for (String format : List.of("auto", wild.format())) {
			ParsedRecord parsed = RecordReader.of(format, wild.prefix(), Scheme.HTTP).read(wild.raw());
			assertThat(parsed).as(format).isInstanceOfSatisfying(ParsedRecord.Registered.class, (registered) -> {
				assertThat(registered.service()).hasToString(wild.service());
				Instance instance = registered.instances().getFirst();
				assertThat(registered.instances()).hasSize(1);
				assertThat(instance.registration().format()).isEqualTo(wild.format());
				assertThat(instance.id()).isEqualTo(wild.id());
				assertThat(instance.endpoint()).hasToString(wild.endpoint());
				assertThat(instance.weight()).isEqualTo(wild.weight());
			});
		}
	}

	@ParameterizedTest
	@FieldSource("dev.holdfast.registry.format.WildRecord#ALL")
	void aRecordIsRecognisedUnderTheRootAsWell(WildRecord wild) {
		ParsedRecord parsed = RecordReader.of("auto", "/", Scheme.HTTP)
			.read(new WildRecord(wild.format(), "/", "/" + wild.key().replaceFirst("^/", ""), wild.value(), "", "", "",
					0)
				.raw());
		assertThat(RecordReaderTests.instance(parsed).registration().format()).isEqualTo(wild.format());
	}

	static Stream<Arguments> lookalikes() {
		return Stream.of(argumentSet("JSON with weight, network and tags beside its url",
				"{\"url\":\"http://a:1\",\"address\":\"a:1\",\"network\":\"tcp\",\"weight\":1,\"tags\":null}", "json"),
				argumentSet("JSON with ttl and priority",
						"{\"host\":\"a\",\"port\":1,\"priority\":10,\"weight\":5,\"ttl\":60}", "json"),
				argumentSet("JSON with nodes", "{\"url\":\"a:1\",\"nodes\":{\"x\":1}}", "json"),
				argumentSet("JSON with a service's name",
						"{\"host\":\"a\",\"port\":1,\"serviceName\":\"orders\",\"enabled\":true}", "json"),
				argumentSet("JSON with address and tags", "{\"address\":\"a:1\",\"tags\":{\"weight\":\"5\"}}", "json"),
				argumentSet("APISIX under another key", "{\"type\":\"roundrobin\",\"nodes\":{\"10.0.0.5:80\":1}}",
						"apisix"),
				argumentSet("APISIX with a name and a list",
						"{\"name\":\"orders\",\"nodes\":[{\"host\":\"a\",\"port\":1,\"weight\":1}]}", "apisix"),
				argumentSet("go-micro with several nodes",
						"{\"name\":\"orders\",\"nodes\":[{\"id\":\"x\",\"address\":\"a:1\"},{\"id\":\"y\",\"address\":\"b:1\"}]}",
						"go-micro"),
				argumentSet("Kitex under a prefix of its own",
						"{\"network\":\"tcp\",\"address\":\"a:1\",\"weight\":0,\"tags\":{\"a\":\"b\"}}", "kitex"),
				argumentSet("Dubbo of Java",
						"{\"serviceName\":\"orders\",\"host\":\"a\",\"port\":1,\"enabled\":true,\"healthy\":true,\"metadata\":{}}",
						"dubbo"));
	}

	@ParameterizedTest
	@MethodSource("lookalikes")
	void aRecordThatLooksLikeAnotherFormatIsTakenForItsOwn(String value, String format) {
		ParsedRecord parsed = RecordReader.of("auto", "/services/", Scheme.HTTP)
			.read(RecordReaderTests.raw("/services/orders/a", value));
		assertThat(RecordReaderTests.instance(parsed).registration().format()).isEqualTo(format);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/skydns/orders/a", "/traefik/orders/a", "/dubbo/orders/a", "/apisix/orders/a",
			"/hertz/registry-etcd/orders/a" })
	void genericJsonInAProjectsFolderIsStillGenericJson(String key) {
		ParsedRecord parsed = RecordReader.of("auto", "/", Scheme.HTTP)
			.read(RecordReaderTests.raw(key, "{\"url\":\"http://10.0.0.5:8080\",\"weight\":1}"));
		assertThat(RecordReaderTests.instance(parsed).registration().format()).isEqualTo("json");
	}

	@Test
	void aServiceThatIsNamedLikeAProjectIsNotTakenForOneOfItsRecords() {
		Map<String, String> sound = Map.of("/services/traefik/http", "plain", "/services/dubbo/a", "plain",
				"/services/apisix/upstreams", "plain", "/traefik/orders/a", "plain", "/dubbo/orders/a", "plain",
				"/apisix/orders/a", "plain", "/services/providers/a", "plain", "/services/orders/42", "plain");
		assertThat(sound).allSatisfy((key, format) -> {
			ParsedRecord parsed = RecordReader.of("auto", "/", Scheme.HTTP)
				.read(RecordReaderTests.raw(key, "10.0.0.5:8080"));
			assertThat(RecordReaderTests.instance(parsed).registration().format()).as(key).isEqualTo(format);
		});
	}

}
