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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

import static org.awaitility.Awaitility.await;

/**
 * The packaged gateway in a process of its own, on ports that it chooses itself; it ends
 * with the JVM at the latest.
 */
public final class GatewayProcess implements AutoCloseable {

	/** How many gateways start at the same time: each keeps a core busy. */
	private static final Semaphore STARTS = new Semaphore(Runtime.getRuntime().availableProcessors());

	/** Many times what a start takes that ends with an error, on a busy machine. */
	private static final Duration END = Duration.ofMinutes(3);

	private static final int TAIL = 40;

	private static final Pattern TRAFFIC_PORT = Pattern.compile("Traffic port listens on \\S+:(\\d+)");

	private static final Pattern ADMIN_PORT = Pattern.compile("Tomcat started on port (\\d+)");

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final HttpClient client;

	private final boolean secure;

	private final Thread hook = new Thread(this::end, "gateway-end");

	private final Path folder;

	private final Process process;

	private GatewayProcess(Path folder, Process process, @Nullable Path trusted) {
		HttpClient.Builder builder = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			// With the handshake, which takes its time in two JVMs that have just
			// started.
			.connectTimeout(Duration.ofSeconds((trusted != null) ? 20 : 2));
		if (trusted != null) {
			builder.sslContext(PemBundles.read(trusted, null).createSslContext());
		}
		this.client = builder.build();
		this.secure = trusted != null;
		this.folder = folder;
		this.process = process;
		Runtime.getRuntime().addShutdownHook(this.hook);
	}

	/**
	 * Begins to describe a gateway.
	 * @param etcdEndpoints the URLs of the etcd members
	 * @return what to start, to be refined
	 */
	public static Launch with(String... etcdEndpoints) {
		return new Launch(String.join(",", etcdEndpoints));
	}

	/**
	 * The URL of a path on the traffic port.
	 * @param path the path, with its query
	 * @return the URL
	 */
	public String url(String path) {
		return (this.secure ? "https" : "http") + "://127.0.0.1:" + port(TRAFFIC_PORT) + path;
	}

	/**
	 * The URL of a path on the admin port.
	 * @param path the path, with its query
	 * @return the URL
	 */
	public String adminUrl(String path) {
		return "http://127.0.0.1:" + port(ADMIN_PORT) + path;
	}

	/**
	 * Asks the traffic port.
	 * @param path the path, with its query
	 * @return the answer
	 */
	public HttpResponse<String> get(String path) {
		return send(HttpRequest.newBuilder(URI.create(url(path))));
	}

	/**
	 * Asks the admin port.
	 * @param path the path, with its query
	 * @return the answer
	 */
	public HttpResponse<String> getAdmin(String path) {
		return send(HttpRequest.newBuilder(URI.create(adminUrl(path))));
	}

	/**
	 * Sends any request.
	 * @param request the request
	 * @return the answer
	 */
	public HttpResponse<String> send(HttpRequest.Builder request) {
		try {
			return this.client.send(request.timeout(Duration.ofSeconds(30)).build(),
					HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The gateway does not answer: %s; %s".formatted(ex, tail()), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted while waiting for an answer", ex);
		}
	}

	/**
	 * Asks {@code GET /registry/status}.
	 * @return the answer
	 */
	public JsonNode status() {
		return json(getAdmin("/registry/status"));
	}

	/**
	 * Reads an answer.
	 * @param answer an answer with JSON as body
	 * @return its body
	 */
	public static JsonNode json(HttpResponse<String> answer) {
		try {
			return JSON.readTree(answer.body());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("%s: \"%s\" (expected: JSON)".formatted(answer, answer.body()), ex);
		}
	}

	/**
	 * The process's id.
	 * @return the id
	 */
	public long pid() {
		return this.process.pid();
	}

	/**
	 * Tells whether the process runs.
	 * @return whether it runs
	 */
	public boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Kills the process (SIGKILL) and waits for its end.
	 */
	public void kill() {
		this.process.destroyForcibly();
		awaitExit();
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
		Signals.send(this.process, "CONT");
	}

	/**
	 * Asks the process to end in order (SIGTERM), and does not wait.
	 */
	public void terminate() {
		this.process.destroy();
	}

