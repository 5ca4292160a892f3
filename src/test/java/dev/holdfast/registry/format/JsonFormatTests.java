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
 * Tests for {@link JsonFormat}.
 */
class JsonFormatTests {

	@Test
	void readTakesEveryMember() {
		Instance instance = RecordReaderTests.instance(read("""
				{"url":"https://10.0.0.5:8443","weight":50,"zone":"eu-1a","version":"1.4.2","owner":"ignored",
				 "metadata":{"text":"a","number":1.25,"flag":true,"none":null,"list":[1,"b"],"object":{"c":{}}}}"""));
		assertThat(instance.endpoint()).hasToString("https://10.0.0.5:8443");
		assertThat(instance.weight()).isEqualTo(50);
		assertThat(instance.zone()).isEqualTo("eu-1a");
		assertThat(instance.version()).isEqualTo("1.4.2");
		assertThat(instance.metadata()).isEqualTo(
				Map.of("text", "a", "number", "1.25", "flag", "true", "list", "[1,\"b\"]", "object", "{\"c\":{}}"));
	}

	static Stream<Arguments> endpoints() {
		return Stream.of(argumentSet("url", "{\"url\":\"http://10.0.0.5:8080\"}", "http://10.0.0.5:8080"),
				argumentSet("url without port", "{\"url\":\"https://example.org/\"}", "https://example.org:443"),
				argumentSet("url with a path", "{\"url\":\"http://a:1/api/v1/\"}", "http://a:1/api/v1"),
				argumentSet("url with a path without port", "{\"url\":\"https://a/%c3%a4\"}", "https://a:443/%C3%A4"),
				argumentSet("address with a path", "{\"address\":\"http://a:1/api\"}", "http://a:1/api"),
				argumentSet("port with a fraction of zero", "{\"host\":\"a\",\"port\":80.0}", "http://a:80"),
				argumentSet("url without scheme", "{\"url\":\"10.0.0.5:8080\"}", "http://10.0.0.5:8080"),
				argumentSet("host and port", "{\"host\":\"10.0.0.5\",\"port\":8080}", "http://10.0.0.5:8080"),
				argumentSet("IPv6 host and port", "{\"host\":\"fd00::5\",\"port\":80}", "http://[fd00::5]:80"),
				argumentSet("address", "{\"address\":\"[fd00::5]:80\"}", "http://[fd00::5]:80"),
				argumentSet("scheme beside address", "{\"address\":\"a:1\",\"scheme\":\"grpcs\"}", "grpcs://a:1"),
				argumentSet("scheme beside host", "{\"host\":\"a\",\"port\":1,\"scheme\":\"HTTPS\"}", "https://a:1"),
				argumentSet("a url's own scheme first", "{\"url\":\"http://a:1\",\"scheme\":\"https\"}", "http://a:1"),
				argumentSet("url first", "{\"address\":\"c:3\",\"host\":\"b\",\"port\":2,\"url\":\"http://a:1\"}",
						"http://a:1"),
				argumentSet("null counts as absent", "{\"url\":null,\"address\":\"a:1\",\"zone\":null}", "http://a:1"));
	}

	@ParameterizedTest
	@MethodSource("endpoints")
	void readFindsTheEndpoint(String value, String endpoint) {
		assertThat(RecordReaderTests.instance(read(value)).endpoint()).hasToString(endpoint);
	}

	@ParameterizedTest
	@CsvSource({ "10.0,10", "1e1,10", "1.0E+1,10", "1500e-2,15", "0e999999999,0", "0,0", "1,1", "65535,65535",
			"70000,65535", "2147483647,65535" })
	void readBoundsTheWeight(String written, int weight) {
		assertThat(RecordReaderTests.instance(read("{\"url\":\"a:1\",\"weight\":" + written + "}")).weight())
			.isEqualTo(weight);
	}

