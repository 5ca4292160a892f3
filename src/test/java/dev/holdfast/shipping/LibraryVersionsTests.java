package dev.holdfast.shipping;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The versions of libraries, as they lie on the class path. A BOM that is imported for
 * one library can replace the version of another without a word.
 */
class LibraryVersionsTests {

	private static final Pattern JAR = Pattern.compile(".*/([A-Za-z][A-Za-z0-9_.-]*?)-([0-9][^/!]*?)\\.jar!.*");

	private final Map<String, String> versions = new TreeMap<>();

	@BeforeEach
	void readTheClassPath() throws IOException {
		for (URL manifest : Collections.list(getClass().getClassLoader().getResources("META-INF/MANIFEST.MF"))) {
			Matcher jar = JAR.matcher(manifest.toString());
			if (jar.matches()) {
				this.versions.put(jar.group(1), jar.group(2));
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "tomcat-embed-core, tomcat", "tomcat-embed-el, tomcat", "logback-classic, logback",
			"logback-core, logback", "netty-transport, netty", "netty-codec-http2, netty", "jackson-core, jackson-bom",
			"jackson-databind, jackson-bom", "jackson-datatype-jdk8, jackson-bom",
			"jackson-datatype-jsr310, jackson-bom", "jackson-module-parameter-names, jackson-bom" })
	void libraryHasTheVersionThatTheBuildPins(String library, String property) throws IOException {
		String pinned = Files.readString(Path.of("pom.xml"))
			.replaceAll("(?s).*<%1$s\\.version>([^<]+)</%1$s\\.version>.*".formatted(property), "$1");
		assertThat(this.versions).containsEntry(library, pinned);
	}

	// It would come or not come with the Java that Maven itself runs on.
	@Test
	void thereIsOneJackson() {
		assertThat(getClass().getClassLoader().getResource("tools/jackson/core/JsonFactory.class")).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "log4j-api, log4j-to-slf4j", "slf4j-api, jul-to-slf4j", "spring-core, spring-webmvc",
			"micrometer-core, micrometer-registry-prometheus", "grpc-netty, grpc-core" })
	void librariesOfOneReleaseAreNotMixed(String one, String other) {
		assertThat(this.versions).containsEntry(one, this.versions.get(other));
	}

}
