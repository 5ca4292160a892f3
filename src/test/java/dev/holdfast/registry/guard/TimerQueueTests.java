package dev.holdfast.registry.guard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.registry.guard.TimerQueue.Timer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class TimerQueueTests {

	/** So that it overflows within the tests. */
	private long now = Long.MAX_VALUE - 500;

	private final TimerQueue timers = new TimerQueue(() -> this.now);

	private final List<String> done = new ArrayList<>();

	@Test
	void whatIsDueIsDoneInTheOrderOfItsTimes() {
		after(700, "third");
		after(300, "first");
		after(300, "second");
		assertThat(this.timers.untilNext()).isEqualTo(300);
		assertThat(pass(299)).isFalse();
		assertThat(pass(1)).isTrue();
		assertThat(this.done).containsExactly("first", "second");
		assertThat(this.timers.untilNext()).isEqualTo(400);
		pass(1_000);
		assertThat(this.done).containsExactly("first", "second", "third");
		assertThat(this.timers.untilNext()).isEqualTo(Long.MAX_VALUE);
	}

	@Test
	void aTimerThatIsStoppedOrStartedAnewDoesNothingAtItsFirstTime() {
		Timer stopped = this.timers.timer(() -> this.done.add("stopped"));
		Timer later = this.timers.timer(() -> this.done.add("later"));
		stopped.startIn(Duration.ofNanos(100));
		later.startIn(Duration.ofNanos(100));
		stopped.stop();
		later.extend(Duration.ofNanos(100));
		assertThat(this.timers.untilNext()).isEqualTo(200);
		assertThat(pass(100)).isFalse();
		assertThat(pass(100)).isTrue();
		assertThat(this.done).containsExactly("later");
	}

	@Test
	void aTimerIsDoneOnceForEachStartAndMayStartItselfAgain() {
		List<Timer> self = new ArrayList<>();
		self.add(this.timers.timer(() -> {
			this.done.add("again");
			self.getFirst().startIn(Duration.ofNanos(100));
		}));
		self.getFirst().startIn(Duration.ofNanos(100));
		self.getFirst().startIn(Duration.ofNanos(100));
		pass(100);
		pass(50);
		pass(50);
		assertThat(this.done).containsExactly("again", "again");
	}

	@Test
	void aTimerThatIsAskedIsExpiredUntilItIsStoppedOrStartedAnew() {
		Timer asked = this.timers.timer();
		assertThat(asked.isExpired(this.now)).isFalse();
		asked.startIn(Duration.ofNanos(100));
		assertThat(asked.isExpired(this.now)).isFalse();
		assertThat(pass(1_000)).isFalse();
		assertThat(this.timers.untilNext()).isEqualTo(Long.MAX_VALUE);
		assertThat(asked.isExpired(this.now)).isTrue();
		asked.startIn(Duration.ofNanos(100));
		assertThat(asked.isExpired(this.now)).isFalse();
		pass(100);
		asked.stop();
		assertThat(asked.isExpired(this.now)).isFalse();
	}

	@Test
	void whatFailsIsNotDoneAgainAndKeepsNothingElseFromBeingDone() {
		this.timers.after(Duration.ofNanos(100), () -> {
			throw new IllegalStateException("a defect");
		});
		after(100, "other");
		this.now += 100;
		assertThatIllegalStateException().isThrownBy(this.timers::run);
		this.timers.run();
		assertThat(this.done).containsExactly("other");
	}

	private void after(long nanos, String name) {
		this.timers.after(Duration.ofNanos(nanos), () -> this.done.add(name));
	}

	private boolean pass(long nanos) {
		this.now += nanos;
		return this.timers.run();
	}

}
