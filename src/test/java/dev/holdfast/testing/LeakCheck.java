package dev.holdfast.testing;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/**
 * Fails a run of tests in which a Netty buffer, or another counted resource, was
 * forgotten. Registered for every test class by {@code META-INF/services}, so that it
 * begins to look before the first of them is initialised.
 */
public final class LeakCheck implements BeforeAllCallback {

	/**
	 * What {@code @ResourceLock} calls the level at which Netty looks for leaks. It is
	 * the same for all tests.
	 */
	public static final String LEVEL = "io.netty.leakDetection.level";

	private static final Namespace NAMESPACE = Namespace.create(LeakCheck.class);

	/**
	 * Begins to look. JUnit calls this.
	 */
	public LeakCheck() {
		LeakReports.install();
	}

	// What hangs on the root is closed once, after the last test class.
	@Override
	public void beforeAll(ExtensionContext context) {
		context.getRoot()
			.getStore(NAMESPACE)
			.getOrComputeIfAbsent(CloseableResource.class, (key) -> (CloseableResource) LeakCheck::verify);
	}

	static void verify() {
		LeakReports.collect();
		if (!LeakReports.all().isEmpty()) {
			throw new AssertionError("LEAK: %d resources were never released:%n%s".formatted(LeakReports.all().size(),
					String.join(System.lineSeparator(), LeakReports.all())));
		}
	}

}