	static Stream<Arguments> unreadable() {
		return Stream.of(argumentSet("nothing to connect to", "{}", "url, or host and port, or address"),
				argumentSet("url of another type", "{\"url\":{}}", "url: \"{}\" (expected: a string)"),
				argumentSet("url of another protocol", "{\"url\":\"ftp://a:1\"}", "url: \"ftp://a:1\""),
				argumentSet("url with a user", "{\"url\":\"http://user:secret@a:1\"}", "host:port"),
				argumentSet("url with a query", "{\"url\":\"http://a:1/b?c=d\"}", "no user info, query or fragment"),
				argumentSet("url with an empty query", "{\"url\":\"http://a:1?\"}", "url: \"http://a:1?\""),
				argumentSet("url with a fragment", "{\"url\":\"http://a:1/#b\"}", "url: \"http://a:1/#b\""),
				argumentSet("url that steps up", "{\"url\":\"http://a:1/b/..%2fc\"}", "no dot segment in the path"),
				argumentSet("url with a backslash", "{\"url\":\"http://a:1/b\\\\c\"}", "url: "),
				argumentSet("url with a blank", "{\"url\":\"http://a:1/b c\"}", "url: \"http://a:1/b c\""),
				argumentSet("url with an endless path", "{\"url\":\"http://a:1/" + "b".repeat(1024) + "\"}", "url: "),
				argumentSet("unknown scheme", "{\"address\":\"a:1\",\"scheme\":\"ftp\"}",
						"scheme: \"ftp\" (expected: http, https, grpc or grpcs)"),
				argumentSet("host without port", "{\"host\":\"a\"}", "port: \"\""),
				argumentSet("host that is none", "{\"host\":\"a b\",\"port\":1}", "host: \"a b\""),
				argumentSet("port as text", "{\"host\":\"a\",\"port\":\"1\"}", "from 1 to 65535"),
				argumentSet("port 0", "{\"host\":\"a\",\"port\":0}", "from 1 to 65535"),
				argumentSet("port 65536", "{\"host\":\"a\",\"port\":65536}", "from 1 to 65535"),
				argumentSet("port beyond 64 bit", "{\"host\":\"a\",\"port\":18446744073709551617}", "from 1 to 65535"),
				argumentSet("port with a fraction", "{\"host\":\"a\",\"port\":80.5}", "port: \"80.5\""),
				argumentSet("negative weight", "{\"url\":\"a:1\",\"weight\":-1}", "weight: \"-1\""),
				argumentSet("weight with a fraction", "{\"url\":\"a:1\",\"weight\":0.5}", "weight: \"0.5\""),
				argumentSet("weight with zeros", "{\"url\":\"a:1\",\"weight\":10.50}", "weight: \"10.50\""),
				argumentSet("weight with an exponent", "{\"url\":\"a:1\",\"weight\":1.5e0}", "weight: \"1.5e0\""),
				argumentSet("tiny weight", "{\"url\":\"a:1\",\"weight\":1E-999999999}", "weight: \"1E-999999999\""),
				argumentSet("huge weight", "{\"url\":\"a:1\",\"weight\":1e999999999}", "weight: \"1e999999999\""),
				argumentSet("weight as text", "{\"url\":\"a:1\",\"weight\":\"5\"}", "a whole number"),
				argumentSet("weight beyond 32 bit", "{\"url\":\"a:1\",\"weight\":2147483648}", "a whole number"),
				argumentSet("zone of another type", "{\"url\":\"a:1\",\"zone\":1}", "zone: \"1\""),
				argumentSet("version of another type", "{\"url\":\"a:1\",\"version\":1.4}", "version: \"1.4\""),
				argumentSet("metadata of another type", "{\"url\":\"a:1\",\"metadata\":\"x\"}", "an object"),
				argumentSet("duplicated metadata", "{\"url\":\"a:1\",\"metadata\":{\"x\":1,\"x\":2}}", "Duplicate"));
	}

	@ParameterizedTest
	@MethodSource("unreadable")
	void readWhenAMemberIsWrongIsUnreadable(String value, String reason) {
		assertThat(RecordReaderTests.reason(read(value))).contains(reason);
	}

	private static ParsedRecord read(String value) {
		return RecordReader.of("json", "/services/", Scheme.HTTP)
			.read(RecordReaderTests.raw("/services/orders/orders-7f9c", value));
	}

}
