package dev.holdfast.registry.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Scheme;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Feeds {@link RecordReader} with what nobody would write on purpose. Usual seeds are
 * fixed, so that what fails once fails again.
 */
class RecordReaderFuzzTests {

	private static final int ROUNDS = 1_000;

	private static final int MANY_ROUNDS = 50_000;

	private static final List<WildRecord> SOUND = Stream.concat(WildRecord.ALL.stream(), Stream.of(
			sound("grpc", "/s/orders/a", "{\"Op\":0,\"Addr\":\"10.0.0.5:1\",\"Metadata\":{\"weight\":1}}"),
			sound("kratos", "/s/orders/a",
					"{\"name\":\"orders\",\"metadata\":{\"weight\":\"10\"},\"endpoints\":[\"http://10.0.0.5:80?isSecure=true\",\"grpc://a:9\"]}"),
			sound("json", "/s/orders/a", "{\"host\":\"10.0.0.5\",\"port\":8080,\"scheme\":\"https\"}"),
			sound("json", "/s/orders/a", "{\"address\":\"10.0.0.5:80\",\"metadata\":{\"a\":[1.5,null,{}]}}"),
			sound("go-micro", "/s/orders/a",
					"{\"name\":\"orders\",\"nodes\":[{\"id\":\"x\",\"address\":\"a:1\"},{\"id\":\"y\",\"address\":\"[::1]:2\",\"metadata\":{\"protocol\":\"mucp\"}}]}"),
			sound("apisix", "/s/upstreams/a",
					"{\"id\":7,\"nodes\":[{\"host\":\"a\",\"port\":1,\"weight\":1,\"priority\":-1,\"metadata\":{\"x\":{}}},{\"host\":\"b\",\"weight\":0}]}"),
			sound("dubbo", "/s/orders/a",
					"{\"serviceName\":\"orders\",\"host\":\"a\",\"port\":1,\"enabled\":true,\"healthy\":true,\"metadata\":{}}"),
			sound("dubbo-interface", "/s/orders/providers/rest%3A%2F%2Fa%3A1%2F%3Fdisabled%3Dfalse", ""),
			sound("traefik", "/s/http/services/orders/loadBalancer/servers/0/weight", "10"),
			sound("traefik", "/s/http/services/orders/loadbalancer/servers/0/url", "h2c://a:1/"),
			sound("skydns", "/skydns/local/a/b",
					"{\"host\":\"::1\",\"port\":1,\"text\":\"x\",\"mail\":false,\"group\":\"g\"}")))
		.toList();

	private static final List<String> TOKENS = List.of("{", "}", "[", "]", "\"", ":", ",", "null", "-1", "1e999999999",
			"-0", "\\ud800", "\\u0000", "\u0000", "/", "?isSecure=true", "://", "99999999999999999999", "{\"a\":",
			"\uD83D\uDE00", "\uFEFF", "%25", "%2", "%ff", "+", "&weight=-1", "\"nodes\":{},", "\"port\":99999,",
			"1e400", "/providers/", "/servers/", "\"Op\":1,", "\"endpoints\":[],", "%", "@", "\n");

	@ParameterizedTest
	@MethodSource("dev.holdfast.registry.format.RecordReader#formatNames")
	void readWhenBytesAreRandomNeverThrows(String format) {
		readRandomBytes(format, 4711, ROUNDS);
	}

	@Tag("slow")
	@ParameterizedTest
	@MethodSource("dev.holdfast.registry.format.RecordReader#formatNames")
	void readWhenManyBytesAreRandomNeverThrows(String format) {
		readRandomBytes(format, seed(), MANY_ROUNDS);
	}

	private static void readRandomBytes(String format, long seed, int rounds) {
		Random random = new Random(seed);
		for (int i = 0; i < rounds; i++) {
			byte[] value = new byte[random.nextInt(200)];
			random.nextBytes(value);
			if (random.nextBoolean() && value.length > 0) {
				value[0] = '{';
			}
			WildRecord sound = SOUND.get(random.nextInt(SOUND.size()));
			RecordReader reader = RecordReader.of(format, sound.prefix(), Scheme.HTTP);
			assertIsSound(reader.read(raw(key(sound, random), value)), value);
		}
	}

