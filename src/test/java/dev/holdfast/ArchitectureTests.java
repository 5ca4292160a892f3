package dev.holdfast;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * The table of packages and what each may use.
 */
@AnalyzeClasses(packages = "dev.holdfast", importOptions = ArchitectureTests.NoTests.class)
class ArchitectureTests {

	@ArchTest
	static final ArchRule packagesUseOnlyWhatTheTableAllows = layeredArchitecture()
		.consideringOnlyDependenciesInLayers()
		.layer("service")
		.definedBy("dev.holdfast.service")
		.layer("tls")
		.definedBy("dev.holdfast.tls")
		.layer("registry")
		.definedBy("dev.holdfast.registry")
		.layer("registry.format")
		.definedBy("dev.holdfast.registry.format")
		.layer("registry.etcd")
		.definedBy("dev.holdfast.registry.etcd")
		.layer("route")
		.definedBy("dev.holdfast.route")
		.layer("upstream")
		.definedBy("dev.holdfast.upstream")
		.layer("proxy")
		.definedBy("dev.holdfast.proxy")
		.layer("admin")
		.definedBy("dev.holdfast.admin")
		.layer("actuate")
		.definedBy("dev.holdfast.actuate")
		.layer("configuration")
		.definedBy("dev.holdfast.configuration")
		.whereLayer("service")
		.mayNotAccessAnyLayer()
		.whereLayer("tls")
		.mayNotAccessAnyLayer()
		.whereLayer("registry")
		.mayOnlyAccessLayers("service")
		.whereLayer("registry.format")
		.mayOnlyAccessLayers("service")
		.whereLayer("registry.etcd")
		.mayOnlyAccessLayers("registry", "registry.format", "service", "tls")
		.whereLayer("route")
		.mayOnlyAccessLayers("service")
		.whereLayer("upstream")
		.mayOnlyAccessLayers("service")
		.whereLayer("proxy")
		.mayOnlyAccessLayers("route", "upstream", "service", "tls")
		.whereLayer("admin")
		.mayOnlyAccessLayers("registry", "route", "upstream", "service")
		.whereLayer("actuate")
		.mayOnlyAccessLayers("registry", "upstream", "proxy", "service")
		.withOptionalLayers(true);

	@ArchTest
	static final ArchRule packagesAreFreeOfCycles = slices().matching("dev.holdfast.(**)").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule onlyTheEdgeKnowsSpring = noClasses().that()
		.resideOutsideOfPackages("dev.holdfast", "dev.holdfast.admin..", "dev.holdfast.actuate..",
				"dev.holdfast.configuration..", "dev.holdfast.registry.etcd..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.springframework..");

	@ArchTest
	static final ArchRule etcdUsesNothingOfSpringButRetry = noClasses().that()
		.resideInAPackage("dev.holdfast.registry.etcd..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework.boot..", "org.springframework.context..", "org.springframework.web..",
				"org.springframework.beans..");

	@ArchTest
	static final ArchRule onlyTheTrafficPortKnowsVertx = noClasses().that()
		.resideOutsideOfPackages("dev.holdfast.proxy..", "dev.holdfast.upstream..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.vertx..");

	@ArchTest
	static final ArchRule onlyTheEtcdSourceKnowsJetcd = noClasses().that()
		.resideOutsideOfPackages("dev.holdfast.registry.etcd..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.etcd..", "io.grpc..");

	@ArchTest
	static final ArchRule theVocabularyUsesTheJdkAlone = noClasses().that()
		.resideInAPackage("dev.holdfast.service..")
		.should()
		.dependOnClassesThat()
		.resideOutsideOfPackages("java..", "org.jspecify..", "org.pcollections..", "dev.holdfast.service..");

	@ArchTest
	static final ArchRule tlsUsesTheJdkAlone = noClasses().that()
		.resideInAPackage("dev.holdfast.tls..")
		.should()
		.dependOnClassesThat()
		.resideOutsideOfPackages("java..", "javax.net.ssl..", "javax.security..", "org.jspecify..",
				"dev.holdfast.tls..");

	/**
	 * Leaves out all that lies where this class lies, whatever the build calls that
	 * place.
	 */
	static final class NoTests implements ImportOption {

		private static final String TESTS = String
			.valueOf(ArchitectureTests.class.getProtectionDomain().getCodeSource().getLocation().getPath());

		@Override
		public boolean includes(Location location) {
			return !location.contains(TESTS);
		}

	}

}
