package dev.holdfast.outage;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The failure matrix. The classes run at the same time, since in most rows everybody
 * waits; {@code -Dholdfast.outage.row='port refused'} plays one row alone.
 * {@code -Dholdfast.outage.report=docs/outages.md} writes the page.
 */
@Order(1) // Among the longest, so it begins first.
class OutageMatrixIT {

	@AfterAll
	static void writeReport() {
		String file = System.getProperty("holdfast.outage.report");
		if (file != null) {
			OutageReport.write(Path.of(file));
		}
	}

	private static Stream<DynamicContainer> play(Act<?>... acts) {
		Selection selection = Selection.fromProperties();
		return Arrays.stream(acts).map((act) -> DynamicContainer.dynamicContainer(act.title(), act.tests(selection)));
	}

	@Nested
	@Execution(ExecutionMode.CONCURRENT)
	class OnOneMember {

		@TestFactory
		@Execution(ExecutionMode.SAME_THREAD)
		Stream<DynamicContainer> rows() {
			return play(Matrix.ONE_MEMBER);
		}

	}

	@Nested
	@Execution(ExecutionMode.CONCURRENT)
	class OnThreeMembers {

		@TestFactory
		@Execution(ExecutionMode.SAME_THREAD)
		Stream<DynamicContainer> rows() {
			return play(Matrix.THREE_MEMBERS, Matrix.DISCOVERY);
		}

	}

	@Nested
	@Execution(ExecutionMode.CONCURRENT)
	class OnScriptedReplies {

		@TestFactory
		@Execution(ExecutionMode.SAME_THREAD)
		Stream<DynamicContainer> rows() {
			return play(Matrix.SCRIPTED_REPLIES);
		}

	}

	@Nested
	@Execution(ExecutionMode.CONCURRENT)
	class WithLeasesAndUsers {

		@TestFactory
		@Execution(ExecutionMode.SAME_THREAD)
		Stream<DynamicContainer> rows() {
			return play(Matrix.LEASES, Matrix.USERS, Matrix.SIMPLE_TOKENS, Matrix.JWT);
		}

	}

	@Nested
	@Execution(ExecutionMode.CONCURRENT)
	class WithNamesCertificatesAndStarts {

		@TestFactory
		@Execution(ExecutionMode.SAME_THREAD)
		Stream<DynamicContainer> rows() {
			return play(Matrix.NAMES, Matrix.CERTIFICATES, Matrix.STARTS, Matrix.CROWD);
		}

	}

}
