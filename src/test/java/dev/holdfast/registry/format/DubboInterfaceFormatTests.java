package dev.holdfast.registry.format;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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
 * Tests for {@link DubboInterfaceFormat}.
 */
class DubboInterfaceFormatTests {

	private static final String URL = "tri://10.0.0.5:20000/org.example.Greeter";

	@Test
	void readTakesEverythingFromTheKey() {
		Instance instance = RecordReaderTests
			.instance(read(URL + "?version=1.0.0&weight=50&zone=a&side=provider&methods=SayHello,SayBye"));
		assertThat(instance.id()).isEqualTo("10.0.0.5:20000");
		assertThat(instance.endpoint()).hasToString("grpc://10.0.0.5:20000");
		assertThat(instance.version()).isEqualTo("1.0.0");
		assertThat(instance.zone()).isEqualTo("a");
		assertThat(instance.weight()).isEqualTo(50);
		assertThat(instance.metadata()).isEqualTo(Map.of("version", "1.0.0", "weight", "50", "zone", "a", "side",
				"provider", "methods", "SayHello,SayBye"));
	}

	@ParameterizedTest
	@CsvSource({ "tri,grpc", "grpc,grpc", "rest,http", "http,http", "https,https" })
	void readTranslatesTheProtocol(String protocol, String scheme) {
		assertThat(RecordReaderTests.instance(read(protocol + "://a:1/x")).endpoint()).hasToString(scheme + "://a:1");
	}

	@Test
	void readWhenSslIsEnabledTakesTls() {
		assertThat(RecordReaderTests.instance(read(URL + "?ssl-enabled=true")).endpoint().scheme())
			.isEqualTo(Scheme.GRPCS);
	}

	@ParameterizedTest
	@CsvSource({ "0,0", "7,7", "-1,100", "many,100", "'',100" })
	void readTakesTheWeightFromTheUrl(String written, int weight) {
		assertThat(RecordReaderTests.instance(read(URL + "?weight=" + written)).weight()).isEqualTo(weight);
	}

	static Stream<Arguments> ignored() {
		return Stream.of(argumentSet("a protocol that is not HTTP", "dubbo://10.0.0.5:20880/x", "speaks \"dubbo\""),
				argumentSet("not enabled", URL + "?enabled=false", "not enabled"),
				argumentSet("disabled", URL + "?disabled=true", "disabled"),
				argumentSet("of another category", "tri://a:1/x?category=configurators", "configurators"));
	}

	@ParameterizedTest
	@MethodSource("ignored")
	void readWhenTheUrlIsNotOfAProviderToRouteToIsIgnored(String url, String reason) {
		assertThat(read(url)).isInstanceOfSatisfying(ParsedRecord.Ignored.class,
				(ignored) -> assertThat(ignored.reason()).contains(reason));
	}

	@ParameterizedTest
	@CsvSource({ "/dubbo/org.example.Greeter/consumers/consumer%3A%2F%2F10.0.0.6%2Forg.example.Greeter",
			"/dubbo/org.example.Greeter/configurators/override%3A%2F%2F0.0.0.0%2Forg.example.Greeter",
			"/dubbo/org.example.Greeter/routers/condition%3A%2F%2F0.0.0.0%2Forg.example.Greeter",
			"/dubbo/org.example.Greeter/providers", "/dubbo/org.example.Greeter",
			"/dubbo/metadata/org.example.Greeter/provider", "/dubbo/mapping/org.example.Greeter" })
	void readWhenTheKeyIsNotOfAProviderIsIgnored(String key) {
		for (String format : new String[] { "auto", "dubbo-interface" }) {
			assertThat(read(format, "/dubbo/", key)).as(format).isInstanceOf(ParsedRecord.Ignored.class);
		}
	}

	static Stream<Arguments> services() {
		return Stream.of(argumentSet("below the prefix", "/dubbo/", "org.example.Greeter"),
				argumentSet("with the folder", "/", "dubbo-org.example.Greeter"),
				argumentSet("part of the prefix", "/dubbo/org.example.Greeter/", "org.example.Greeter"),
				argumentSet("part of the prefix with its category", "/dubbo/org.example.Greeter/providers/",
						"org.example.Greeter"));
	}

	@ParameterizedTest
	@MethodSource("services")
	void readNamesTheServiceByTheInterface(String prefix, String service) {
		ParsedRecord parsed = read("auto", prefix, "/dubbo/org.example.Greeter/providers/" + encoded(URL));
		assertThat(((ParsedRecord.Registered) parsed).service()).hasToString(service);
	}

	@Test
	void readDecodesTheInterfaceOfTheKey() {
		ParsedRecord parsed = read("auto", "/dubbo/", "/dubbo/org.example.Outer%24Inner/providers/" + encoded(URL));
		assertThat(((ParsedRecord.Registered) parsed).service()).hasToString("org.example.Outer$Inner");
	}

	@Test
	void readDecodesTheUrlOnce() {
		assertThat(RecordReaderTests.instance(read(URL + "?a=%2525&b=c%26d")).metadata())
			.isEqualTo(Map.of("a", "%2525", "b", "c%26d"));
	}

	static Stream<Arguments> unreadable() {
		return Stream.of(argumentSet("not encoded soundly", "tri%3A%2F%2Fa%3A1%zz", "a URL-encoded text"),
				argumentSet("cut off", "tri%3A%2F%2Fa%3A1%2", "a URL-encoded text"),
				argumentSet("not a URL", "10.0.0.5%3A20000", "a URL in the last segment"),
				argumentSet("a bad port", "tri%3A%2F%2Fa%3A99999%2F", "port 1 to 65535"),
				argumentSet("no host", "tri%3A%2F%2F%3A1%2F", "host:port"),
				argumentSet("nothing", "", "an instance behind the last slash"),
				argumentSet("endless", "tri%3A%2F%2Fa%3A1%2F" + "x".repeat(20_000), "(expected: at most 16384)"));
	}

	@ParameterizedTest
	@MethodSource("unreadable")
	void readWhenTheUrlIsWrongIsUnreadable(String segment, String reason) {
		assertThat(RecordReaderTests
			.reason(read("dubbo-interface", "/dubbo/", "/dubbo/org.example.Greeter/providers/" + segment)))
			.contains(reason);
	}

	private static ParsedRecord read(String url) {
		return read("dubbo-interface", "/dubbo/", "/dubbo/org.example.Greeter/providers/" + encoded(url));
	}

	private static ParsedRecord read(String format, String prefix, String key) {
		return RecordReader.of(format, prefix, Scheme.HTTP).read(RecordReaderTests.raw(key, ""));
	}

	private static String encoded(String url) {
		return URLEncoder.encode(url, StandardCharsets.UTF_8);
	}

}
