package dev.holdfast.registry.format;

import java.util.stream.Stream;

import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Scheme;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * Tests for {@link PlainFormat}.
 */
class PlainFormatTests {

	static Stream<Arguments> addresses() {
		return Stream.of(argumentSet("IPv4", "10.0.0.5:8080", "https://10.0.0.5:8080"),
				argumentSet("URL", "http://10.0.0.5:8080", "http://10.0.0.5:8080"),
				argumentSet("URL without port", "http://orders.example.org/", "http://orders.example.org:80"),
				argumentSet("IPv6", "[::1]:80", "https://[::1]:80"),
				argumentSet("surrounded by white space", " \t10.0.0.5:8080\r\n", "https://10.0.0.5:8080"),
				argumentSet("name", "orders-0.orders:8080", "https://orders-0.orders:8080"));
	}

	@ParameterizedTest
	@MethodSource("addresses")
	void readTakesAnAddress(String value, String endpoint) {
		assertThat(RecordReaderTests.instance(read(value)).endpoint()).hasToString(endpoint);
	}

	static Stream<Arguments> unreadable() {
		return Stream.of(argumentSet("no port", "10.0.0.5"), argumentSet("no host", ":8080"),
				argumentSet("port 0", "10.0.0.5:0"), argumentSet("port 65536", "10.0.0.5:65536"),
				argumentSet("signed port", "10.0.0.5:+80"), argumentSet("bare IPv6", "fd00::5"),
				argumentSet("open bracket", "[::1"), argumentSet("other protocol", "redis://10.0.0.5:80"),
				argumentSet("user", "http://user:secret@10.0.0.5:80"), argumentSet("two addresses", "a:1,b:2"),
				argumentSet("inner white space", "a:1\nb:2"), argumentSet("words", "up and running"));
	}

	@ParameterizedTest
	@MethodSource("unreadable")
	void readWhenValueIsNoAddressIsUnreadable(String value) {
		assertThat(RecordReaderTests.reason(read(value))).startsWith("value: \"").contains("host:port");
	}

	private static ParsedRecord read(String value) {
		return RecordReader.of("plain", "/services/", Scheme.HTTPS)
			.read(RecordReaderTests.raw("/services/orders/a", value));
	}

}
