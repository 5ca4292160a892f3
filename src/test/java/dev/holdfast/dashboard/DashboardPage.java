package dev.holdfast.dashboard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;

import dev.holdfast.testing.Browser;
import org.awaitility.core.ConditionTimeoutException;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebDriverException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The page as an operator uses it.
 */
final class DashboardPage implements AutoCloseable {

	/** More than there are stops on the way from the beginning of the page to its end. */
	private static final int MOST_STOPS = 400;

	private final Browser browser = Browser.start();

	Browser browser() {
		return this.browser;
	}

	/**
	 * Opens the page and waits until it follows the events.
	 * @param url the admin port's URL, with a query
	 */
	void open(String url) {
		this.browser.open(url);
		awaitConnection("live");
	}

	void awaitConnection(String connection) {
		until("body[data-connection=%s]".formatted(connection));
	}

	/**
	 * Waits until an element is shown.
	 * @param selector a CSS selector
	 */
	void until(String selector) {
		until(selector + " is shown", () -> this.browser.shows(selector));
	}

	/**
	 * Waits until an element is not shown any more.
	 * @param selector a CSS selector
	 */
	void untilGone(String selector) {
		until(selector + " is gone", () -> !this.browser.shows(selector));
	}

	/**
	 * Waits until an element contains a text, in capitals or not.
	 * @param selector a CSS selector
	 * @param text the text
	 */
	void untilText(String selector, String text) {
		until("%s contains \"%s\"".formatted(selector, text),
				() -> this.browser.text(selector).toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT)));
	}

	void until(String what, Callable<Boolean> condition) {
		try {
			// Elements may be replaced while they are looked at.
			await(what).pollInterval(Duration.ofMillis(100))
				.ignoreExceptionsInstanceOf(WebDriverException.class)
				.until(condition);
		}
		catch (ConditionTimeoutException ex) {
			throw new AssertionError("Not so: %s. %s".formatted(what, evidence()), ex);
		}
	}

	private String evidence() {
		Path picture = Path.of("target", "browser", System.nanoTime() + ".png");
		try {
			Files.createDirectories(picture.getParent());
			Files.write(picture, this.browser.screenshot());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return "Picture: %s; complaints: %s; title: %s; the page: %s".formatted(picture, this.browser.complaints(),
				this.browser.evaluate("return document.title"), this.browser.text("body"));
	}

	/**
	 * Clicks when that is possible.
	 * @param selector a CSS selector
	 */
	void click(String selector) {
		until(selector + " can be clicked", () -> {
			this.browser.click(selector);
			return true;
		});
	}

	/**
	 * Opens a service of the list.
	 * @param service its name
	 */
	void openService(String service) {
		click("#services-table tr[data-service='%s'] [data-action=open]".formatted(service));
		until("#service[data-service='%s']".formatted(service));
	}

	/**
	 * Fills the dialog of a write and sends it.
	 * @param write what the dialog is for
	 * @param reason why it is done
	 * @param token the token
	 */
	void submit(String write, String reason, String token) {
		until("#write-dialog[open][data-write=%s]".formatted(write));
		this.browser.fill("#write-reason", reason);
		if (this.browser.shows("#write-token")) {
			this.browser.fill("#write-token", token);
		}
		click("#write-submit");
	}

	/**
	 * Waits until the dialog has closed by itself, which it does after success.
	 */
	void untilWritten() {
		until("no dialog, or one that tells a problem",
				() -> !this.browser.shows("#write-dialog[open]") || this.browser.shows("#write-problem[data-code]"));
		assertThat(this.browser.text("#write-problem")).isEmpty();
	}

	/**
	 * Goes on with the Tab key until an element has the focus.
	 * @param selector a CSS selector
	 */
	void tabTo(String selector) {
		for (int i = 0; i < MOST_STOPS; i++) {
			if (isFocused(selector)) {
				return;
			}
			this.browser.press(Keys.TAB);
		}
		throw new AssertionError("The Tab key never gets to " + selector);
	}

	boolean isFocused(String selector) {
		return Boolean.TRUE
			.equals(this.browser.evaluate("return document.activeElement?.matches(arguments[0]) ?? false", selector));
	}

	/**
	 * Return what makes the page scroll sideways, which only a table may do, by itself.
	 */
	List<String> tooWide() {
		Object elements = this.browser.evaluate("""
				if (document.scrollingElement.scrollWidth <= innerWidth) {
					return [];
				}
				return [document.scrollingElement.scrollWidth + ' px', ...[...document.body.querySelectorAll('*')]
					.filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
					.map((element) => `${element.getBoundingClientRect().right} px: ${element.outerHTML.slice(0, 150)}`)
					.slice(0, 20)]
				""");
		return ((List<?>) Objects.requireNonNull(elements)).stream().map(String::valueOf).toList();
	}

	/**
	 * Return what the page cannot be charged with: that nothing went wrong in its scripts
	 * and that it did nothing that its own policy forbids.
	 */
	List<String> complaints() {
		assertThat(this.browser.shows("#page-errors")).as(this.browser.text("#page-errors")).isFalse();
		return this.browser.complaints();
	}

	@Override
	public void close() {
		this.browser.close();
	}

}
