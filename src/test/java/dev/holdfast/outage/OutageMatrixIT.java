package dev.holdfast.outage;

import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The failure matrix. The acts are played at the same time, since in most of them
 * everybody waits; {@code -Dholdfast.outage.row='port refused'} plays one row alone.
 */
class OutageMatrixIT {

	private final Selection selection = Selection.fromProperties();

	@Nested
	@Execution(ExecutionMode.CONCURRENT)
	class OnOneMember {

		@TestFactory
		@Execution(ExecutionMode.SAME_THREAD)
		Stream<DynamicTest> rows() {
			return Matrix.ONE_MEMBER.tests(OutageMatrixIT.this.selection);
		}

	}

	@Nested
	@Execution(ExecutionMode.CONCURRENT)
	class OnScriptedReplies {

		@TestFactory
		@Execution(ExecutionMode.SAME_THREAD)
		Stream<DynamicTest> rows() {
			return Matrix.SCRIPTED_REPLIES.tests(OutageMatrixIT.this.selection);
		}

	}

}
