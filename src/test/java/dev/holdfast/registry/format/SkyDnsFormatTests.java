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
 * Tests for {@link SkyDnsFormat}.
 */
class SkyDnsFormatTests {

	@Test
	void readTakesHostPortAndWeight() {
		Instance instance = RecordReaderTests.instance(read(
				"{\"host\":\"10.0.0.5\",\"port\":8080,\"priority\":10,\"weight\":5,\"ttl\":60,\"targetstrip\":1,\"text\":\"x\"}"));
		assertThat(instance.id()).isEqualTo("x1");
		assertThat(instance.endpoint()).hasToString("http://10.0.0.5:8080");
		assertThat(instance.weight()).isEqualTo(5);
		assertThat(instance.metadata()).isEqualTo(Map.of("priority", "10", "ttl", "60", "text", "x"));
	}

	@ParameterizedTest
	@CsvSource({ "/skydns/local/skydns/,orders", "/skydns/local/,orders.skydns", "/skydns/,orders.skydns.local" })
	void readNamesTheServiceInTheOrderOfDns(String prefix, String service) {
		ParsedRecord parsed = RecordReader.of("auto", prefix, Scheme.HTTP)
			.read(RecordReaderTests.raw("/skydns/local/skydns/orders/x1", "{\"host\":\"fd00::5\",\"port\":80}"));
		assertThat(((ParsedRecord.Registered) parsed).service()).hasToString(service);
	}

	@Test
	void readWhenNoWeightIsGivenTakesTheDefaultAsCoreDnsDoes() {
		assertThat(RecordReaderTests.instance(read("{\"host\":\"a\",\"port\":80,\"weight\":0}")).weight())
			.isEqualTo(Instance.DEFAULT_WEIGHT);
	}

	static Stream<Arguments> ignored() {
		return Stream.of(argumentSet("no port", "{\"host\":\"10.0.0.5\"}", "without a port"),
				argumentSet("port 0", "{\"host\":\"10.0.0.5\",\"port\":0}", "without a port"),
				argumentSet("text alone", "{\"text\":\"v=spf1\"}", "without a host"),
				argumentSet("a mail server", "{\"host\":\"a\",\"port\":25,\"mail\":true}", "mail server"));
	}

	@ParameterizedTest
	@MethodSource("ignored")
	void readWhenARecordCannotBeRoutedToSaysSo(String value, String reason) {
		assertThat(read(value)).isInstanceOfSatisfying(ParsedRecord.Ignored.class,
				(ignored) -> assertThat(ignored.reason()).contains(reason));
	}

	static Stream<Arguments> unreadable() {
		return Stream.of(argumentSet("port as text", "{\"host\":\"a\",\"port\":\"80\"}", "from 0 to 65535"),
				argumentSet("host that is none", "{\"host\":\"a b\",\"port\":80}", "host: \"a b\""),
				argumentSet("negative weight", "{\"host\":\"a\",\"port\":80,\"weight\":-1}", "weight: \"-1\""),
				argumentSet("not JSON", "10.0.0.5:80", "a JSON object"));
	}

	@ParameterizedTest
	@MethodSource("unreadable")
	void readWhenAMemberIsWrongIsUnreadable(String value, String reason) {
		assertThat(RecordReaderTests.reason(read(value))).contains(reason);
	}

	private static ParsedRecord read(String value) {
		return RecordReader.of("skydns", "/skydns/local/skydns/", Scheme.HTTP)
			.read(RecordReaderTests.raw("/skydns/local/skydns/orders/x1", value));
	}

}
