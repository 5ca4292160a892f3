package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;

import static org.awaitility.Awaitility.await;

/**
 * A headless Chromium with one tab, that reaches nothing but this machine; it ends with
 * the JVM at the latest, however that ends.
 */
public final class Browser implements AutoCloseable {

	private static final List<String> FLAGS = List.of("--headless=new", "--no-sandbox", "--disable-gpu",
			"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
			"--no-first-run", "--no-default-browser-check", "--disable-breakpad", "--disable-dev-shm-usage",
			"--no-proxy-server", "--hide-scrollbars", "--force-color-profile=srgb", "--lang=en-US",
			"--disable-features=OptimizationHints,Translate,MediaRouter,DialMediaRouteProvider",
			"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
			// Without its driver, the browser ends too.
			"--remote-debugging-pipe");

	/**
	 * A JVM that is killed ends nothing that it has started, but its end of the standard
	 * input closes.
	 */
	private static final String GUARD = """
			#!/bin/sh
			exec 3<&0
			'DRIVER' "$@" </dev/null 3<&- &
			driver=$!
			trap 'kill "$driver"' TERM INT
			(cat <&3; kill "$driver"; sleep 1; rm -rf 'FOLDER') >/dev/null 2>&1 &
			guard=$!
			exec 3<&-
			wait "$driver"
			kill "$guard" 2>/dev/null
			""";

	/** What the console would show, and what the page's policy has refused. */
	private static final String LISTEN = """
			(() => {
				const complaints = [];
				Object.defineProperty(window, 'holdfastComplaints', { value: complaints });
				const keep = (text) => complaints.length < 100 && complaints.push(text);
				addEventListener('error', (event) => keep(event.message
						? `${event.message} (${event.filename}:${event.lineno})`
						: `not loaded: ${event.target.src || event.target.href}`), true);
				addEventListener('unhandledrejection', (event) => keep(`not caught: ${event.reason}`));
				addEventListener('securitypolicyviolation', (event) => keep(
						`${event.effectiveDirective} refuses ${event.blockedURI} (${event.sourceFile}:${event.lineNumber})`), true);
				for (const level of ['warn', 'error']) {
					const report = console[level];
					console[level] = (...words) => {
						keep(`console.${level}: ${words.join(' ')}`);
						report.apply(console, words);
					};
				}
			})()
			""";

	private static final int END_SECONDS = 10;

	/**
	 * Nothing here uses what it misses: generated classes for this version's DevTools.
	 */
	private static final Logger unusedTools = Logger.getLogger("org.openqa.selenium.devtools");

	static {
		unusedTools.setLevel(Level.SEVERE);
	}

	private final Folders.Temporary folder;

	private final ChromeDriverService service;

	private final ChromeDriver driver;

	private final Thread hook = new Thread(this::end, "browser-end");

	private Browser(Folders.Temporary folder, ChromeDriverService service, ChromeDriver driver) {
		this.folder = folder;
		this.service = service;
		this.driver = driver;
		Runtime.getRuntime().addShutdownHook(this.hook);
	}

	/**
	 * Starts a browser, fetching it first when the machine has none.
	 * @return the browser, with an empty tab
	 */
	public static Browser start() {
		Chromium chromium = Chromium.find(System.getenv(), System.out::println);
		Folders.Temporary folder = Folders.temporary("holdfast-browser-");
		ChromeDriverService service = new ChromeDriverService.Builder()
			.usingDriverExecutable(guard(folder.path(), chromium.driver()).toFile())
			.usingAnyFreePort()
			.withLogFile(folder.path().resolve("driver.log").toFile())
			.withTimeout(Patience.TIME)
			.build();
		try {
			Browser browser = new Browser(folder, service, new ChromeDriver(service, options(chromium, folder.path())));
			browser.prepare();
			return browser;
		}
		catch (WebDriverException ex) {
			String log = log(folder.path());
			service.stop();
			folder.close();
			throw new IllegalStateException("%s does not start: %s".formatted(chromium, log), ex);
		}
	}

	private static ChromeOptions options(Chromium chromium, Path folder) {
		ChromeOptions options = new ChromeOptions();
		options.setBinary(chromium.browser().toString());
		options.addArguments(FLAGS);
		options.addArguments("--user-data-dir=" + folder.resolve("profile"));
		return options;
	}

