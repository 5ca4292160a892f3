package dev.holdfast.quickstart;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code spring-boot:test-run} starts the only main class among the tests, and refuses to
 * choose when there are two.
 */
class QuickStartMainClassTests {

	private static final String SUFFIX = ".class";

	@Test
	void quickStartIsTheOnlyMainClassAmongTheTests() throws Exception {
		Path classes = Path.of(QuickStart.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		try (Stream<Path> files = Files.walk(classes)) {
			List<String> mains = files.filter((file) -> file.toString().endsWith(SUFFIX))
				.map((file) -> className(classes.relativize(file)))
				.filter(QuickStartMainClassTests::hasMain)
				.toList();
			assertThat(mains).containsExactly(QuickStart.class.getName());
		}
	}

	private static String className(Path file) {
		String path = file.toString();
		return path.substring(0, path.length() - SUFFIX.length()).replace('/', '.');
	}

	private static boolean hasMain(String name) {
		try {
			Class<?> type = Class.forName(name, false, QuickStart.class.getClassLoader());
			return Stream.of(type.getDeclaredMethods()).anyMatch((method) -> method.getName().equals("main"));
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalStateException(name, ex);
		}
	}

}
