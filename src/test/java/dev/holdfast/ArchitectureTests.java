package dev.holdfast;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

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
		.layer("override")
		.definedBy("dev.holdfast.override")
		.layer("cluster")
		.definedBy("dev.holdfast.cluster")
		.layer("tls")
		.definedBy("dev.holdfast.tls")
		.layer("jwt")
		.definedBy("dev.holdfast.jwt")
		.layer("registry")
		.definedBy("dev.holdfast.registry")
		.layer("registry.snapshot")
		.definedBy("dev.holdfast.registry.snapshot")
		.layer("registry.catalog")
		.definedBy("dev.holdfast.registry.catalog")
		.layer("registry.guard")
		.definedBy("dev.holdfast.registry.guard")
		.layer("registry.reflector")
		.definedBy("dev.holdfast.registry.reflector")
		.layer("registry.format")
		.definedBy("dev.holdfast.registry.format")
		.layer("registry.etcd")
		.definedBy("dev.holdfast.registry.etcd")
		.layer("route")
		.definedBy("dev.holdfast.route")
		.layer("route.document")
		.definedBy("dev.holdfast.route.document")
		.layer("route.source")
		.definedBy("dev.holdfast.route.source")
		.layer("store")
		.definedBy("dev.holdfast.store")
		.layer("upstream")
		.definedBy("dev.holdfast.upstream")
		.layer("proxy")
		.definedBy("dev.holdfast.proxy..")
		.layer("admin")
		.definedBy("dev.holdfast.admin")
		.layer("actuate")
		.definedBy("dev.holdfast.actuate")
		.layer("accesslog")
		.definedBy("dev.holdfast.accesslog")
		.layer("configuration")
		.definedBy("dev.holdfast.configuration")
		.whereLayer("service")
		.mayNotAccessAnyLayer()
		.whereLayer("override")
		.mayOnlyAccessLayers("service")
		.whereLayer("cluster")
		.mayOnlyAccessLayers("override", "store", "service")
		.whereLayer("store")
		.mayOnlyAccessLayers("service")
		.whereLayer("tls")
		.mayNotAccessAnyLayer()
		.whereLayer("jwt")
		.mayOnlyAccessLayers("service")
		.whereLayer("registry")
		.mayOnlyAccessLayers("service")
		.whereLayer("registry.snapshot")
		.mayOnlyAccessLayers("registry", "service")
		.whereLayer("registry.catalog")
		.mayOnlyAccessLayers("registry", "registry.snapshot", "service")
		.whereLayer("registry.guard")
		.mayOnlyAccessLayers("registry", "registry.snapshot", "registry.catalog", "service")
		.whereLayer("registry.reflector")
		.mayOnlyAccessLayers("registry", "registry.snapshot", "registry.catalog", "registry.guard", "service")
		.whereLayer("registry.format")
		.mayOnlyAccessLayers("service")
		.whereLayer("registry.etcd")
		.mayOnlyAccessLayers("registry", "registry.format", "store", "service", "tls")
		.whereLayer("route")
		.mayOnlyAccessLayers("service")
		.whereLayer("route.document")
		.mayOnlyAccessLayers("route", "service")
		.whereLayer("route.source")
		.mayOnlyAccessLayers("route", "route.document", "registry", "registry.snapshot", "store", "service")
		.whereLayer("upstream")
		.mayOnlyAccessLayers("override", "service")
		.whereLayer("proxy")
		.mayOnlyAccessLayers("route", "upstream", "service", "tls")
		.whereLayer("admin")
		.mayOnlyAccessLayers("registry", "route", "route.document", "route.source", "upstream", "cluster", "override",
				"service", "jwt")
		.whereLayer("actuate")
		.mayOnlyAccessLayers("registry", "route.source", "upstream", "proxy", "cluster", "service")
		.whereLayer("accesslog")
		.mayOnlyAccessLayers("registry", "upstream", "proxy", "service")
		.withOptionalLayers(true);

	/** The rooms of the traffic port, those first that may use all behind them. */
	private static final List<Set<String>> ROOMS = List.of(Set.of("server"), Set.of("exchange"),
			Set.of("client", "backend"), Set.of("tunnel"), Set.of("http2", "http1"), Set.of("transport"),
			Set.of("header"));

	@ArchTest
	static final ArchRule roomsUseOnlyThoseBelowThem = rooms();

	@ArchTest
	static final ArchRule packagesAreFreeOfCycles = slices().matching("dev.holdfast.(**)").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule nothingUsesWhatStartsTheProgram = noClasses().that()
		.resideOutsideOfPackage("dev.holdfast")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("dev.holdfast");

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

	// jetcd takes what secures its connections as a type of Netty's.
	@ArchTest
	static final ArchRule onlyTheTrafficPortKnowsNetty = noClasses().that()
		.resideOutsideOfPackages("dev.holdfast.proxy..", "dev.holdfast.registry.etcd..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.netty..");

	@ArchTest
	static final ArchRule httpIsReadAndWrittenByTheRoomsForIt = noClasses().should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.netty.handler.codec.http*..");

	@ArchTest
	static final ArchRule onlyTheEtcdSourceMayKnowVertx = noClasses().that()
		.resideOutsideOfPackages("dev.holdfast.registry.etcd..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.vertx..");

	@ArchTest
	static final ArchRule nothingUsesNettysOwnHttp = noClasses().should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.netty.handler.codec.http..", "io.netty.handler.codec.http2..");

	@ArchTest
	static final ArchRule onlyTheEtcdSourceKnowsJetcd = noClasses().that()
		.resideOutsideOfPackages("dev.holdfast.registry.etcd..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.etcd..", "io.grpc..");

	@ArchTest
	static final ArchRule onlyWhatChecksTokensKnowsNimbus = noClasses().that()
		.resideOutsideOfPackages("dev.holdfast.jwt..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("com.nimbusds..");

	@ArchTest
	static final ArchRule onlyTheAccessLogKnowsLogback = noClasses().that()
		.resideOutsideOfPackages("dev.holdfast.accesslog..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("ch.qos.logback..");

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

	/** A reflector and the session that it begins. */
	private static final int LARGEST_KNOT_OF_THE_REGISTRY = 2;

	private static final int LARGEST_KNOT_OF_THE_TRAFFIC_PORT = 12;

	@ArchTest
	static void noClassesOfTheRegistryAreOneKnot(JavaClasses classes) {
		assertThat(knots(classes, "dev.holdfast.registry"))
			.allSatisfy((knot) -> assertThat(knot).hasSizeLessThanOrEqualTo(LARGEST_KNOT_OF_THE_REGISTRY));
	}

	@ArchTest
	static void noClassesOfTheTrafficPortAreOneKnot(JavaClasses classes) {
		assertThat(knots(classes, "dev.holdfast.proxy"))
			.allSatisfy((knot) -> assertThat(knot).hasSizeLessThanOrEqualTo(LARGEST_KNOT_OF_THE_TRAFFIC_PORT));
	}

	private static List<Set<String>> knots(JavaClasses classes, String packages) {
		Map<String, Set<String>> uses = new TreeMap<>();
		for (JavaClass type : classes) {
			if (type.getPackageName().startsWith(packages)) {
				Set<String> used = uses.computeIfAbsent(outermost(type), (name) -> new TreeSet<>());
				type.getDirectDependenciesFromSelf()
					.forEach((dependency) -> used.add(outermost(dependency.getTargetClass().getBaseComponentType())));
			}
		}
		return Knots.in(uses);
	}

	private static String outermost(JavaClass type) {
		String name = type.getName();
		int nested = name.indexOf('$');
		return (nested < 0) ? name : name.substring(0, nested);
	}

	private static ArchRule rooms() {
		LayeredArchitecture rooms = layeredArchitecture().consideringOnlyDependenciesInLayers()
			.layer("root")
			.definedBy("dev.holdfast.proxy")
			.whereLayer("root")
			.mayNotAccessAnyLayer();
		List<String> below = new ArrayList<>(List.of("root"));
		for (Set<String> row : ROOMS.reversed()) {
			for (String room : row) {
				rooms = rooms.layer(room)
					.definedBy("dev.holdfast.proxy." + room)
					.whereLayer(room)
					.mayOnlyAccessLayers(below.toArray(String[]::new));
			}
			below.addAll(row);
		}
		return rooms.ensureAllClassesAreContainedInArchitectureIgnoring(describe("outside of the traffic port",
				(type) -> !type.getPackageName().startsWith("dev.holdfast.proxy")));
	}

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
