package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The curl command: the one named by {@code CURL_BIN}, the one on the PATH, or one
 * unpacked from the distribution's packages.
 */
public final class Curl {

	private static final long PATIENCE_SECONDS = Patience.TIME.multipliedBy(2).toSeconds();

	private final Path binary;

	private final String libraryPath;

	private Curl(Path binary, String libraryPath) {
		this.binary = binary;
		this.libraryPath = libraryPath;
	}

	/**
	 * Finds curl.
	 * @return the command
	 * @throws IllegalStateException if there is none that knows HTTP/2 and none could be
	 * fetched; the message says what to do
	 */
	public static Curl find() {
		return find(System.getenv());
	}

	static Curl find(Map<String, String> environment) {
		DebianProgram program = new DebianProgram("curl", "CURL_BIN", "curl", true,
				"Install curl with HTTP/2, put it on the PATH, or name its executable in CURL_BIN", environment,
				(line) -> {
				});
		Path binary = program.locate();
		Curl curl = new Curl(binary, program.libraryPath(binary));
		Result version = curl.run("--version");
		if (!version.output().contains("HTTP2")) {
			throw new IllegalStateException("%s: %s (expected: a curl that knows HTTP/2)".formatted(binary, version));
		}
		return curl;
	}

	/**
	 * Runs it to its end.
	 * @param arguments the arguments beside {@code --silent --show-error}
	 * @return what came of it
	 */
	public Result run(String... arguments) {
		try {
			Path errors = Files.createTempFile("holdfast-curl-", ".err");
			try {
				return run(errors, arguments);
			}
			finally {
				Files.delete(errors);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Result run(Path errors, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of(this.binary.toString(), "--disable", "--silent", "--show-error",
				"--noproxy", "*", "--max-time", Long.toString(PATIENCE_SECONDS)));
		command.addAll(List.of(arguments));
		ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
		if (!this.libraryPath.isEmpty()) {
			builder.environment().put("LD_LIBRARY_PATH", this.libraryPath);
		}
		Process process = builder.start();
		process.getOutputStream().close();
		byte[] output = process.getInputStream().readAllBytes();
		return new Result(exit(process), new String(output, StandardCharsets.ISO_8859_1), Files.readString(errors));
	}

	private static int exit(Process process) {
		try {
			if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
				process.destroyForcibly();
				throw new IllegalStateException("curl did not end within %d s".formatted(PATIENCE_SECONDS));
			}
			return process.exitValue();
		}
		catch (InterruptedException ex) {
			process.destroyForcibly();
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted while waiting for curl", ex);
		}
	}

	/**
	 * What a run of curl left.
	 *
	 * @param exit its exit status, 0 when it got an answer
	 * @param output what it wrote to its output, a character for each byte
	 * @param errors what it complained of
	 */
	public record Result(int exit, String output, String errors) {
	}

}