	private static Path guard(Path folder, Path driver) {
		try {
			Path script = Files.writeString(folder.resolve("chromedriver"),
					GUARD.replace("DRIVER", driver.toString()).replace("FOLDER", folder.toString()));
			Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
			return script;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String log(Path folder) {
		try {
			Path log = folder.resolve("driver.log");
			return Files.exists(log) ? Files.readString(log) : "no log";
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	private void prepare() {
		this.driver.manage().timeouts().scriptTimeout(Patience.TIME).pageLoadTimeout(Patience.TIME);
		command("Page.addScriptToEvaluateOnNewDocument", Map.of("source", LISTEN));
		show(ColorScheme.LIGHT);
		resize(1280, 900);
	}

	/**
	 * Sets how large the page is shown.
	 * @param width in CSS pixels
	 * @param height in CSS pixels
	 */
	public void resize(int width, int height) {
		command("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
		await().until(() -> Objects.equals(evaluate("return innerWidth"), (long) width));
	}

	/**
	 * Sets what colours the operator prefers; motion is always to be reduced.
	 * @param scheme the colours
	 */
	public void show(ColorScheme scheme) {
		command("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme.value),
						Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
	}

	/**
	 * Opens a page and waits until it has been loaded.
	 * @param url its URL
	 */
	public void open(String url) {
		this.driver.get(url);
	}

	/**
	 * The URL that the address line shows.
	 * @return the URL
	 */
	public String url() {
		return String.valueOf(this.driver.getCurrentUrl());
	}

	/**
	 * Runs a script in the page.
	 * @param script the body of a function, with its arguments in {@code arguments}
	 * @param arguments the arguments
	 * @return what it returns: strings, numbers, booleans, lists and maps
	 */
	public @Nullable Object evaluate(String script, Object... arguments) {
		return this.driver.executeScript(script, arguments);
	}

	/**
	 * Runs a script in the page that answers later.
	 * @param script the body of a function whose last argument takes the answer
	 * @param arguments the arguments before that
	 * @return the answer
	 */
	public @Nullable Object evaluateLater(String script, Object... arguments) {
		return this.driver.executeAsyncScript(script, arguments);
	}

	/**
	 * Reads what elements show.
	 * @param selector a CSS selector
	 * @return the visible text of each element that is shown
	 */
	public List<String> texts(String selector) {
		Object texts = evaluate("""
				return [...document.querySelectorAll(arguments[0])]
					.filter((element) => element.checkVisibility({ visibilityProperty: true }))
					.map((element) => (element.innerText ?? element.textContent).trim())
				""", selector);
		return ((List<?>) Objects.requireNonNull(texts)).stream().map(String::valueOf).toList();
	}

	/**
	 * Reads what the first of some elements shows.
	 * @param selector a CSS selector
	 * @return its visible text, empty when none is shown
	 */
	public String text(String selector) {
		return texts(selector).stream().findFirst().orElse("");
	}

	/**
	 * Tells whether an element is shown.
	 * @param selector a CSS selector
	 * @return whether one is
	 */
	public boolean shows(String selector) {
		return !texts(selector).isEmpty();
	}

	/**
	 * Reads an attribute.
	 * @param selector a CSS selector
	 * @param name the attribute
	 * @return its value in the first such element, empty when it has none
	 */
	public String attribute(String selector, String name) {
		Object value = evaluate("return document.querySelector(arguments[0])?.getAttribute(arguments[1]) ?? ''",
				selector, name);
		return String.valueOf(value);
	}

	/**
	 * Clicks where an element is, which must not be covered.
	 * @param selector a CSS selector
	 */
	public void click(String selector) {
		element(selector).click();
	}

	/**
	 * Replaces what a field holds, key by key.
	 * @param selector a CSS selector
	 * @param text its new content
	 */
	public void fill(String selector, String text) {
		WebElement field = element(selector);
		field.clear();
		field.sendKeys(text);
	}

	/**
	 * Presses keys where the focus is.
	 * @param keys the keys, one after the other
	 */
	public void press(CharSequence... keys) {
		new Actions(this.driver).sendKeys(keys).perform();
	}

	private WebElement element(String selector) {
		return this.driver.findElement(By.cssSelector(selector));
	}

	/**
	 * What went wrong in the page since it was loaded: errors, what its policy refused,
	 * what it wrote to the console as a warning or an error.
	 * @return the complaints
	 */
	public List<String> complaints() {
		Object complaints = evaluate("return window.holdfastComplaints ?? ['nothing has been loaded']");
		return ((List<?>) Objects.requireNonNull(complaints)).stream().map(String::valueOf).toList();
	}

	/**
	 * Takes a picture of what is shown.
	 * @return the picture, PNG
	 */
	public byte[] screenshot() {
		return this.driver.getScreenshotAs(OutputType.BYTES);
	}

	/**
	 * Gives a command of the DevTools protocol.
	 * @param name its name
	 * @param parameters its parameters
	 * @return the answer
	 */
	public Map<String, Object> command(String name, Map<String, Object> parameters) {
		return this.driver.executeCdpCommand(name, parameters);
	}

	@Override
	public void close() {
		end();
		Runtime.getRuntime().removeShutdownHook(this.hook);
	}

	private void end() {
		List<ProcessHandle> processes = ProcessHandle.current().descendants().filter(this::isOurs).toList();
		try {
			this.driver.quit();
		}
		finally {
			this.service.stop();
			processes.forEach(Browser::awaitEnd);
			this.folder.close();
		}
	}

	private boolean isOurs(ProcessHandle process) {
		return process.info().commandLine().orElse("").contains(this.folder.path().toString());
	}

	// A process that is still ending writes into the folder.
	private static void awaitEnd(ProcessHandle process) {
		process.onExit().completeOnTimeout(process, END_SECONDS, TimeUnit.SECONDS).join();
		process.destroyForcibly();
		process.onExit().join();
	}

	/**
	 * What colours an operator prefers.
	 */
	public enum ColorScheme {

		/** Dark on light. */
		LIGHT("light"),

		/** Light on dark. */
		DARK("dark");

		private final String value;

		ColorScheme(String value) {
			this.value = value;
		}

	}

}
