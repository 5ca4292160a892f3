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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A real etcd of one member on free ports, which can be stopped, killed, paused and
 * restarted with its data; it ends with the JVM at the latest.
 */
public final class EtcdProcess implements AutoCloseable {

	private static final Duration READY = Duration.ofSeconds(60);

	private static final int PORT_TRIES = 10;

	private final Path binary;

	private final Path folder;

	private final String address;

	private final int clientPort;

	private final int peerPort;

	private final Thread hook = new Thread(this::end, "etcd-end");

	private Process process;

	private EtcdProcess(Path binary, Path folder, String address) throws IOException {
		this.binary = binary;
		this.folder = folder;
		this.address = address;
		this.clientPort = FreePorts.choose(address);
		this.peerPort = FreePorts.choose(address);
		this.process = launch();
	}

	/**
	 * Starts an etcd on 127.0.0.1.
	 * @return the running etcd, ready for requests
	 */
	public static EtcdProcess start() {
		return start("127.0.0.1");
	}

	/**
	 * Starts an etcd.
	 * @param address the local address that it listens on
	 * @return the running etcd, ready for requests
	 */
	public static EtcdProcess start(String address) {
		return start(EtcdBinary.find(), address);
	}

	/**
	 * Starts an etcd.
	 * @param binary the executable
	 * @param address the local address that it listens on
	 * @return the running etcd, ready for requests
	 */
	public static EtcdProcess start(Path binary, String address) {
		try {
			for (int i = 1; true; i++) {
				EtcdProcess etcd = new EtcdProcess(binary, Folders.create("holdfast-etcd-"), address);
				Runtime.getRuntime().addShutdownHook(etcd.hook);
				try {
					etcd.awaitReady();
					return etcd;
				}
				catch (IllegalStateException ex) {
					boolean portTaken = etcd.log().contains("address already in use");
					etcd.close();
					if (!portTaken || i == PORT_TRIES) {
						throw ex;
					}
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The URL for clients.
	 * @return an http URL without path
	 */
	public String endpoint() {
		return url(this.clientPort);
	}

	/**
	 * The port for clients.
	 * @return the port, the same after each restart
	 */
	public int port() {
		return this.clientPort;
	}

	/**
	 * The process's id.
	 * @return the id, another after each restart
	 */
	public long pid() {
		return this.process.pid();
	}

	/**
	 * Tells whether the process runs, be it paused or not.
	 * @return whether it runs
	 */
	public boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * The folder that holds data and log.
	 * @return the folder; deleted by {@link #close()}
	 */
	public Path folder() {
		return this.folder;
	}

	/**
	 * What etcd has written so far.
	 * @return the log of all starts
	 */
	public String log() {
		try {
			return Files.exists(logFile()) ? Files.readString(logFile()) : "";
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The command that starts this etcd with the same ports and data.
	 * @return the words of the command line
	 */
	public List<String> command() {
		List<String> command = new ArrayList<>(List.of(this.binary.toString(), "--name=holdfast"));
		command.add("--data-dir=" + this.folder.resolve("data"));
		command.add("--listen-client-urls=" + endpoint());
		command.add("--advertise-client-urls=" + endpoint());
		command.add("--listen-peer-urls=" + url(this.peerPort));
		command.add("--initial-advertise-peer-urls=" + url(this.peerPort));
		command.add("--initial-cluster=holdfast=" + url(this.peerPort));
		// A single member need not wait long before it elects itself, and the shortest
		// lease that etcd grants grows with this time.
		command.add("--heartbeat-interval=20");
		command.add("--election-timeout=200");
		command.add("--logger=zap");
		command.add("--log-level=warn");
		return command;
	}

	/**
	 * The command for a shell, which starts this etcd in the background with the same
	 * ports, data and log.
	 * @return one line
	 */
	public String shellCommand() {
		String words = command().stream().map(EtcdProcess::quoted).collect(Collectors.joining(" "));
		String environment = isArm() ? "ETCD_UNSUPPORTED_ARCH=arm64 " : "";
		return environment + words + " >>" + quoted(logFile().toString()) + " 2>&1 &";
	}

	/**
	 * Ends the process in order (SIGTERM) and waits for its end.
	 */
	public void stop() {
		this.process.destroy();
		resume();
		awaitEnd();
	}

	/**
	 * Kills the process (SIGKILL) and waits for its end.
	 */
	public void kill() {
		this.process.destroyForcibly();
		awaitEnd();
	}

	/**
	 * Starts the process again with the same ports and data, and waits until it is ready;
	 * kills it first when it runs.
	 */
	public void restart() {
		kill();
		try {
			this.process = launch();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		awaitReady();
	}

	/**
	 * Halts the process (SIGSTOP): its connections stay open and silent.
	 */
	public void pause() {
		signal("STOP");
	}

	/**
	 * Lets a halted process go on (SIGCONT).
	 */
	public void resume() {
		if (this.process.isAlive()) {
			signal("CONT");
		}
	}

	/**
	 * Kills the process and deletes its data.
	 */
	@Override
	public void close() {
		end();
		Runtime.getRuntime().removeShutdownHook(this.hook);
	}

	private void end() {
		kill();
		// Somebody may have started it anew by the shell command.
		String data = "--data-dir=" + this.folder.resolve("data");
		ProcessHandle.allProcesses()
			.filter((handle) -> List.of(handle.info().arguments().orElse(new String[0])).contains(data))
			.forEach((handle) -> {
				handle.destroyForcibly();
				handle.onExit().join();
			});
		try {
			Folders.delete(this.folder);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Process launch() throws IOException {
		ProcessBuilder builder = new ProcessBuilder(command()).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
		// etcd refuses a variable that says something else than the command line.
		builder.environment().keySet().removeIf((name) -> name.startsWith("ETCD_"));
		if (isArm()) {
			builder.environment().put("ETCD_UNSUPPORTED_ARCH", "arm64");
		}
		return builder.start();
	}

	private void awaitReady() {
		long deadline = System.nanoTime() + READY.toNanos();
		try (HttpClient client = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.connectTimeout(Duration.ofSeconds(1))
			.build()) {
			while (!isHealthy(client)) {
				if (this.process.waitFor(20, TimeUnit.MILLISECONDS)) {
					throw new IllegalStateException(
							"etcd ended with status %d; its log: %s".formatted(this.process.exitValue(), log()));
				}
				if (System.nanoTime() > deadline) {
					throw new IllegalStateException(
							"etcd was not ready after %d s; its log: %s".formatted(READY.toSeconds(), log()));
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted while waiting for etcd", ex);
		}
	}

	private boolean isHealthy(HttpClient client) throws InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint() + "/health"))
			.timeout(Duration.ofSeconds(2))
			.build();
		try {
			return this.process.isAlive()
					&& client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private void awaitEnd() {
		try {
			if (!this.process.waitFor(READY.toSeconds(), TimeUnit.SECONDS)) {
				throw new IllegalStateException("etcd did not end within %d s".formatted(READY.toSeconds()));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted while waiting for the end of etcd", ex);
		}
	}

	private void signal(String name) {
		try {
			int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).inheritIO().start().waitFor();
			if (status != 0) {
				throw new IllegalStateException("kill -%s %d ended with status %d".formatted(name, pid(), status));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted while sending SIG" + name, ex);
		}
	}

	private Path logFile() {
		return this.folder.resolve("etcd.log");
	}

	private String url(int port) {
		return "http://%s:%d".formatted(this.address, port);
	}

	private static boolean isArm() {
		return System.getProperty("os.arch").equals("aarch64");
	}

	private static String quoted(String word) {
		return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
	}

}
