package dev.holdfast.override;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.Stream;

import dev.holdfast.service.PrintableText;
import dev.holdfast.service.ServiceName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OverrideCodecTests {

	private static final Instant SINCE = Instant.parse("2026-01-02T03:04:05.123Z");

	private static final ServiceName ORDERS = new ServiceName("orders");

	static Stream<Action> actions() {
		return Stream.of(new Action.Drain(ORDERS, "10.0.0.5:8080"), new Action.Weight(ORDERS, "a/b %\"\n\uD83D", 0),
				new Action.Weight(new ServiceName("größe"), "a", Action.Weight.MAX), new Action.CircuitOpen(ORDERS),
				new Action.Freeze());
	}

	@ParameterizedTest
	@MethodSource("actions")
	void whatIsWrittenIsReadAgain(Action action) throws UnreadableValueException {
		OperatorOverride override = new OperatorOverride(action, Scope.CLUSTER, SINCE, SINCE.plusSeconds(60),
				"new kernel", "10.0.0.9");
		byte[] json = OverrideCodec.encode(override);
		assertThat(new String(json, StandardCharsets.ISO_8859_1)).isPrintable().hasLineCount(1);
		assertThat(OverrideCodec.decode(json)).isEqualTo(override);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					[]                                     | override: no JSON object
					{                                      | override:
					{"kind":"FREEZE"}{}                    | override:
					{"kind":"FREEZE","kind":"FREEZE"}      | override: Duplicate field
					{"kind":"FREEZE"}                      | schemaVersion: none (expected: a whole number
					{"schemaVersion":2}                    | schemaVersion: 2 (expected: 1)
					{"schemaVersion":1,"colour":"red"}     | colour: "red" (expected: no such member)
					{"schemaVersion":1,"kind":"drain"}     | kind: "drain" (expected: DRAIN, WEIGHT, CIRCUIT_OPEN or FREEZE)
					{"schemaVersion":1,"kind":"DRAIN"}     | service: none (expected: a text)
					{"schemaVersion":1,"kind":"FREEZE","service":"orders"} | service: "orders" (expected: none with this kind)
					{"schemaVersion":1,"kind":"DRAIN","service":"a/b","instance":"i"} | service: "a/b" (expected: the name of a service)
					{"schemaVersion":1,"kind":"DRAIN","service":"o","instance":""} | instance id: 0 characters (expected: 1 to 1024)
					{"schemaVersion":1,"kind":"WEIGHT","service":"o","instance":"i","weight":1000001} | weight: 1000001 (expected: a whole number from 0 to 1000000)
					{"schemaVersion":1,"kind":"WEIGHT","service":"o","instance":"i","weight":1.0} | weight: 1.0 (expected: a whole number
					{"schemaVersion":1,"kind":"FREEZE","scope":"GLOBAL"} | scope: "GLOBAL" (expected: LOCAL or CLUSTER)
					{"schemaVersion":1,"kind":"FREEZE","scope":"LOCAL","since":"now"} | since: "now" (expected: a time such as
					{"schemaVersion":1,"kind":"FREEZE","scope":"LOCAL","since":"2026-01-02T00:00:00Z","until":"2026-01-01T00:00:00Z","reason":"","by":""} | until: 2026-01-01T00:00:00Z (expected: not before since
					""")
	void whatIsNotAnOverrideIsRefusedWithWhatWasExpected(String json, String message) {
		assertThatThrownBy(() -> OverrideCodec.decode(json.getBytes(StandardCharsets.UTF_8)))
			.isInstanceOf(UnreadableValueException.class)
			.hasMessageStartingWith(message);
	}

	@Test
	void whatCouldPassForAnotherLineOfTheLogIsMadePrintable() throws UnreadableValueException {
		byte[] json = """
				{"schemaVersion":1,"kind":"FREEZE","scope":"CLUSTER","since":"2026-01-02T00:00:00Z",
				 "until":"2026-01-02T01:00:00Z","reason":"a\\nb\\u001b[31m","by":"ops\\r\\u2028root"}"""
			.getBytes(StandardCharsets.UTF_8);
		OperatorOverride read = OverrideCodec.decode(json);
		assertThat(read.reason()).isEqualTo("a?b?[31m");
		assertThat(read.by()).isEqualTo("ops??root");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"schemaVersion\":1,\"a\\nb\":1}", "{\"schemaVersion\":1,\"kind\":\"\u2028\u202e\"}",
			"{\u001b[31m" })
	void whyAnOverrideIsRefusedIsOneLine(String json) {
		assertThatThrownBy(() -> OverrideCodec.decode(json.getBytes(StandardCharsets.UTF_8)))
			.isInstanceOf(UnreadableValueException.class)
			.message()
			.satisfies((message) -> assertThat(PrintableText.of(message, 1000)).isEqualTo(message));
	}

	@Test
	void whatIsTooLongIsNotRead() {
		assertThatThrownBy(() -> OverrideCodec.decode(new byte[OverrideCodec.MAX_LENGTH + 1]))
			.hasMessage("override: 16385 bytes (expected: at most 16384)");
	}

	@Test
	void theLongestNamesFit() throws UnreadableValueException {
		OperatorOverride longest = new OperatorOverride(new Action.Weight(new ServiceName("\u20AC".repeat(253)),
				"\u20AC".repeat(Action.MAX_INSTANCE_LENGTH), 1), Scope.LOCAL, SINCE, SINCE, "\u20AC".repeat(1000),
				"\u20AC".repeat(1000));
		assertThat(OverrideCodec.encode(longest)).hasSizeLessThan(OverrideCodec.MAX_LENGTH);
		assertThat(OverrideCodec.decode(OverrideCodec.encode(longest))).isEqualTo(longest);
	}

	@ParameterizedTest
	@CsvSource({ "orders, a, drain/orders/a", "orders, 10.0.0.5:8080, drain/orders/10.0.0.5%3A8080",
			"a+b, a/b, drain/a%2Bb/a%2Fb", "ö, %, drain/%C3%B6/%25" })
	void aKeyHasASegmentForEachName(String service, String instance, String key) {
		assertThat(new Action.Drain(new ServiceName(service), instance).key()).isEqualTo(key);
	}

	@Test
	void aKeyTellsWhatIsOfTheSame() {
		assertThat(new Action.Weight(ORDERS, "a", 1).key()).isEqualTo(new Action.Weight(ORDERS, "a", 2).key())
			.isEqualTo("weight/orders/a");
		assertThat(new Action.CircuitOpen(ORDERS).key()).isEqualTo("circuit/orders");
		assertThat(new Action.Freeze().key()).isEqualTo("freeze");
	}

}
