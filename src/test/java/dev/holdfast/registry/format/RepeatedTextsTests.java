package dev.holdfast.registry.format;

import java.util.stream.IntStream;

import dev.holdfast.service.ServiceName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RepeatedTextsTests {

	private final RepeatedTexts texts = new RepeatedTexts();

	@Test
	void aTextThatIsRepeatedIsOneObject() {
		String first = this.texts.shared(copy("eu-1a"));
		assertThat(this.texts.shared(copy("eu-1a"))).isSameAs(first);
	}

	@Test
	void theNameOfAServiceIsOneObject() {
		assertThat(this.texts.service(copy("orders"))).isSameAs(this.texts.service(copy("orders")))
			.isEqualTo(new ServiceName("orders"));
	}

	@Test
	void whateverIsRememberedEachTextIsGivenAsItIs() {
		IntStream.range(0, 100_000)
			.mapToObj((i) -> "value-" + i)
			.forEach((text) -> assertThat(this.texts.shared(text)).isEqualTo(text));
		assertThat(this.texts.shared("")).isEmpty();
	}

	@Test
	void aLongTextIsNotRemembered() {
		String first = this.texts.shared("x".repeat(65));
		assertThat(this.texts.shared("x".repeat(65))).isNotSameAs(first);
	}

	private static String copy(String text) {
		return new String(text.toCharArray());
	}

}