	/**
	 * Ends the process in order (SIGTERM) and waits for its end.
	 * @return the exit code
	 */
	public int stop() {
		terminate();
		return awaitExit();
	}

	/**
	 * Waits for the end of the process.
	 * @return the exit code
	 */
	public int awaitExit() {
		try {
			if (!this.process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
				throw new IllegalStateException(
						"The gateway did not end within %d s; %s".formatted(END.toSeconds(), tail()));
			}
			return this.process.exitValue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted while waiting for the end of the gateway", ex);
		}
	}

	/**
	 * What the gateway has written so far.
	 * @return its log
	 */
	public String log() {
		try {
			return Files.readString(logFile(this.folder));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The last lines of the log.
	 * @return the lines, with a heading
	 */
	public String tail() {
		List<String> lines = log().lines().toList();
		return "the end of its log:\n"
				+ String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL), lines.size()));
	}

	/**
	 * Finds what a gateway never writes unless something is wrong with it: leaked
	 * buffers, errors and stack traces.
	 * @return such lines, with the one before each
	 */
	public List<String> defects() {
		List<String> defects = new ArrayList<>();
		String before = "";
		for (String line : log().lines().toList()) {
			boolean firstFrame = line.startsWith("\tat ") && !before.startsWith("\tat ");
			if (line.contains("LEAK") || line.contains(" ERROR ") || firstFrame) {
				defects.add(before + "\n" + line);
			}
			before = line;
		}
		return defects;
	}

	/**
	 * Makes the process collect its garbage and use buffers afterwards, so that it
	 * reports what was forgotten until now.
	 */
	public void collectGarbage() {
		try {
			Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
					Long.toString(pid()), "GC.run")
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			if (!jcmd.waitFor(END.toSeconds(), TimeUnit.SECONDS) || jcmd.exitValue() != 0) {
				throw new IllegalStateException("jcmd cannot make the gateway collect its garbage");
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted while the gateway collects its garbage", ex);
		}
		get("/livez");
	}

	/**
	 * Kills the process and deletes its files.
	 * @throws IllegalStateException if the log tells of leaked buffers
	 */
	@Override
	public void close() {
		kill();
		List<String> leaks = log().lines().filter((line) -> line.contains("LEAK")).toList();
		String tail = tail();
		end();
		Runtime.getRuntime().removeShutdownHook(this.hook);
		this.client.close();
		if (!leaks.isEmpty()) {
			throw new IllegalStateException("The gateway leaked buffers: %s; %s".formatted(leaks, tail));
		}
	}

	private void end() {
		kill();
		try {
			Folders.delete(this.folder);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private int port(Pattern line) {
		Matcher matcher = line.matcher(log());
		if (!matcher.find()) {
			throw new IllegalStateException("The gateway does not listen yet; " + tail());
		}
		return Integer.parseInt(matcher.group(1));
	}

	/**
	 * Waits for as long as the process makes progress, however busy the machine is.
	 */
	private void awaitOk(String path) {
		StartProgress progress = new StartProgress(this.process.toHandle(), () -> log().length());
		await().forever().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20)).until(() -> {
			if (!isAlive()) {
				throw new IllegalStateException(
						"The gateway ended with status %d; %s".formatted(this.process.exitValue(), tail()));
			}
			if (progress.hasEnded()) {
				throw new IllegalStateException("%s was not 200, %s; %s".formatted(path, progress, tail()));
			}
			return TRAFFIC_PORT.matcher(log()).find() && get(path).statusCode() == 200;
		});
	}

	private static Path logFile(Path folder) {
		return folder.resolve("gateway.log");
	}

	/**
	 * What to start.
	 */
	public static final class Launch {

		/**
		 * A small heap is collected often, and leaks are found by collections. Code that
		 * runs for some seconds is compiled once: that halves what a start costs, and a
		 * collector without threads of its own saves a fifth of the rest.
		 */
		private static final List<String> FLAGS = List.of("-Xmx160m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
				"-Dio.netty.leakDetection.level=paranoid", "-Dio.netty.leakDetection.acquireAndReleaseOnly=true");

		private final List<String> flags = new ArrayList<>();

		private final List<String> arguments = new ArrayList<>();

		private @Nullable Path trusted;

		private boolean oneJar;

		private Launch(String etcdEndpoints) {
			this.flags.addAll(FLAGS);
			this.arguments
				.addAll(List.of("--holdfast.etcd.endpoints=" + etcdEndpoints, "--holdfast.server.address=127.0.0.1",
						"--holdfast.server.port=0", "--server.address=127.0.0.1", "--server.port=0"));
		}

		/**
		 * Keeps the snapshot elsewhere than in a folder that ends with the process.
		 * @param path the snapshot's file
		 * @return this
		 */
		public Launch snapshot(Path path) {
			return arguments("--holdfast.registry.snapshot.path=" + path);
		}

		/**
		 * Adds arguments; the last one of a key counts.
		 * @param more Spring Boot's command line arguments
		 * @return this
		 */
		public Launch arguments(String... more) {
			for (String argument : more) {
				String key = argument.substring(0, argument.indexOf('=') + 1);
				this.arguments.removeIf((other) -> other.startsWith(key));
				this.arguments.add(argument);
			}
			return this;
		}

		/**
		 * Expects the traffic port to speak TLS.
		 * @param authority the certificate by which the gateway's is trusted, PEM
		 * @return this
		 */
		public Launch secure(Path authority) {
			this.trusted = authority;
			return this;
		}

		/**
		 * Takes other flags for the JVM, in place of a small heap and the paranoid search
		 * for leaked buffers.
		 * @param others the flags
		 * @return this
		 */
		public Launch jvmFlags(String... others) {
			this.flags.clear();
			this.flags.addAll(List.of(others));
			return this;
		}

		/**
		 * Adds flags for the JVM to the usual ones.
		 * @param more the flags
		 * @return this
		 */
		public Launch moreJvmFlags(String... more) {
			this.flags.addAll(List.of(more));
			return this;
		}

		/**
		 * Takes the gateway out of its one jar, and not as the image has it.
		 * @return this
		 */
		public Launch asOneJar() {
			this.oneJar = true;
			return this;
		}

		/**
		 * Starts the gateway and waits until it is ready.
		 * @return the gateway
		 */
		public GatewayProcess start() {
			return startUntil("/readyz");
		}

		/**
		 * Starts the gateway and waits until it is alive, ready or not.
		 * @return the gateway
		 */
		public GatewayProcess startAlive() {
			return startUntil("/livez");
		}

		private GatewayProcess startUntil(String path) {
			STARTS.acquireUninterruptibly();
			try {
				GatewayProcess gateway = launch();
				try {
					gateway.awaitOk(path);
					return gateway;
				}
				catch (RuntimeException ex) {
					gateway.close();
					throw ex;
				}
			}
			finally {
				STARTS.release();
			}
		}

		/**
		 * Starts the gateway and does not wait.
		 * @return the gateway
		 */
		public GatewayProcess launch() {
			try {
				Path folder = Folders.create("holdfast-gateway-");
				List<String> command = new ArrayList<>();
				Path java = Path.of(System.getProperty("java.home"), "bin", "java");
				command.add(java.toString());
				command.addAll(this.flags);
				boolean unpacked = !this.oneJar && UnpackedGateway.isPossible();
				command.addAll(unpacked ? UnpackedGateway.of(java, jar(), FLAGS) : List.of("-jar", jar().toString()));
				command.addAll(this.arguments);
				// The snapshot's path is relative, so by default it is in this folder.
				Process process = new ProcessBuilder(command).directory(folder.toFile())
					.redirectErrorStream(true)
					.redirectOutput(logFile(folder).toFile())
					.start();
				return new GatewayProcess(folder, process, this.trusted);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		private static Path jar() {
			Path jar = Path.of(System.getProperty("holdfast.jar", "target/holdfast.jar")).toAbsolutePath();
			if (!Files.isRegularFile(jar)) {
				throw new IllegalStateException("%s (expected: the gateway; ./mvnw package makes it)".formatted(jar));
			}
			return jar;
		}

	}

}