	@ParameterizedTest
	@MethodSource("dev.holdfast.registry.format.RecordReader#formatNames")
	void readWhenSoundRecordsAreMutatedNeverThrows(String format) {
		readMutated(format, 4711, ROUNDS);
	}

	@Tag("slow")
	@ParameterizedTest
	@MethodSource("dev.holdfast.registry.format.RecordReader#formatNames")
	void readWhenManySoundRecordsAreMutatedNeverThrows(String format) {
		readMutated(format, seed(), MANY_ROUNDS);
	}

	/** By chance, and told, so that it can be played again. */
	private static long seed() {
		long seed = Long.getLong("holdfast.fuzz-seed", System.nanoTime());
		System.out.println("holdfast.fuzz-seed=" + seed);
		return seed;
	}

	private static void readMutated(String format, long seed, int rounds) {
		Random random = new Random(seed);
		List<WildRecord> own = SOUND.stream()
			.filter((sound) -> format.equals("auto") || sound.format().equals(format))
			.toList();
		int understood = 0;
		for (int i = 0; i < rounds; i++) {
			List<WildRecord> from = random.nextInt(4) == 0 ? SOUND : own;
			WildRecord sound = from.get(random.nextInt(from.size()));
			byte[] value = mutated(sound.value().getBytes(StandardCharsets.UTF_8), random);
			ParsedRecord parsed = RecordReader.of(format, sound.prefix(), Scheme.HTTP)
				.read(raw(key(sound, random), value));
			assertIsSound(parsed, value);
			understood += (parsed instanceof ParsedRecord.Registered || parsed instanceof ParsedRecord.Weighted) ? 1
					: 0;
		}
		// Else the mutations would test nothing but the first check.
		assertThat(understood).isBetween(rounds / 10, rounds * 19 / 20);
	}

	private static void assertIsSound(ParsedRecord parsed, byte[] value) {
		switch (parsed) {
			case ParsedRecord.Registered(var service, var instances) -> {
				assertThat(service.value()).isNotEmpty();
				assertThat(instances).hasSizeBetween(1, RecordEntry.MAX_INSTANCES);
				assertThat(instances).extracting(Instance::id).doesNotHaveDuplicates();
				assertThat(instances).allSatisfy((instance) -> assertThat(StandardCharsets.UTF_8.newEncoder()
					.canEncode(service + instance.id() + instance.zone() + instance.version() + instance.metadata()))
					.isTrue());
			}
			case ParsedRecord.Weighted(var service, String instance, int weight) -> {
				assertThat(service.value()).isNotEmpty();
				assertThat(instance).isNotEmpty();
				assertThat(weight).isNotNegative();
			}
			case ParsedRecord.Ignored(String reason) -> assertThat(reason).isNotEmpty();
			case ParsedRecord.Unreadable(String reason) ->
				assertThat(reason).as(() -> "reason for " + Arrays.toString(value))
					.contains("(expected: ")
					.hasSizeLessThan(500)
					.doesNotContain("\n", "\r", "\u0000");
			case null -> throw new AssertionError("null for " + Arrays.toString(value));
		}
	}

	private static byte[] mutated(byte[] sound, Random random) {
		byte[] value = sound;
		for (int mutation = random.nextInt(4); mutation > 0; mutation--) {
			value = mutate(value, random);
		}
		return value;
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

	private static String key(WildRecord sound, Random random) {
		return switch (random.nextInt(12)) {
			case 0 -> sound.prefix() + TOKENS.get(random.nextInt(TOKENS.size())) + "/a";
			case 1 -> sound.prefix() + "orders/" + TOKENS.get(random.nextInt(TOKENS.size()));
			case 2 -> sound.prefix() + "/".repeat(random.nextInt(9));
			case 3, 4 -> sound.prefix() + new String(
					mutated(sound.key().substring(sound.prefix().length()).getBytes(StandardCharsets.UTF_8), random),
					StandardCharsets.UTF_8);
			default -> sound.key();
		};
	}

	private static WildRecord sound(String format, String key, String value) {
		return new WildRecord(format, key.substring(0, key.indexOf('/', 1) + 1), key, value, "", "", "", 0);
	}

	private static RawRecord raw(String key, byte[] value) {
		return new RawRecord(key, value, 1, 2, 0, Registration.Origin.WATCH);
	}

}
