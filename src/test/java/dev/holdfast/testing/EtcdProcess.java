package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A real etcd on free ports, alone or a member of an {@link EtcdCluster}, which can be
 * stopped, killed, paused and restarted with its data; it ends with the JVM at the
 * latest.
 */
public final class EtcdProcess implements AutoCloseable {

	private static final Duration READY = Duration.ofSeconds(60);

	private static final int PORT_TRIES = 10;

	private final Path binary;

	private final Path folder;

	private final Place place;

	private final EtcdOptions options;

	private final Thread hook = new Thread(this::end, "etcd-end");

	private Bootstrap bootstrap;

	private Process process;

	private EtcdProcess(Path binary, Path folder, Place place, EtcdOptions options, Bootstrap bootstrap)
			throws IOException {
		this.binary = binary;
		this.folder = folder;
		this.place = place;
		this.options = options;
		this.bootstrap = bootstrap;
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
	 * Starts an etcd on 127.0.0.1.
	 * @param options how it differs from the usual
	 * @return the running etcd, ready for requests
	 */
	public static EtcdProcess start(EtcdOptions options) {
		return start(EtcdBinary.find(), "127.0.0.1", options);
	}

	/**
	 * Starts an etcd.
	 * @param binary the executable
	 * @param address the local address that it listens on
	 * @return the running etcd, ready for requests
	 */
	public static EtcdProcess start(Path binary, String address) {
		return start(binary, address, EtcdOptions.NONE);
	}

	private static EtcdProcess start(Path binary, String address, EtcdOptions options) {
		for (int i = 1; true; i++) {
			Place place = Place.choose("holdfast", address);
			// A single member need not wait long before it elects itself, and the
			// shortest lease that etcd grants grows with this time.
			Bootstrap alone = new Bootstrap(place.peer(), false, "holdfast", Duration.ofMillis(200));
			EtcdProcess etcd = launch(binary, place, options, alone);
			try {
				etcd.awaitReady();
				return etcd;
			}
			catch (IllegalStateException ex) {
				boolean portTaken = etcd.isPortTaken();
				etcd.close();
				if (!portTaken || i == PORT_TRIES) {
					throw ex;
				}
			}
		}
	}

	/**
	 * Starts an etcd and does not wait until it is ready.
	 */
	static EtcdProcess launch(Path binary, Place place, EtcdOptions options, Bootstrap bootstrap) {
		try {
			EtcdProcess etcd = new EtcdProcess(binary, Folders.create("holdfast-etcd-"), place, options, bootstrap);
			Runtime.getRuntime().addShutdownHook(etcd.hook);
			return etcd;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The URL for clients.
	 * @return an http or https URL without path
	 */
	public String endpoint() {
		return (this.options.tls() ? "https" : "http") + "://" + this.place.client();
	}

	/**
	 * The local address that it listens on.
	 * @return an IP address
	 */
	public String address() {
		return this.place.address();
	}

	/**
	 * The port for clients.
	 * @return the port, the same after each restart
	 */
	public int port() {
		return this.place.clientPort();
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
	 * Reads one of etcd's own meters.
	 * @param name the meter's name, such as {@code etcd_debugging_mvcc_watcher_total}
	 * @return the sum of its samples, whatever their labels, 0 when it has none
	 */
	public double meter(String name) {
		try (HttpClient client = client()) {
			return ask(client, "/metrics").orElseThrow(() -> new IllegalStateException("etcd tells no meters"))
				.lines()
				.filter((line) -> line.startsWith(name + " ") || line.startsWith(name + "{"))
				.mapToDouble((line) -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
				.sum();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted while asking etcd", ex);
		}
	}

	/**
	 * The command that starts this etcd with the same ports and data.
	 * @return the words of the command line
	 */
	public List<String> command() {
		List<String> command = new ArrayList<>(List.of(this.binary.toString(), "--name=" + this.place.name()));
		command.add("--data-dir=" + data());
		command.add("--listen-client-urls=" + endpoint());
		command.add("--advertise-client-urls=" + endpoint());
		command.add("--listen-peer-urls=" + this.place.peerUrl());
		command.add("--initial-advertise-peer-urls=" + this.place.peerUrl());
		command.add("--initial-cluster=" + this.bootstrap.members());
		command.add("--initial-cluster-state=" + (this.bootstrap.existing() ? "existing" : "new"));
		command.add("--initial-cluster-token=" + this.bootstrap.token());
		command.add("--heartbeat-interval=" + this.bootstrap.election().toMillis() / 10);
		command.add("--election-timeout=" + this.bootstrap.election().toMillis());
		command.add("--logger=zap");
		command.add("--log-level=warn");
		if (this.options.tls()) {
			// Health without a client certificate.
			command.add("--listen-metrics-urls=" + statusUrl());
		}
		command.addAll(this.options.flags());
		return command;
	}

	/**
	 * Writes a script that starts this etcd in the background with the same ports, data
	 * and log.
	 * @return the script, executable; deleted by {@link #close()}
	 */
	public Path startScript() {
		String words = command().stream().map(EtcdProcess::quoted).collect(Collectors.joining(" "));
		String environment = isArm() ? "ETCD_UNSUPPORTED_ARCH=arm64 " : "";
		try {
			Path script = Files.writeString(this.folder.resolve("start-etcd"),
					"#!/bin/sh\n" + environment + words + " >>" + quoted(logFile().toString()) + " 2>&1 &\n");
			Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
			return script;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Ends the process in order (SIGTERM) and waits for its end.
	 */
	public void stop() {
		resume();
		this.process.destroy();
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
		relaunch();
		awaitReady();
	}

	/**
	 * Starts the process again with the same ports and data, and does not wait: a member
	 * is ready only when a majority of its cluster runs. Kills it first when it runs.
	 */
	public void relaunch() {
		kill();
		try {
			this.process = launch();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Kills the process and starts it without data, and waits until it is ready. The
	 * cluster has the same id, since that is made of what it is configured with.
	 */
	public void wipe() {
		relaunch(this.bootstrap);
		awaitReady();
	}

	/**
	 * Begins again without data.
	 */
	void relaunch(Bootstrap bootstrap) {
		kill();
		try {
			Folders.delete(data());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.bootstrap = bootstrap;
		relaunch();
	}

	/**
	 * Halts the process (SIGSTOP): its connections stay open and silent.
	 */
	public void pause() {
		Signals.send(this.process, "STOP");
	}

	/**
	 * Lets a halted process go on (SIGCONT).
	 */
	public void resume() {
		if (this.process.isAlive()) {
			Signals.send(this.process, "CONT");
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
		String data = "--data-dir=" + data();
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

	/**
	 * Waits until the process answers and, as a member, has a leader.
	 * @throws IllegalStateException if it ends or is not ready in time
	 */
	void awaitReady() {
		long deadline = System.nanoTime() + READY.toNanos();
		try (HttpClient client = client()) {
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
		// An etcd that is full answers reads.
		return this.process.isAlive() && ask(client, "/health?exclude=NOSPACE").isPresent();
	}

	/**
	 * Tells whether it holds itself for the leader of its cluster.
	 */
	boolean isLeader() {
		try (HttpClient client = client()) {
			return this.process.isAlive()
					&& ask(client, "/metrics").orElse("").lines().anyMatch("etcd_server_is_leader 1"::equals);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted while asking etcd", ex);
		}
	}

	boolean isPortTaken() {
		return log().contains("address already in use");
	}

	Place place() {
		return this.place;
	}

	Path data() {
		return this.folder.resolve("data");
	}

	private Optional<String> ask(HttpClient client, String path) throws InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create(statusUrl() + path))
			.timeout(Duration.ofSeconds(2))
			.build();
		try {
			HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
			return (response.statusCode() == 200) ? Optional.of(response.body()) : Optional.empty();
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	private static HttpClient client() {
		return HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.connectTimeout(Duration.ofSeconds(1))
			.build();
	}

	private String statusUrl() {
		return this.options.tls() ? "http://%s:%d".formatted(this.place.address(), this.place.statusPort())
				: endpoint();
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

	private Path logFile() {
		return this.folder.resolve("etcd.log");
	}

	private static boolean isArm() {
		return System.getProperty("os.arch").equals("aarch64");
	}

	private static String quoted(String word) {
		return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
	}

	/**
	 * Where an etcd listens.
	 *
	 * @param name the member's name
	 * @param address a local IP address
	 * @param clientPort the port for clients
	 * @param peerPort the port for the other members
	 * @param statusPort the port for health and meters, used where clients need TLS
	 */
	record Place(String name, String address, int clientPort, int peerPort, int statusPort) {

		static Place choose(String name, String address) {
			return new Place(name, address, FreePorts.choose(address), FreePorts.choose(address),
					FreePorts.choose(address));
		}

		String client() {
			return this.address + ":" + this.clientPort;
		}

		String peerUrl() {
			return "http://%s:%d".formatted(this.address, this.peerPort);
		}

		String peer() {
			return this.name + "=" + peerUrl();
		}

	}

	/**
	 * What a member without data begins with.
	 *
	 * @param members all members with the URLs for each other
	 * @param existing whether it joins a cluster that exists already
	 * @param token makes the cluster's id, together with the members
	 * @param election how long without a leader until one is elected
	 */
	record Bootstrap(String members, boolean existing, String token, Duration election) {
	}

}
