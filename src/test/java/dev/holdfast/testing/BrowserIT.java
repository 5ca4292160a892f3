package dev.holdfast.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.vertx.core.http.HttpServerRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.WebDriverException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class BrowserIT {

	/**
	 * Has a browser until it is killed. A source, since the tests have one class with a
	 * main method, which is the quick start.
	 */
	private static final String HOLDER = """
			class Holder {

				public static void main(String[] arguments) throws Exception {
					try (var browser = dev.holdfast.testing.Browser.start()) {
						browser.open("about:blank");
						System.out.println("STARTED");
						System.in.read();
					}
				}

			}
			""";

	private static final Closer closer = new Closer();

	private static TestBackend server;

	private static Browser browser;

	@BeforeAll
	static void start() {
		server = closer.register(TestBackend.start("page", BrowserIT::servePoorPage));
		browser = closer.register(Browser.start());
	}

	@AfterAll
	static void stop() {
		closer.close();
	}

	@Test
	void whatIsWrongWithAPageIsNoticed() {
		browser.open(server.url());
		assertThat(browser.text("h1")).isEqualTo("Poor page");
		assertThat(browser.complaints()).anyMatch((complaint) -> complaint.contains("script-src-elem"))
			.anyMatch((complaint) -> complaint.contains("console.error: from a file"))
			.anyMatch((complaint) -> complaint.contains("thrown in a file"));
		assertThat(new AccessibilityAudit(browser).violations())
			.anyMatch((violation) -> violation.startsWith("image-alt"));
	}

	@Test
	void colorsAndSizeAreAsTheyAreSet() {
		browser.open(server.url());
		browser.show(Browser.ColorScheme.DARK);
		assertThat(browser.evaluate("return matchMedia('(prefers-color-scheme: dark)').matches")).isEqualTo(true);
		browser.resize(360, 740);
		assertThat(browser.evaluate("return innerWidth")).isEqualTo(360L);
		browser.resize(3840, 2160);
		assertThat(browser.evaluate("return innerWidth")).isEqualTo(3840L);
	}

	@Test
	void nothingButThisMachineIsReached() {
		assertThatExceptionOfType(WebDriverException.class).isThrownBy(() -> browser.open("http://holdfast.invalid/"))
			.withMessageContaining("ERR_NAME_NOT_RESOLVED");
	}

	@Test
	void browserEndsWithAJvmThatIsKilled(@TempDir Path folder) throws IOException {
		Path holder = Files.writeString(folder.resolve("Holder.java"), HOLDER);
		Process jvm = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), holder.toString())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		List<ProcessHandle> started;
		try (BufferedReader output = jvm.inputReader()) {
			assertThat(output.lines().anyMatch("STARTED"::equals)).isTrue();
			started = jvm.descendants().toList();
			assertThat(started).hasSizeGreaterThan(2);
			jvm.destroyForcibly();
		}
		await().untilAsserted(() -> assertThat(started).noneMatch(ProcessHandle::isAlive));
	}

	@Test
	void browserThatIsNamedButMissingIsReportedByName(@TempDir Path folder) {
		Map<String, String> environment = Map.of("CHROMIUM_BIN", folder + "/chromium");
		assertThatIllegalStateException().isThrownBy(() -> Chromium.find(environment, (line) -> {
		})).withMessage("CHROMIUM_BIN: \"%s/chromium\" (expected: an executable file)", folder);
	}

	@Test
	void browserThatIsNowhereIsReportedWithWhatToDo(@TempDir Path folder) {
		Map<String, String> environment = Map.of("PATH", folder.toString(), "XDG_CACHE_HOME", folder.toString());
		assertThatIllegalStateException().isThrownBy(() -> Chromium.find(environment, (line) -> {
		})).withMessageContaining("Install Chromium and its driver");
	}

	private static void servePoorPage(HttpServerRequest request) {
		if (request.path().equals("/page.js")) {
			request.response().putHeader("content-type", "text/javascript").end("""
					console.error('from a file');
					throw new Error('thrown in a file');
					""");
			return;
		}
		request.response()
			.putHeader("content-type", "text/html")
			.putHeader("content-security-policy", "default-src 'self'")
			.end("""
					<!DOCTYPE html>
					<html lang="en"><head><title>Poor page</title><script src="page.js"></script></head>
					<body><h1>Poor page</h1><img src="picture.png"><script>inline()</script></body></html>
					""");
	}

}
