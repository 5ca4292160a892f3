package dev.holdfast.registry.format;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Scheme;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * Tests for {@link RecordReader} and what all formats have in common.
 */
class RecordReaderTests {

	private static final String SOUND = "10.0.0.5:8080";

	private static final List<String> NAMES = List.of("traefik", "dubbo-interface", "skydns", "apisix", "grpc",
			"go-micro", "kratos", "dubbo", "hertz", "kitex", "json", "go-zero", "plain");

	@Test
	void ofWhenFormatIsUnknownNamesTheKnownOnes() {
		assertThatIllegalArgumentException().isThrownBy(() -> RecordReader.of("consul", "/services/", Scheme.HTTP))
			.withMessage("format: \"consul\" (expected: one of auto, %s)".formatted(String.join(", ", NAMES)));
	}

	@Test
	void formatNamesAreAllAccepted() {
		assertThat(RecordReader.formatNames()).startsWith("auto")
			.containsAll(NAMES)
			.hasSize(NAMES.size() + 1)
			.allSatisfy((name) -> assertThat(RecordReader.of(name, "/services/", Scheme.HTTP)).isNotNull());
	}

	@Test
	void readCarriesTheRecordsOriginIntoTheRegistration() {
		RawRecord raw = new RawRecord("/services/orders/a", bytes(SOUND), 3, 5, 7, Registration.Origin.LIST);
		assertThat(instance(RecordReader.of("auto", "/services/", Scheme.HTTP).read(raw)).registration())
			.isEqualTo(new Registration("/services/orders/a", "plain", 3, 5, 7, Registration.Origin.LIST));
	}

	static Stream<Arguments> keys() {
		return Stream.of(argumentSet("one segment", "/services/", "/services/orders/a", "orders", "a"),
				argumentSet("inner slashes become dashes", "/services/", "/services/shop/eu/orders/a", "shop-eu-orders",
						"a"),
				argumentSet("prefix without slash", "/services", "/services/orders/a", "orders", "a"),
				argumentSet("no prefix", "", "user.rpc/7587870460981677575", "user.rpc", "7587870460981677575"),
				argumentSet("leading slash and no prefix", "", "/orders/a", "orders", "a"),
				argumentSet("address as id", "openim/", "openim/user-rpc-service/10.0.0.5:10110", "user-rpc-service",
						"10.0.0.5:10110"),
				argumentSet("id with spaces and other scripts", "/s/", "/s/заказы/один два", "заказы", "один два"));
	}

	@ParameterizedTest
	@MethodSource("keys")
	void readTakesServiceAndIdFromTheKey(String prefix, String key, String service, String id) {
		ParsedRecord parsed = RecordReader.of("auto", prefix, Scheme.HTTP).read(raw(key, SOUND));
		assertThat(((ParsedRecord.Registered) parsed).service().value()).isEqualTo(service);
		assertThat(instance(parsed).id()).isEqualTo(id);
	}

	static Stream<Arguments> keysThatNameNothing() {
		return Stream.of(argumentSet("no service section", "/services/a"),
				argumentSet("empty service section", "/services//a"), argumentSet("no instance", "/services/orders/"),
				argumentSet("white space in the service", "/services/or ders/a"),
				argumentSet("line feed in the service", "/services/or\nders/a"),
				argumentSet("service too long", "/services/" + "o".repeat(254) + "/a"));
	}

	@ParameterizedTest
	@MethodSource("keysThatNameNothing")
	void readWhenKeyNamesNoServiceAndInstanceIsUnreadable(String key) {
		assertThat(reason(RecordReader.of("auto", "/services/", Scheme.HTTP).read(raw(key, SOUND))))
			.startsWith("key: \"/services/")
			.contains("(expected: ")
			.hasSizeLessThan(300)
			.doesNotContain("\n");
	}

