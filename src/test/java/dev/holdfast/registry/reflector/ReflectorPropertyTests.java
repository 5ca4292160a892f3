package dev.holdfast.registry.reflector;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.holdfast.registry.EndCause;
import dev.holdfast.registry.RegistryListener;
import dev.holdfast.registry.RegistrySettings;
import dev.holdfast.registry.RemovalGuardSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The reflector in a world of dice: whatever happens in whatever order, what it publishes
 * must be true by a much simpler account. {@code -Dholdfast.seeds} tries more worlds than
 * usual, {@code -Dholdfast.seed} one of them again.
 */
class ReflectorPropertyTests {

	private static final RegistrySettings SETTINGS = new RegistrySettings(Duration.ofSeconds(5), Duration.ofSeconds(60),
			new RemovalGuardSettings(true, Duration.ofSeconds(60), 0.3, Duration.ofSeconds(60)));

	/** Faults and changes for so long. */
	private static final Duration TROUBLED = Duration.ofSeconds(150);

	/** Then what is held is held no longer, an operator's word included. */
	private static final Duration QUIET = Duration.ofSeconds(130);

	private final Logger logger = (Logger) LoggerFactory.getLogger("dev.holdfast.registry");

	private final ListAppender<ILoggingEvent> errors = new ListAppender<>();

	@BeforeEach
	void listen() {
		this.logger.setLevel(Level.ERROR);
		this.logger.setAdditive(false);
		this.logger.addAppender(this.errors);
		this.errors.start();
	}

	@AfterEach
	void restore() {
		this.logger.detachAppender(this.errors);
		this.logger.setAdditive(true);
		this.logger.setLevel(null);
	}

	@Test
	void whateverHappensThePublishedViewIsTrue() {
		Long one = Long.getLong("holdfast.seed");
		LongStream seeds = (one != null) ? LongStream.of(one)
				: LongStream.range(0, Long.getLong("holdfast.seeds", 1000));
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
		this.errors.list.clear();
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
				assertThat(this.errors.list).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
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
