package dev.holdfast.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * The rules of axe-core, by which a page is found hard or impossible to use for somebody.
 */
public final class AccessibilityAudit {

	private static final String SCRIPT = "/axe.min.js";

	private static final String RUN = """
			const answer = arguments[arguments.length - 1];
			axe.run(document, { resultTypes: ['violations'] }).then(
				(result) => answer(result.violations
					.filter((violation) => ['serious', 'critical'].includes(violation.impact))
					.flatMap((violation) => violation.nodes.map((node) =>
						`${violation.id}: ${node.target.join(' ')}: ${node.failureSummary} ${node.html.slice(0, 200)}`))),
				(error) => answer([`axe failed: ${error}`]))
			""";

	private final Browser browser;

	private final String script = read();

	/**
	 * Creates an audit.
	 * @param browser what shows the page
	 */
	public AccessibilityAudit(Browser browser) {
		this.browser = browser;
	}

	/**
	 * Looks at the page as it is shown now.
	 * @return what is serious or critical, with the element and what to do
	 */
	public List<String> violations() {
		if (!Boolean.TRUE.equals(this.browser.evaluate("return 'axe' in window"))) {
			// What a driver runs is not subject to the page's policy.
			this.browser.evaluate(this.script);
		}
		Object violations = this.browser.evaluateLater(RUN);
		return ((List<?>) Objects.requireNonNull(violations)).stream().map(String::valueOf).toList();
	}

	private static String read() {
		try (InputStream file = AccessibilityAudit.class.getResourceAsStream(SCRIPT)) {
			if (file == null) {
				throw new IllegalStateException("%s (expected: on the class path)".formatted(SCRIPT));
			}
			return new String(file.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
