package dev.holdfast.check;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class StatusSetTests {

	@Test
	void statusesAreReadAloneAndInRanges() {
		StatusSet statuses = StatusSet.parse("200-204, 304");
		assertThat(List.of(200, 203, 204, 304)).allMatch(statuses::contains);
		assertThat(List.of(199, 205, 303, 305, 503)).noneMatch(statuses::contains);
		assertThat(statuses).hasToString("200-204, 304");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "2xx", "200-", "-200", "204-200", "100", "600", "200,,201", "200-299-300", "+200" })
	void whatNoResponseHasIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> StatusSet.parse(text))
			.withMessageStartingWith("status: ")
			.withMessageContaining("(expected: ");
	}

	@Test
	void noStatusesAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> StatusSet.of(List.of()))
			.withMessage("status: 0 statuses and ranges (expected: 1 to 20)");
	}

}
