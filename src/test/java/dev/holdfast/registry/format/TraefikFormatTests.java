package dev.holdfast.registry.format;

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
 * Tests for {@link TraefikFormat}.
 */
class TraefikFormatTests {

	private static final String SERVERS = "traefik/http/services/orders/loadbalancer/servers/";

	@ParameterizedTest
	@CsvSource({ "http://10.0.0.5:8080,http://10.0.0.5:8080",
			"https://orders.example.org/,https://orders.example.org:443", "http://[::1]:80/path,http://[::1]:80",
			"http://a:1/b/../c?d#e,http://a:1", "http://a?b,http://a:80", "h2c://10.0.0.5:9000,grpc://10.0.0.5:9000" })
	void readTakesAServersUrlForAnInstance(String url, String endpoint) {
		ParsedRecord parsed = read(SERVERS + "7/url", url);
		assertThat(((ParsedRecord.Registered) parsed).service()).hasToString("orders");
		assertThat(RecordReaderTests.instance(parsed).id()).isEqualTo("7");
		assertThat(RecordReaderTests.instance(parsed).endpoint()).hasToString(endpoint);
	}

	@ParameterizedTest
	@CsvSource({ "10,10", "0,0", "-1,0", "999999999,65535" })
	void readTakesAServersWeightForThatOfTheInstance(String written, int weight) {
		assertThat(read(SERVERS + "7/weight", written)).isInstanceOfSatisfying(ParsedRecord.Weighted.class,
				(weighted) -> {
					assertThat(weighted.service()).hasToString("orders");
					assertThat(weighted.instance()).isEqualTo("7");
					assertThat(weighted.weight()).isEqualTo(weight);
				});
	}

	static Stream<Arguments> keys() {
		return Stream.of(
				argumentSet("another case", "traefik/", "traefik/http/services/orders/loadBalancer/servers/7/url"),
				argumentSet("another root", "gateways/eu/",
						"gateways/eu/http/services/orders/loadbalancer/servers/7/url"),
				argumentSet("a leading slash", "/traefik/", "/" + SERVERS + "7/url"),
				argumentSet("a prefix within the tree", "traefik/http/services/", SERVERS + "7/url"),
				argumentSet("a prefix that holds the service", "traefik/http/services/orders/", SERVERS + "7/url"));
	}

	@ParameterizedTest
	@MethodSource("keys")
	void readFindsServiceAndInstanceInTheTree(String prefix, String key) {
		for (String format : new String[] { "auto", "traefik" }) {
			ParsedRecord parsed = RecordReader.of(format, prefix, Scheme.HTTP)
				.read(RecordReaderTests.raw(key, "http://a:1"));
			assertThat(((ParsedRecord.Registered) parsed).service()).hasToString("orders");
			assertThat(RecordReaderTests.instance(parsed).id()).isEqualTo("7");
		}
	}

	@ParameterizedTest
	@CsvSource({ "http/routers/orders/rule", "http/middlewares/auth/basicauth/users/0",
			"http/services/orders/loadbalancer/healthcheck/path",
			"http/services/orders/loadbalancer/servers/0/preservePath", "http/services/orders/loadbalancer/servers",
			"http/services/orders/weighted/services/0/weight", "tcp/services/orders/loadbalancer/servers/0/address",
			"tls/certificates/0/certfile" })
	void readWhenTheKeyIsOfTheRestOfTheTreeIsIgnored(String key) {
		for (String format : new String[] { "auto", "traefik" }) {
			assertThat(
					RecordReader.of(format, "traefik/", Scheme.HTTP).read(RecordReaderTests.raw("traefik/" + key, "x")))
				.isInstanceOf(ParsedRecord.Ignored.class);
		}
	}

	static Stream<Arguments> unreadable() {
		return Stream.of(argumentSet("a url of another protocol", "url", "fcgi://a:1", "value: \"fcgi://a:1\""),
				argumentSet("an empty url", "url", "", "host:port"),
				argumentSet("a path that counts", "preservePath", "true", "preservePath: \"true\" (expected: false"),
				argumentSet("a weight that is no number", "weight", "heavy", "a weight, a whole number"),
				argumentSet("a weight without end", "weight", "9".repeat(500), "a weight, a whole number"));
	}

	@ParameterizedTest
	@MethodSource("unreadable")
	void readWhenTheValueIsWrongIsUnreadable(String leaf, String value, String reason) {
		assertThat(RecordReaderTests.reason(read(SERVERS + "7/" + leaf, value))).contains(reason);
	}

	@Test
	void readWhenTheServiceCanBeNoneIsUnreadable() {
		assertThat(RecordReaderTests
			.reason(read("traefik/http/services/or ders/loadbalancer/servers/0/url", "http://a:1")))
			.startsWith("key: ");
		assertThat(RecordReaderTests.reason(read("traefik/http/services//loadbalancer/servers/0/weight", "1")))
			.startsWith("key: ");
	}

	private static ParsedRecord read(String key, String value) {
		return RecordReader.of("traefik", "traefik/", Scheme.HTTP).read(RecordReaderTests.raw(key, value));
	}

}
