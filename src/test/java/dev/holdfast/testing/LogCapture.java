package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.logging.LogFile;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.logging.logback.LogbackLoggingSystem;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;

/**
 * Keeps what each test class logs apart from what others log at the same time, and off
 * the console unless a test fails: much of it is provoked on purpose. All of it is in
 * {@code target/test.log}, or the file that {@code holdfast.test.log} names. Registered
 * for every test class by {@code META-INF/services}.
 */
public final class LogCapture implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback, ParameterResolver,
		TestWatcher, LifecycleMethodExecutionExceptionHandler {

	private static final Namespace NAMESPACE = Namespace.create(LogCapture.class);

	private static final String LEVELS = "logging.level.";

	/**
	 * Sets logging up. JUnit calls this.
	 */
	public LogCapture() {
		// An application that starts would set it up anew under the feet of other tests.
		System.setProperty(LoggingSystem.SYSTEM_PROPERTY, SharedLogging.class.getName());
		SLF4JBridgeHandler.removeHandlersForRootLogger();
		SLF4JBridgeHandler.install();
		LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
		context.reset();
		JoranConfigurator configurator = new JoranConfigurator();
		configurator.setContext(context);
		try {
			configurator.doConfigure(new ClassPathResource("test-log.xml", LogCapture.class).getURL());
			for (PropertySource<?> source : new YamlPropertySourceLoader().load("gateway",
					new ClassPathResource("application.yml"))) {
				adopt((EnumerablePropertySource<?>) source, context);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (JoranException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Leaves out what the gateway leaves out of its log.
	 */
	private static void adopt(EnumerablePropertySource<?> source, LoggerContext context) {
		for (String name : source.getPropertyNames()) {
			if (name.startsWith(LEVELS)) {
				context.getLogger(name.substring(LEVELS.length()))
					.setLevel(Level.toLevel(String.valueOf(source.getProperty(name))));
			}
		}
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		if (find(context) == null || context.getExecutionMode() == ExecutionMode.CONCURRENT) {
			keep(context, CapturedLog.begin(context.getRequiredTestClass().getSimpleName()));
		}
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		CapturedLog ofClass = find(context);
		keep(context, (ofClass == null || context.getExecutionMode() == ExecutionMode.CONCURRENT)
				? CapturedLog.begin(context.getRequiredTestClass().getSimpleName()) : ofClass.fromNowOn());
	}

	private static @Nullable CapturedLog find(ExtensionContext context) {
		return context.getStore(NAMESPACE).get(CapturedLog.class, CapturedLog.class);
	}

	private static void keep(ExtensionContext context, CapturedLog log) {
		context.getStore(NAMESPACE).put(CapturedLog.class, log);
	}

	@Override
	public void afterAll(ExtensionContext context) {
		if (context.getParent().map(LogCapture::find).isEmpty()) {
			CapturedLog.end();
		}
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		return parameter.getParameter().getType() == CapturedLog.class;
	}

	@Override
	public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
		return Objects.requireNonNull(find(context));
	}

	@Override
	public void testFailed(ExtensionContext context, Throwable cause) {
		tell(context);
	}

	@Override
	public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable cause) throws Throwable {
		tell(context);
		throw cause;
	}

	@Override
	public void handleAfterAllMethodExecutionException(ExtensionContext context, Throwable cause) throws Throwable {
		tell(context);
		throw cause;
	}

	private static void tell(ExtensionContext context) {
		CapturedLog log = find(context);
		if (log != null && !log.isEmpty()) {
			System.err.println("What " + context.getUniqueId() + " logged:" + System.lineSeparator() + log);
		}
	}

	/**
	 * What Spring Boot finds of logging: it is set up, and stays.
	 */
	static final class SharedLogging extends LogbackLoggingSystem {

		SharedLogging(ClassLoader classLoader) {
			super(classLoader);
		}

		@Override
		public void beforeInitialize() {
			// Nothing is kept off the log.
		}

		@Override
		public void initialize(LoggingInitializationContext context, @Nullable String location,
				@Nullable LogFile file) {
			// It is set up.
		}

		@Override
		public void cleanUp() {
			// Others go on logging.
		}

	}

}
