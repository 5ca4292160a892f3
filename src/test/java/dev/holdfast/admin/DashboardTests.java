package dev.holdfast.admin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.holdfast.registry.FakeRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class DashboardTests {

	private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

	private static final Path FILES = Path.of("src/main/resources/static");

	private static AdminServer server;

	@BeforeAll
	static void start() {
		FakeRegistry registry = new FakeRegistry().with("orders", "o1");
		AdminApi api = new AdminApi(registry);
		server = new AdminServer(FakeRegistry.class, registry, registry, api, new SnapshotChanges(),
				new EventStreamSettings(1));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { BROWSER, "text/html" })
	void aBrowserIsGivenThePage(String accept) {
		HttpResponse<String> page = server.get("/", "Accept", accept);
		assertThat(page.statusCode()).isEqualTo(200);
		assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
		assertThat(page.headers().allValues("Vary")).contains("Accept");
		assertThat(page.body()).startsWith("<!DOCTYPE html>").contains("id=\"verdict-sentence\"");
	}

	@ParameterizedTest
	@ValueSource(strings = { "*/*", "application/json", "application/json, text/html;q=0.5" })
	void othersAreGivenJson(String accept) {
		HttpResponse<String> front = server.get("/", "Accept", accept);
		assertThat(front.headers().firstValue("Content-Type")).hasValue("application/json");
		assertThat(front.headers().firstValue("Cache-Control")).hasValue("no-store");
		assertThat(front.body()).contains("\"sentence\":\"etcd ");
	}

	@Test
	void theQueryOfWhatIsLookedAtChangesNothingOfThePage() {
		assertThat(server.get("/?q=orders&status=DOWN&service=a%2Fb", "Accept", BROWSER).body())
			.isEqualTo(server.get("/", "Accept", BROWSER).body());
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/index.html", "/dashboard/js/main.js", "/dashboard/css/page.css",
			"/dashboard/icons/ok.svg" })
	void nothingIsLoadedFromElsewhereNorFramedNorSniffed(String path) {
		HttpResponse<String> answer = server.get(path, "Accept", BROWSER);
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.headers().allValues("Content-Security-Policy"))
			.containsExactly("default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
		assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
		assertThat(answer.headers().allValues("Referrer-Policy")).containsExactly("no-referrer");
	}

	@ParameterizedTest
	@CsvSource({ "/dashboard/js/main.js, text/javascript", "/dashboard/js/views/services.js, text/javascript",
			"/dashboard/css/page.css, text/css", "/dashboard/icons/ok.svg, image/svg+xml" })
	void aFileHasItsType(String path, String type) {
		assertThat(server.get(path, "Accept", "*/*").headers().firstValue("Content-Type")).hasValue(type);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/dashboard/js/main.js" })
	void aFileThatIsTheSameIsNotSentAgain(String path) {
		HttpResponse<String> first = server.get(path, "Accept", BROWSER);
		String tag = first.headers().firstValue("ETag").orElseThrow();
		assertThat(first.headers().firstValue("Cache-Control")).hasValue("no-cache");
		HttpResponse<String> again = server.get(path, "Accept", BROWSER, "If-None-Match", tag);
		assertThat(again.statusCode()).isEqualTo(304);
		assertThat(again.body()).isEmpty();
		assertThat(server.get(path, "Accept", BROWSER, "If-None-Match", "\"another\"").statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/dashboard/../../application.yml", "/dashboard/..%2f..%2fapplication.yml",
			"/dashboard/js/none.js", "/dashboard/", "/dashboard/%2e%2e/%2e%2e/application.yml" })
	void whatIsNoFileOfThePageIsNotThere(String path) {
		HttpResponse<String> answer = server.get(path, "Accept", "*/*");
		assertThat(answer.statusCode()).isBetween(400, 499);
		assertThat(answer.body()).doesNotContain("spring:");
	}

	@ParameterizedTest
	@MethodSource("files")
	void everyFileThatAnotherOneNamesIsThere(Path file) {
		Matcher names = Pattern.compile("(?:from|src=|href=)\\s*['\"]([^'\"?#]+\\.(?:js|css|svg))['\"]")
			.matcher(text(file));
		List<Path> missing = names.results()
			.map((found) -> file.resolveSibling(found.group(1)).normalize())
			.filter((named) -> !Files.isRegularFile(named))
			.toList();
		assertThat(missing).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("files")
	void noFileHasWhatThePolicyForbidsOrKeepsATokenWhereItOutlivesThePage(Path file) {
		assertThat(text(file)).doesNotContainPattern("\\sstyle=|\\son[a-z]+=\"|<style|innerHTML|eval\\(|new Function"
				+ "|localStorage|sessionStorage|indexedDB|document\\.cookie|https?://(?!www\\.w3\\.org/)[a-z]");
	}

	@Test
	void everyWordThatIsToBeExplainedIsExplained() {
		String explanations = text(FILES.resolve("dashboard/js/explain.js"));
		List<String> words = Pattern.compile("data-explain=\"(\\w+)\"")
			.matcher(text(FILES.resolve("index.html")))
			.results()
			.map((found) -> found.group(1))
			.distinct()
			.toList();
		assertThat(words).hasSizeGreaterThan(20)
			.allSatisfy((word) -> assertThat(explanations).contains("\t" + word + ": "));
	}

	static List<Path> files() {
		try (Stream<Path> found = Files.walk(FILES)) {
			return found.filter(Files::isRegularFile).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String text(Path file) {
		try {
			return Files.readString(file, StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
