package dev.holdfast.registry.format;

import java.util.stream.Stream;

import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Scheme;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * Tests for {@link GoZeroFormat}.
 */
class GoZeroFormatTests {

	private static final long LEASE = 7_587_870_460_981_677_575L;

	static Stream<Arguments> services() {
		return Stream.of(argumentSet("the prefix is the service", "user.rpc/", "user.rpc/" + LEASE, "user.rpc"),
				argumentSet("the prefix is a folder and the service", "shop/user.rpc/", "shop/user.rpc/" + LEASE,
						"shop-user.rpc"),
				argumentSet("the prefix is a folder", "shop/", "shop/user.rpc/" + LEASE, "user.rpc"),
				argumentSet("the prefix is the root", "/", "/user.rpc/" + LEASE, "user.rpc"),
				argumentSet("no prefix", "", "user.rpc/" + LEASE, "user.rpc"));
	}

	@ParameterizedTest
	@MethodSource("services")
	void readNamesTheServiceByAllThatStandsBeforeTheLastSlash(String prefix, String key, String service) {
		for (String format : new String[] { "go-zero", "auto" }) {
			ParsedRecord parsed = read(format, prefix, key, LEASE);
			assertThat(((ParsedRecord.Registered) parsed).service()).hasToString(service);
			assertThat(RecordReaderTests.instance(parsed).id()).isEqualTo(Long.toString(LEASE));
			assertThat(RecordReaderTests.instance(parsed).registration().format()).isEqualTo("go-zero");
		}
	}

	@Test
	void readWhenPinnedTakesAnIdOfTheProjectsOwn() {
		ParsedRecord parsed = read("go-zero", "user.rpc/", "user.rpc/1", LEASE);
		assertThat(((ParsedRecord.Registered) parsed).service()).hasToString("user.rpc");
		assertThat(RecordReaderTests.instance(parsed).id()).isEqualTo("1");
	}

	@Test
	void readWhenAutoTakesNoNumberRightUnderThePrefixForAnInstanceUnlessItIsTheLease() {
		assertThat(RecordReaderTests.reason(read("auto", "/services/", "/services/" + LEASE, 0)))
			.contains("<prefix><service>/<instance>");
		assertThat(RecordReaderTests.reason(read("auto", "/services/", "/services/" + LEASE, 5)))
			.contains("<prefix><service>/<instance>");
	}

	@Test
	void readWhenTheKeyHasNoServiceAtAllIsUnreadable() {
		assertThat(RecordReaderTests.reason(read("go-zero", "", "/" + LEASE, LEASE))).startsWith("key: ");
		assertThat(RecordReaderTests.reason(read("go-zero", "", Long.toString(LEASE), LEASE))).startsWith("key: ");
		assertThat(RecordReaderTests.reason(read("go-zero", "shop/", "shop/user.rpc/", LEASE))).startsWith("key: ");
	}

	private static ParsedRecord read(String format, String prefix, String key, long lease) {
		return RecordReader.of(format, prefix, Scheme.GRPC)
			.read(new RawRecord(key, RecordReaderTests.bytes("10.0.0.5:8080"), 1, 2, lease, Registration.Origin.LIST));
	}

}