	static Stream<Arguments> keysOfNoConcern() {
		return Stream.of(argumentSet("the prefix", "/services/"), argumentSet("the prefix without slash", "/services"),
				argumentSet("another folder", "/other/orders/a"),
				argumentSet("another folder that begins alike", "/services-old/orders/a"));
	}

	@ParameterizedTest
	@MethodSource("keysOfNoConcern")
	void readWhenKeyIsNotUnderThePrefixIsIgnored(String key) {
		assertThat(RecordReader.of("auto", "/services", Scheme.HTTP).read(raw(key, SOUND)))
			.isInstanceOf(ParsedRecord.Ignored.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"url\":1,\"password\":\"s3cret\"}", "{\"password\":\"s3cret\",\"url\":\"10.0.0.5:80\"",
			"{\"url\":\"10.0.0.5:80\",\"token\":s3cret}", "{\"url\":\"http://u:s3cret@10.0.0.5:80/?\"} {",
			"{\"backends\":[],\"auth\":{\"user\":\"s3cret\"}}" })
	void noReasonTellsWhatLooksLikeASecret(String value) {
		for (String format : List.of("auto", "json", "apisix", "kratos")) {
			assertThat(RecordReader.of(format, "/services/", Scheme.HTTP).read(raw("/services/orders/a", value)))
				.isInstanceOfSatisfying(ParsedRecord.Unreadable.class,
						(unreadable) -> assertThat(unreadable.reason()).as(format).doesNotContain("s3cret"));
		}
	}

	static Stream<Arguments> valuesThatNoFormatReads() {
		String deep = "{\"url\":\"10.0.0.5:80\",\"metadata\":" + "{\"a\":".repeat(40) + "1" + "}".repeat(41);
		String endless = "{\"url\":\"10.0.0.5:80\",\"weight\":" + "9".repeat(20_000) + "}";
		return Stream.of(argumentSet("empty", new byte[0], "value: \"\""),
				argumentSet("white space", bytes(" \n\t"), "value: \"\""),
				argumentSet("not UTF-8", new byte[] { '1', (byte) 0xC3, (byte) 0x28 }, "text in UTF-8"),
				argumentSet("overlong UTF-8", new byte[] { (byte) 0xC0, (byte) 0x80 }, "text in UTF-8"),
				argumentSet("binary", new byte[] { 0, 1, 2, 3, 127 }, "value: \"\uFFFD\uFFFD"),
				argumentSet("too large", new byte[RecordReader.MAX_VALUE_SIZE + 1], "value: 65537 bytes"),
				argumentSet("large", "x".repeat(RecordReader.MAX_VALUE_SIZE).getBytes(StandardCharsets.UTF_8),
						"x\"… (expected: "),
				argumentSet("nested too deep", bytes(deep), "nesting depth"),
				argumentSet("endless number", bytes(endless), "Number value length"),
				argumentSet("exponent beyond all bounds",
						bytes("{\"url\":\"10.0.0.5:80\",\"metadata\":{\"a\":1e99999999999}}"), "a JSON object"),
				argumentSet("duplicated member", bytes("{\"url\":\"a:1\",\"url\":\"b:2\"}"), "Duplicate field"),
				argumentSet("cut off", bytes("{\"url\":\"10.0.0.5:80\""), "end-of-input"),
				argumentSet("more than one object", bytes("{\"url\":\"10.0.0.5:80\"} {}"), "Trailing token"),
				argumentSet("object of another kind", bytes("{\"backends\":[\"10.0.0.5:80\"]}"),
						"one of the formats " + String.join(", ", NAMES)),
				argumentSet("array", bytes("[1,2]"), "host:port"), argumentSet("number", bytes("8080"), "host:port"),
				argumentSet("JSON string", bytes("\"10.0.0.5:8080\""), "host:port"));
	}

