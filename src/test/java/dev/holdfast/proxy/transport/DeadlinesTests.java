package dev.holdfast.proxy.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Deadlines on a clock that is moved by hand.
 */
class DeadlinesTests {

	/** How often the server sweeps. */
	private static final int SWEEP = 100;

	private final MockTicker ticker = Ticker.newMockTicker();

	private final Deadlines deadlines = new Deadlines(this.ticker.nanoTime());

	private final List<String> told = new ArrayList<>();

	@Test
	void aDeadlineIsToldOnceAndNotEarly() {
		set(new Named("one"), 1000);
		pass(1000);
		assertThat(this.told).isEmpty();
		pass(2 * SWEEP);
		assertThat(this.told).containsExactly("one");
		pass(100_000);
		assertThat(this.told).hasSize(1);
	}

	@Test
	void theOneThatIsDueFirstIsToldFirst() {
		set(new Named("late"), 5000);
		set(new Named("early"), 2000);
		pass(6000);
		assertThat(this.told).containsExactly("early", "late");
	}

	@Test
	void aDeadlineThatIsPutOffIsToldAtItsNewTime() {
		Named deadline = new Named("one");
		set(deadline, 1000);
		pass(900);
		set(deadline, 1000);
		pass(1000);
		assertThat(this.told).isEmpty();
		pass(2 * SWEEP);
		assertThat(this.told).containsExactly("one");
	}

	@Test
	void aDeadlineThatIsBroughtForwardIsToldAtItsNewTime() {
		Named deadline = new Named("one");
		set(deadline, 60_000);
		pass(1000);
		set(deadline, 500);
		pass(500 + 2 * SWEEP);
		assertThat(this.told).containsExactly("one");
	}

	@Test
	void aDeadlineThatIsCancelledIsNotTold() {
		Named deadline = new Named("one");
		set(deadline, 1000);
		this.deadlines.cancel(deadline);
		this.deadlines.cancel(deadline);
		pass(5000);
		assertThat(this.told).isEmpty();
	}

	@Test
	void aDeadlineBeyondOneTurnOfTheWheelIsToldInItsTurn() {
		set(new Named("hour"), 3_600_000);
		pass(3_599_900);
		assertThat(this.told).isEmpty();
		pass(3 * SWEEP);
		assertThat(this.told).containsExactly("hour");
	}

	@Test
	void whatIsNeverDueIsNeverTold() {
		Named deadline = new Named("never");
		this.deadlines.set(deadline, this.deadlines.in(Deadlines.NEVER));
		pass(1_000_000);
		assertThat(this.told).isEmpty();
		set(deadline, 1000);
		pass(1000 + 2 * SWEEP);
		assertThat(this.told).containsExactly("never");
	}

	@Test
	void sweepsThatWereMissedAreMadeUpFor() {
		set(new Named("one"), 1000);
		set(new Named("two"), 70_000);
		this.ticker.advanceMillis(100_000);
		this.deadlines.sweep(this.ticker.nanoTime());
		assertThat(this.told).containsExactlyInAnyOrder("one", "two");
	}

	@Test
	void whatIsToldMaySetAndCancelOthersOfTheSameTime() {
		Named other = new Named("other");
		set(new Named("first") {

			@Override
			protected void onDue(long now) {
				super.onDue(now);
				DeadlinesTests.this.deadlines.cancel(other);
				set(this, 1000);
			}

		}, 1000);
		set(other, 1000);
		set(new Named("last"), 1000);
		pass(1000 + 2 * SWEEP);
		assertThat(this.told).containsExactly("first", "last");
		pass(1000 + 2 * SWEEP);
		assertThat(this.told).containsExactly("first", "last", "first");
	}

	@Test
	void aDeadlineIsToldAlthoughAnotherOneOfItsTimeFailed() {
		Deadline failing = new Deadline() {

			@Override
			protected void onDue(long now) {
				throw new IllegalStateException("a defect");
			}

		};
		set(failing, 1000);
		set(new Named("behind"), 1000);
		assertThatIllegalStateException().isThrownBy(() -> pass(2000));
		pass(1000);
		assertThat(this.told).containsExactly("behind");
	}

	private void set(Deadline deadline, long millis) {
		this.deadlines.set(deadline, this.deadlines.in(TimeUnit.MILLISECONDS.toNanos(millis)));
	}

	private void pass(long millis) {
		for (long passed = 0; passed < millis; passed += SWEEP) {
			this.ticker.advanceMillis(SWEEP);
			this.deadlines.sweep(this.ticker.nanoTime());
		}
	}

	private class Named extends Deadline {

		private final String name;

		Named(String name) {
			this.name = name;
		}

		@Override
		protected void onDue(long now) {
			DeadlinesTests.this.told.add(this.name);
		}

	}

}
