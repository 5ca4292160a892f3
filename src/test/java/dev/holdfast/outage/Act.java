package dev.holdfast.outage;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

/**
 * Rows of the matrix that are played one after the other on one stage.
 *
 * @param title what the rows have in common
 * @param stage sets the stage
 * @param rows the rows
 * @param <S> the stage
 */
record Act<S extends Stage>(String title, Supplier<S> stage, List<Outage<S>> rows) {

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

		private @Nullable S stage;

		void play(Outage<S> row) {
			S set = (this.stage != null) ? this.stage : Act.this.stage.get();
			this.stage = set;
			try {
				new Performance<>(row, set).play();
			}
			catch (RuntimeException | AssertionError ex) {
				strike();
				throw ex;
			}
		}

		void strike() {
			S set = this.stage;
			this.stage = null;
			if (set != null) {
				set.close();
			}
		}

	}

}
