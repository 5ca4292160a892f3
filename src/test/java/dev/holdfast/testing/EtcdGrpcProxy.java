package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import static org.awaitility.Awaitility.await;

/**
 * A real {@code etcd grpc-proxy} on 127.0.0.1 before an etcd, which can be killed and
 * started again.
 */
public final class EtcdGrpcProxy implements AutoCloseable {

	private final List<String> endpoints;

	private final Path folder;

	private final int port = FreePorts.choose("127.0.0.1");

	private final Thread hook = new Thread(this::kill, "grpc-proxy-end");

	private Process process;

	private EtcdGrpcProxy(List<String> endpoints) {
		this.endpoints = endpoints;
		try {
			this.folder = Folders.create("holdfast-grpc-proxy-");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.process = launch();
		Runtime.getRuntime().addShutdownHook(this.hook);
	}

	/**
	 * Starts a proxy, and waits until etcd answers through it.
	 * @param endpoints the URLs of etcd's members
	 * @return the running proxy
	 */
	public static EtcdGrpcProxy before(String... endpoints) {
		EtcdGrpcProxy proxy = new EtcdGrpcProxy(List.of(endpoints));
		try {
			proxy.awaitReady();
			return proxy;
		}
		catch (RuntimeException ex) {
			proxy.close();
			throw ex;
		}
	}

	/**
	 * The URL for clients.
	 * @return an http URL without path, the same after each restart
	 */
	public String endpoint() {
		return "http://127.0.0.1:" + this.port;
	}

	/**
	 * The process's id.
	 * @return the id, another after each restart
	 */
	public long pid() {
		return this.process.pid();
	}

	/**
	 * What the proxy has written so far.
	 * @return the log of all starts
	 */
	public String log() {
		try {
			return Files.readString(this.folder.resolve("log"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Kills the process (SIGKILL) and waits for its end.
	 */
	public void kill() {
		this.process.destroyForcibly();
		this.process.onExit().join();
	}

	/**
	 * Starts it again, and waits until etcd answers through it.
	 */
	public void restart() {
		kill();
		this.process = launch();
		awaitReady();
	}

	@Override
	public void close() {
		kill();
		Runtime.getRuntime().removeShutdownHook(this.hook);
		try {
			Folders.delete(this.folder);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Process launch() {
		String address = "127.0.0.1:" + this.port;
		ProcessBuilder builder = new ProcessBuilder(EtcdBinary.find().toString(), "grpc-proxy", "start",
				"--endpoints=" + String.join(",", this.endpoints), "--listen-addr=" + address,
				"--advertise-client-url=" + address, "--data-dir=" + this.folder)
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(this.folder.resolve("log").toFile()));
		builder.environment().keySet().removeIf((name) -> name.startsWith("ETCD_"));
		try {
			return builder.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void awaitReady() {
		HttpRequest health = HttpRequest.newBuilder(URI.create(endpoint() + "/health"))
			.timeout(Duration.ofSeconds(2))
			.build();
		try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
			await().ignoreExceptionsInstanceOf(IOException.class)
				.until(() -> client.send(health, HttpResponse.BodyHandlers.discarding()).statusCode() == 200);
		}
	}

}
