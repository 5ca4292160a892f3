package dev.holdfast.testing;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.Extension;

/**
 * How long a test waits for what must come. It says nothing of how fast the gateway is:
 * the machine may be busy with other builds. Registered for every test class by
 * {@code META-INF/services}, so that Awaitility waits as long where nothing else is said.
 */
public final class Patience implements Extension {

	/**
	 * Far longer than what is waited for takes on a machine with nothing else to do.
	 */
	public static final Duration TIME = Duration.ofSeconds(90);

	/**
	 * Makes Awaitility as patient. JUnit calls this.
	 */
	public Patience() {
		Awaitility.setDefaultTimeout(TIME);
	}

}
