package dev.holdfast.shipping;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpServer;

/**
 * A server that answers one path with a fixed status and every other one with 404, and
 * runs commands that ask it.
 */
final class HealthEndpoint implements AutoCloseable {

	private final HttpServer server;

	HealthEndpoint(String path, int status) throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", (exchange) -> {
			try (exchange) {
				boolean known = exchange.getRequestURI().toString().equals(path);
				exchange.sendResponseHeaders(known ? status : 404, -1);
			}
		});
		this.server.start();
	}

	int port() {
		return this.server.getAddress().getPort();
	}

	/**
	 * Runs a command to its end.
	 * @param command the program and its arguments
	 * @param environment variables that it is given beside the test's own
	 * @return the command's exit code
	 * @throws IOException if it cannot be started
	 * @throws InterruptedException if the wait for it is interrupted
	 */
	int ask(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD);
		builder.environment().putAll(environment);
		Process process = builder.start();
		if (!process.waitFor(30, TimeUnit.SECONDS)) {
			process.destroyForcibly();
			throw new AssertionError(command + " still runs after 30 s");
		}
		return process.exitValue();
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

}
