package dev.holdfast.registry.reflector;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.holdfast.registry.EndCause;
import dev.holdfast.registry.RegistryListener;
import dev.holdfast.registry.RegistrySettings;
import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.testing.CapturedLog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The reflector in a world of dice: whatever happens in whatever order, what it publishes
 * must be true by a much simpler account. {@code -Dholdfast.seeds} says how many worlds
 * are tried at length, {@code -Dholdfast.seed} tries one of them again.
 */
class ReflectorPropertyTests {

	private static final RegistrySettings SETTINGS = new RegistrySettings(Duration.ofSeconds(5), Duration.ofSeconds(60),
			new RemovalGuardSettings(true, Duration.ofSeconds(60), 0.3, Duration.ofSeconds(60)));

	/** Faults and changes for so long. */
	private static final Duration TROUBLED = Duration.ofSeconds(150);

	/** Then what is held is held no longer, an operator's word included. */
	private static final Duration QUIET = Duration.ofSeconds(130);

	private final CapturedLog errors = CapturedLog.ofThisTest(Level.ERROR);

	@Test
	void whateverHappensThePublishedViewIsTrue() {
		Long one = Long.getLong("holdfast.seed");
		tryAll((one != null) ? LongStream.of(one) : LongStream.range(0, 100));
	}

	@Test
	@Tag("slow")
	void whateverHappensInThousandsOfWorldsThePublishedViewIsTrue() {
		tryAll(LongStream.range(0, Long.getLong("holdfast.seeds", 10_000)));
	}

	private void tryAll(LongStream seeds) {
		seeds.forEach((seed) -> {
			Run run = run(seed, Integer.MAX_VALUE);
			if (run.failure() != null) {
				fail(seed, run);
			}
		});
	}

	private void fail(long seed, Run run) {
		Run shortest = IntStream.range(0, run.actions().size())
			.mapToObj((limit) -> run(seed, limit))
			.filter((shorter) -> shorter.failure() != null)
			.findFirst()
			.orElse(run);
		throw new AssertionError("""
				Seed %d: %s
				The shortest run that fails:
				%s
				Again: ./mvnw test -Dtest=ReflectorPropertyTests -Dholdfast.seed=%d""".formatted(seed,
				shortest.failure(), String.join("\n", shortest.actions()), seed), shortest.failure());
	}

	private Run run(long seed, int limit) {
		int before = this.errors.events().size();
		Random random = new Random(seed);
		SimulatedTime time = new SimulatedTime();
		SimulatedSource source = new SimulatedSource(time);
		SimulatedProbe probe = new SimulatedProbe(time);
		Failures failures = new Failures();
		RegistryModel model = new RegistryModel(time);
		RegistryChecks checks = new RegistryChecks(time, source, model, SETTINGS.removalGuard(), failures);
		List<String> life = new ArrayList<>();
		Reflector reflector = new Reflector(source, SETTINGS, new EverySecond(), Optional.empty(), probe,
				List.of(checks), new Life(life), time, time, time, new Random(seed));
		checks.watch(reflector.registry());
		RandomWorld world = new RandomWorld(random, time, source, probe, model, checks, reflector.operations(), limit);
		world.begin();
		world.goOn();
		Duration end = TROUBLED.plus(QUIET);
		for (int second = 1; second < end.toSeconds(); second++) {
			time.after(Duration.ofSeconds(second), checks::check);
		}
		time.after(TROUBLED, world::heal);
		time.after(end, () -> {
			checks.checkEnd();
			time.post(new Mailbox.Message.Stop());
		});
		reflector.run();
		failures.collect(() -> {
			assertThat(time.getAsLong()).as("the loop went on to the end").isGreaterThanOrEqualTo(end.toNanos());
			assertThat(life).doesNotContain(EndCause.INTERNAL_ERROR.name());
			if (!world.isRestored()) {
				// A list of a restored cluster on a watch of the old one looks like
				// drift.
				assertThat(life).doesNotContain("drift");
				assertThat(this.errors.events().stream().skip(before)).extracting(ILoggingEvent::getFormattedMessage)
					.isEmpty();
			}
		});
		return new Run(world.actions(), failures.first());
	}

	private record Life(List<String> life) implements RegistryListener {

		@Override
		public void onGenerationEnded(EndCause cause) {
			this.life.add(cause.name());
		}

		@Override
		public void onDrift(int differences) {
			this.life.add("drift");
		}

	}

	private record Run(List<String> actions, @Nullable AssertionError failure) {
	}

}
