package dev.holdfast.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class TextViewTests {

	private static final ObjectMapper mapper = new ObjectMapper();

	private static String text(String json) throws Exception {
		return TextView.of(mapper.readTree(json), null);
	}

	@Test
	void aPageWhoseTotalIsASumTellsItsExtentByItsServices() throws Exception {
		assertThat(text("""
				{"total": {"requests": 12}, "items": [{"name": "orders"}], "page": 1, "size": 1, "services": 3}"""))
			.isEqualTo("""
					total.requests  12
					services        3

					NAME
					orders

					2 to 2 of 3 (page 1)
					""");
		assertThat(text("""
				{"total": {"requests": 12}, "items": [{"name": "orders"}], "page": 0, "size": 1, "services": 1}"""))
			.isEqualTo("""
					total.requests  12
					services        1

					NAME
					orders
					""");
	}

	@Test
	void columnsStayBelowEachOtherBehindWideCharactersAndMarks() throws Exception {
		assertThat(text("""
				{"items": [{"id": "\u8BA2\u5355", "n": 1}, {"id": "e\u0301tat", "n": 2}, {"id": "orders", "n": 3}]}"""))
			.isEqualTo("""
					ID      N
					\u8BA2\u5355    1
					e\u0301tat    2
					orders  3
					""");
	}

	@ParameterizedTest
	@CsvSource({ "orders, 6", "\u8BA2\u5355, 4", "e\u0301, 1", "\uD55C\uAE00, 4", "\uFF21, 2", "\uFF71, 1",
			"\uD83D\uDE80, 2", "\u00E9, 1", "\u2026, 1", "\u2192, 1", "\uD840\uDC00, 2" })
	void widthsAreThoseOfATerminal(String text, int cells) {
		assertThat(TextWidth.of(text)).isEqualTo(cells);
	}

}
