package dev.holdfast.quickstart;

import java.nio.file.Path;
import java.util.List;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code spring-boot:test-run} starts the only main class among the tests, and refuses to
 * choose when there are two.
 */
class QuickStartMainClassTests {

	@Test
	void quickStartIsTheOnlyMainClassAmongTheTests() {
		List<String> mains = new ClassFileImporter().importPath(Path.of("target", "test-classes"))
			.stream()
			.filter((type) -> type.tryGetMethod("main", String[].class).isPresent())
			.map(JavaClass::getName)
			.toList();
		assertThat(mains).containsExactly(QuickStart.class.getName());
	}

}
