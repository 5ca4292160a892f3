package dev.holdfast.outage;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.holdfast.testing.Closer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

/**
 * Rows of the matrix that are played one after the other on one stage.
 *
 * @param title what the rows have in common
 * @param stage sets the stage, and registers all that it opens
 * @param rows the rows
 * @param <S> the stage
 */
record Act<S extends Stage>(String title, Function<Closer, S> stage, List<Outage<S>> rows) {

	/**
	 * The rows to be played as tests, each with its name. The stage is set when the first
	 * of them begins, and again after one that failed, which may have left it in pieces.
	 * @param selection which rows
	 */
	Stream<DynamicTest> tests(Selection selection) {
		Setting setting = new Setting();
		return this.rows.stream()
			.filter(selection::contains)
			.map((row) -> DynamicTest.dynamicTest(row.name(), () -> setting.play(row)))
			.onClose(setting::strike);
	}

	private final class Setting {

		private final Closer closer = new Closer();

		private @Nullable S stage;

		void play(Outage<S> row) {
			try {
				S set = (this.stage != null) ? this.stage : Act.this.stage.apply(this.closer);
				this.stage = set;
				new Performance<>(row, set).play();
			}
			catch (RuntimeException | AssertionError ex) {
				strikeAfter(ex);
				throw ex;
			}
		}

		/** What cannot be closed must not hide why the row failed. */
		private void strikeAfter(Throwable failure) {
			try {
				strike();
			}
			catch (IllegalStateException ex) {
				failure.addSuppressed(ex);
			}
		}

		void strike() {
			this.stage = null;
			this.closer.close();
		}

	}

}
