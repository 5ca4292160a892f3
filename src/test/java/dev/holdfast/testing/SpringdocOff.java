package dev.holdfast.testing;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Keeps springdoc out of the gateways that tests start in their own JVM: it is on their
 * class path, and Spring Boot would add its pages. The test that describes the API turns
 * it on for itself.
 */
public final class SpringdocOff implements BeforeAllCallback {

	@Override
	public void beforeAll(ExtensionContext context) {
		System.setProperty("springdoc.api-docs.enabled", "false");
	}

}
