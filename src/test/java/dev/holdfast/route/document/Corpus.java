package dev.holdfast.route.document;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.Named;

/**
 * Documents that are used as they should be, and that are not: each begins with a line of
 * its name.
 */
final class Corpus {

	private Corpus() {
	}

	static List<Named<String>> read(String file) throws IOException {
		try (InputStream content = Objects.requireNonNull(Corpus.class.getResourceAsStream(file), file)) {
			String text = new String(content.readAllBytes(), StandardCharsets.UTF_8);
			return Arrays.stream(text.split("(?m)^### ", -1))
				.filter((each) -> !each.isBlank())
				.map((each) -> Named.of(each.substring(0, each.indexOf('\n')), each.substring(each.indexOf('\n'))))
				.toList();
		}
	}

}
