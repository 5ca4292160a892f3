package dev.holdfast.registry.format;

import dev.holdfast.service.Reading;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import dev.holdfast.service.Registration;
import dev.holdfast.service.Scheme;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Feeds {@link RecordReader} with what nobody would write on purpose. The seed is fixed,
 * so that what fails once fails again.
 */
class RecordReaderFuzzTests {

	private static final int ROUNDS = 5_000;

	private static final List<String> SOUND = List.of("10.0.0.5:8080", "http://10.0.0.5:8080/", "[::1]:80",
			"{\"Op\":0,\"Addr\":\"10.0.0.5:10110\",\"Metadata\":{\"weight\":1}}",
			"{\"id\":\"a\",\"name\":\"orders\",\"version\":\"v1\",\"metadata\":{\"weight\":\"10\"},\"endpoints\":[\"http://10.0.0.5:80?isSecure=true\",\"grpc://a:9\"]}",
			"{\"url\":\"http://10.0.0.5:8080\",\"weight\":100,\"zone\":\"z\",\"version\":\"1\",\"metadata\":{\"a\":[1.5,null,{}]}}",
			"{\"host\":\"10.0.0.5\",\"port\":8080,\"scheme\":\"https\"}", "{\"address\":\"10.0.0.5:80\"}");

	private static final List<String> TOKENS = List.of("{", "}", "[", "]", "\"", ":", ",", "null", "-1", "1e999999999",
			"-0", "\\ud800", "\\u0000", "\u0000", "/", "?isSecure=true", "://", "99999999999999999999", "{\"a\":",
			"\uD83D\uDE00", "\uFEFF", "\"Op\":1,", "\"endpoints\":[],", "%", "@", "\n");

	@ParameterizedTest
	@MethodSource("dev.holdfast.registry.format.RecordReader#formatNames")
	void readWhenBytesAreRandomNeverThrows(String format) {
		Random random = new Random(4711);
		RecordReader reader = RecordReader.of(format, "/s/", Scheme.HTTP);
		for (int i = 0; i < ROUNDS; i++) {
			byte[] value = new byte[random.nextInt(200)];
			random.nextBytes(value);
			if (random.nextBoolean() && value.length > 0) {
				value[0] = '{';
			}
			assertIsSound(reader.read(raw(key(random), value)), value);
		}
	}

	@ParameterizedTest
	@MethodSource("dev.holdfast.registry.format.RecordReader#formatNames")
	void readWhenSoundRecordsAreMutatedNeverThrows(String format) {
		Random random = new Random(4711);
		RecordReader reader = RecordReader.of(format, "/s/", Scheme.HTTP);
		int registered = 0;
		for (int i = 0; i < ROUNDS; i++) {
			byte[] value = SOUND.get(random.nextInt(SOUND.size())).getBytes(StandardCharsets.UTF_8);
			for (int mutation = random.nextInt(4); mutation > 0; mutation--) {
				value = mutate(value, random);
			}
			Reading reading = reader.read(raw(key(random), value));
			assertIsSound(reading, value);
			registered += (reading instanceof Reading.Registered) ? 1 : 0;
		}
		// Else the mutations would test nothing but the first check.
		assertThat(registered).isBetween(ROUNDS / 100, ROUNDS * 19 / 20);
	}

	private static void assertIsSound(Reading reading, byte[] value) {
		switch (reading) {
			case Reading.Registered(var service, var instances) -> {
				assertThat(service.value()).isNotEmpty();
				assertThat(instances).isNotEmpty();
			}
			case Reading.Weighted(var service, String instance, int weight) -> {
				assertThat(service.value()).isNotEmpty();
				assertThat(instance).isNotEmpty();
				assertThat(weight).isNotNegative();
			}
			case Reading.Ignored(String reason) -> assertThat(reason).isNotEmpty();
			case Reading.Unreadable(String reason) ->
				assertThat(reason).as(() -> "reason for " + Arrays.toString(value))
					.contains("(expected: ")
					.hasSizeLessThan(500)
					.doesNotContain("\n", "\r", "\u0000");
			case null -> throw new AssertionError("null for " + Arrays.toString(value));
		}
	}

	private static byte[] mutate(byte[] value, Random random) {
		int at = random.nextInt(value.length + 1);
		String text = new String(value, StandardCharsets.ISO_8859_1);
		String token = new String(TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8),
				StandardCharsets.ISO_8859_1);
		String mutated = switch (random.nextInt(5)) {
			case 0 -> text.substring(0, at);
			case 1 -> text.substring(at);
			case 2 -> text.substring(0, at) + token + text.substring(at);
			case 3 ->
				text.substring(0, at) + (char) random.nextInt(256) + text.substring(Math.min(at + 1, text.length()));
			default -> text.substring(0, at) + text.substring(random.nextInt(text.length() + 1));
		};
		return mutated.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static String key(Random random) {
		return switch (random.nextInt(12)) {
			case 0 -> "/s/" + TOKENS.get(random.nextInt(TOKENS.size())) + "/a";
			case 1 -> "/s/orders/" + TOKENS.get(random.nextInt(TOKENS.size()));
			case 2 -> "/s/" + "/".repeat(random.nextInt(5));
			default -> "/s/orders/a";
		};
	}

	private static RawRecord raw(String key, byte[] value) {
		return new RawRecord(key, value, 1, 2, 0, Registration.Origin.WATCH);
	}

}