	@ParameterizedTest
	@MethodSource("valuesThatNoFormatReads")
	void readWhenValueIsUnreadableSaysWhatItIsAndWhatWasExpected(byte[] value, String reason) {
		RawRecord raw = new RawRecord("/services/orders/a", value, 1, 1, 0, Registration.Origin.WATCH);
		assertThat(reason(RecordReader.of("auto", "/services/", Scheme.HTTP).read(raw))).contains(reason)
			.contains("(expected: ")
			.hasSizeLessThan(400);
	}

	@Test
	void readWhenValueHoldsALineFeedDoesNotRepeatItInTheReason() {
		assertThat(reason(RecordReader.of("auto", "/s/", Scheme.HTTP).read(raw("/s/a/b", "x\r\nWARN forged"))))
			.startsWith("value: \"x\uFFFD\uFFFDWARN forged\"");
	}

	@Test
	void readWhenHalfASurrogatePairIsEscapedIsUnreadable() {
		String value = "{\"url\":\"10.0.0.5:80\",\"metadata\":{\"a\":\"\\ud800\"}}";
		assertThat(reason(RecordReader.of("auto", "/s/", Scheme.HTTP).read(raw("/s/a/b", value))))
			.isEqualTo("value: \"\uFFFD\" (expected: whole Unicode characters)");
	}

	static Stream<Arguments> recognised() {
		return Stream
			.of(argumentSet("OpenIM", "{\"Op\":0,\"Addr\":\"10.0.0.5:10110\",\"Metadata\":null}", "grpc"), argumentSet(
					"Kratos",
					"{\"id\":\"a\",\"name\":\"orders\",\"version\":\"\",\"metadata\":{},\"endpoints\":[\"http://10.0.0.5:80\"]}",
					"kratos"), argumentSet("JSON with url", "{\"url\":\"http://10.0.0.5:8080\"}", "json"),
					argumentSet("JSON with host", "{\"host\":\"10.0.0.5\",\"port\":8080}", "json"),
					argumentSet("JSON with address", "{\"address\":\"10.0.0.5:8080\"}", "json"),
					argumentSet("plain", "10.0.0.5:8080", "plain"),
					argumentSet("plain URL", "https://example.org", "plain"),
					argumentSet("plain IPv6", "[::1]:80", "plain"));
	}

	@ParameterizedTest
	@MethodSource("recognised")
	void readWhenFormatIsAutoRecognisesTheFormat(String value, String format) {
		ParsedRecord recognised = RecordReader.of("auto", "/s/", Scheme.HTTP).read(raw("/s/orders/a", value));
		assertThat(instance(recognised).registration().format()).isEqualTo(format);
		assertThat(RecordReader.of(format, "/s/", Scheme.HTTP).read(raw("/s/orders/a", value))).isEqualTo(recognised);
	}

	@Test
	void readWhenFormatIsPinnedDoesNotRecogniseOthers() {
		Map<String, String> expectations = Map.of("grpc", "a JSON object", "kratos", "a JSON object", "json",
				"a JSON object");
		assertThat(expectations).allSatisfy((format,
				expected) -> assertThat(
						reason(RecordReader.of(format, "/s/", Scheme.HTTP).read(raw("/s/orders/a", SOUND))))
					.contains(expected));
		assertThat(reason(RecordReader.of("plain", "/s/", Scheme.HTTP).read(raw("/s/a/b", "{\"url\":\"a:1\"}"))))
			.contains("host:port");
	}

	static RawRecord raw(String key, String value) {
		return new RawRecord(key, bytes(value), 1, 2, 0, Registration.Origin.WATCH);
	}

	static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	static Instance instance(ParsedRecord parsed) {
		assertThat(parsed).isInstanceOf(ParsedRecord.Registered.class);
		return ((ParsedRecord.Registered) parsed).instances().getFirst();
	}

	static String reason(ParsedRecord parsed) {
		assertThat(parsed).isInstanceOf(ParsedRecord.Unreadable.class);
		return ((ParsedRecord.Unreadable) parsed).reason();
	}

}
