package dev.holdfast.shipping;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code docs/security.md} relies on where it says that a flaw of a library cannot
 * be reached.
 */
class UnreachableLibrariesTests {

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.web.reactive.DispatcherHandler", "org.eclipse.jetty.server.Server",
			"io.rsocket.RSocket", "com.fasterxml.aalto.AaltoInputProperties", "freemarker.template.Template",
			"org.apache.logging.log4j.core.LoggerContext", "org.apache.log4j.Logger",
			"org.codehaus.janino.ExpressionEvaluator", "org.springframework.security.web.FilterChainProxy" })
	void libraryIsNotOnTheClassPath(String type) {
		String resource = type.replace('.', '/') + ".class";
		assertThat(getClass().getClassLoader().getResource(resource)).isNull();
	}

	@Test
	void codeRendersNothingEvaluatesNothingAndBindsNoPropertyPaths() {
		// What classes depend on is told by their own code.
		ArchConfiguration.withThreadLocalScope((configuration) -> {
			configuration.setResolveMissingDependenciesFromClassPath(false);
			assertNothingIsReached();
		});
	}

	private static void assertNothingIsReached() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.expression..", "org.springframework.web.servlet.view..",
					"org.springframework.web.servlet.function..", "org.springframework.web.servlet.mvc.support..")
			.orShould()
			.dependOnClassesThat()
			.haveNameMatching("org\\.springframework\\.(web\\.filter\\.UrlHandlerFilter|http\\.ContentDisposition"
					+ "|web\\.bind\\.(EscapedErrors|WebDataBinder|annotation\\.(ModelAttribute|InitBinder)))")
			.orShould()
			.dependOnClassesThat()
			.haveNameMatching("org\\.springframework\\.web\\.servlet\\.mvc\\.UrlFilenameViewController")
			.check(new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
				.importPackages("dev.holdfast"));
	}

}
