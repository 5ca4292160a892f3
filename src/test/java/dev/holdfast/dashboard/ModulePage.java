package dev.holdfast.dashboard;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Objects;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import dev.holdfast.testing.Browser;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A page that is empty but can load each of the dashboard's modules, without a gateway:
 * one for all tests, closed after the last of them.
 */
final class ModulePage implements CloseableResource {

	private static final Namespace NAMESPACE = Namespace.create(ModulePage.class);

	private final HttpServer server;

	private final Browser browser;

	private ModulePage() {
		Path files = Path.of("src", "main", "resources", "static").toAbsolutePath();
		this.server = SimpleFileServer.createFileServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
				files, OutputLevel.NONE);
		this.server.start();
		this.browser = Browser.start();
	}

	private void open() {
		this.browser.open("http://127.0.0.1:%d/dashboard/js/".formatted(this.server.getAddress().getPort()));
	}

	/**
	 * Gives tests the page, empty as it was at first.
	 */
	static final class Extension implements ParameterResolver {

		@Override
		public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
			return parameter.getParameter().getType() == ModulePage.class;
		}

		@Override
		public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
			ModulePage page = context.getRoot()
				.getStore(NAMESPACE)
				.getOrComputeIfAbsent(ModulePage.class, (key) -> new ModulePage(), ModulePage.class);
			page.open();
			return page;
		}

	}

	/**
	 * Runs the body of a function that may wait, and that has {@code load(name)} for a
	 * module.
	 * @return what it returns, or its error, as text
	 */
	String run(String script) {
		Object answer = this.browser.evaluateLater("""
				const answer = arguments[arguments.length - 1];
				const load = (name) => import(`/dashboard/js/${name}.js`);
				(async () => { %s })().then(answer, (error) => answer(String(error.stack ?? error)))
				""".formatted(script));
		return String.valueOf(Objects.requireNonNull(answer));
	}

	@Override
	public void close() {
		this.browser.close();
		this.server.stop(0);
	}

}
