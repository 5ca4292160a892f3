package dev.holdfast.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.holdfast.proxy.transport.EventLoops;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.transport.Transport;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Service;
import dev.holdfast.service.Snapshot;
import dev.holdfast.upstream.UpstreamInstance;
import dev.holdfast.upstream.UpstreamSettings;
import dev.holdfast.upstream.Upstreams;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whom the schedule checks and when, without any sockets.
 */
class CheckScheduleTests {

	private static final CheckPolicy.Planned PLANNED = new CheckPolicy.Planned(
			CheckSettings.DEFAULTS.with(Optional.of(new Check.Tcp())), "");

	private static final int STEPS_A_SECOND = 50;

	private final MockTicker time = Ticker.newMockTicker();

	private final EventLoops loops = new EventLoops(1, Transport.best(), this.time, "check-schedule");

	private final TrafficLoop loop = this.loops.all().getFirst();

	/** What has begun within the last step. */
	private final List<CheckedInstance> begun = new ArrayList<>();

	private final CheckSchedule schedule = new CheckSchedule(this.loop, new Random(1), this.begun::add);

	@AfterEach
	void close() {
		this.loops.close();
	}

	@Test
	void tenThousandInstancesAreCheckedInTurnFromTheStartOn() {
		List<CheckedInstance> all = instances(10_000);
		run(() -> all.forEach(this.schedule::add));
		int[] checks = new int[2];
		for (int second = 0; second < 12; second++) {
			int[] now = aSecond();
			checks[0] += now[0];
			checks[1] = Math.max(checks[1], now[1]);
			if (second < 5) {
				assertThat(now[0]).as("checks in second %d", second).isBetween(1500, 2000);
			}
		}
		assertThat(checks[1]).as("at once").isLessThanOrEqualTo(CheckSchedule.MOST_BEGUN);
		assertThat(checks[0]).isBetween(20_000, 24_000);
	}

	@Test
	void checksOfFewInstancesAreSpreadByAFifth() {
		List<CheckedInstance> all = instances(20);
		run(() -> all.forEach(this.schedule::add));
		Map<CheckedInstance, Long> last = new HashMap<>();
		List<Long> pauses = new ArrayList<>();
		for (int step = 0; step < 60 * STEPS_A_SECOND; step++) {
			for (CheckedInstance instance : step()) {
				Long before = last.put(instance, (long) step);
				if (before != null) {
					pauses.add(step - before);
				}
			}
		}
		assertThat(pauses).hasSizeGreaterThan(200)
			.allMatch((pause) -> pause >= 4 * STEPS_A_SECOND && pause <= 6 * STEPS_A_SECOND + 1);
		assertThat(pauses.stream().distinct().count()).isGreaterThan(50);
	}

	@Test
	void noMoreThanAThousandRunAtOnceAndTheOthersWait() {
		List<CheckedInstance> all = instances(3000);
		run(() -> all.forEach(this.schedule::add));
		List<CheckedInstance> running = new ArrayList<>();
		for (int step = 0; step < 30 * STEPS_A_SECOND; step++) {
			this.time.advance(CheckSchedule.STEP, TimeUnit.NANOSECONDS);
			run(this.loop::runTimers);
			running.addAll(this.begun);
			this.begun.clear();
		}
		assertThat(running).hasSize(CheckSchedule.MOST_RUNNING).doesNotHaveDuplicates();
		run(() -> {
			for (int i = 0; i < 10; i++) {
				this.schedule.ended();
			}
		});
		this.time.advance(CheckSchedule.STEP, TimeUnit.NANOSECONDS);
		run(this.loop::runTimers);
		assertThat(this.begun).hasSize(10).doesNotContainAnyElementsOf(running);
	}

	@Test
	void oneThatIsHastenedIsCheckedAtOnceAndNotTwice() {
		List<CheckedInstance> all = instances(1);
		run(() -> this.schedule.add(all.getFirst()));
		run(() -> this.schedule.hasten(all.getFirst()));
		assertThat(step()).hasSize(1);
		for (int step = 0; step < 4 * STEPS_A_SECOND - 1; step++) {
			assertThat(step()).isEmpty();
		}
	}

	@Test
	void oneThatIsOverIsNotChecked() {
		List<CheckedInstance> all = instances(2);
		run(() -> all.forEach(this.schedule::add));
		run(() -> all.getFirst().end(true));
		int checks = 0;
		for (int step = 0; step < 5 * STEPS_A_SECOND; step++) {
			checks += step().size();
		}
		assertThat(checks).isOne();
	}

	/**
	 * Lets a second pass.
	 * @return how many checks began, and how many in one step at most
	 */
	private int[] aSecond() {
		int sum = 0;
		int most = 0;
		for (int step = 0; step < STEPS_A_SECOND; step++) {
			int now = step().size();
			sum += now;
			most = Math.max(most, now);
		}
		return new int[] { sum, most };
	}

	/**
	 * Lets a step pass, in which each check that begins ends.
	 */
	private List<CheckedInstance> step() {
		this.time.advance(CheckSchedule.STEP, TimeUnit.NANOSECONDS);
		run(this.loop::runTimers);
		List<CheckedInstance> checked = List.copyOf(this.begun);
		this.begun.clear();
		run(() -> checked.forEach((instance) -> {
			this.schedule.repeat(instance, this.time.nanoTime());
			this.schedule.ended();
		}));
		return checked;
	}

	private void run(Runnable task) {
		CompletableFuture.runAsync(task, this.loop.eventLoop()).join();
	}

	private static List<CheckedInstance> instances(int number) {
		Upstreams upstreams = new Upstreams(UpstreamSettings.DEFAULTS, CircuitBreakerRegistry.ofDefaults());
		List<Instance> instances = new ArrayList<>();
		for (int i = 0; i < number; i++) {
			instances.add(Checking.instance("i" + i, 1 + i, Map.of()));
		}
		upstreams.onSnapshot(Snapshot.EMPTY.with(new Service(Checking.ORDERS, instances, 1)), Set.of(Checking.ORDERS));
		List<CheckedInstance> checked = new ArrayList<>();
		for (UpstreamInstance one : Objects.requireNonNull(upstreams.find(Checking.ORDERS)).instances()) {
			checked.add(new CheckedInstance(Checking.ORDERS, one, PLANNED));
		}
		return checked;
	}

}
