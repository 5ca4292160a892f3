package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.awaitility.Awaitility.await;

/**
 * The packaged gateway as its image has it, its libraries beside its classes, and with a
 * cache of loaded classes (JEP 483). Made once for each jar; that costs as much as two
 * starts, and each start then costs less than half.
 */
final class UnpackedGateway {

	/** Many times what each step takes on a busy machine. */
	private static final Duration STEP = Duration.ofMinutes(10);

	private static final String JAR = "holdfast.jar";

	private static final String CACHE = "holdfast.aot";

	private static final String LOG = "unpacking.log";

	private final Path java;

	private final Path packaged;

	private final Path folder;

	private UnpackedGateway(Path java, Path packaged) throws IOException {
		this.java = java;
		this.packaged = packaged;
		this.folder = packaged.resolveSibling(
				"unpacked-%d-%d".formatted(Files.size(packaged), Files.getLastModifiedTime(packaged).toMillis()));
	}

	/**
	 * Tells whether this Java makes such a cache within one run (JEP 514).
	 */
	static boolean isPossible() {
		return Runtime.version().feature() >= 25;
	}

	/**
	 * Finds the gateway that a jar holds, or unpacks it.
	 * @param java the Java that runs it
	 * @param packaged the jar
	 * @param flags for the JVM that makes the cache: such as decide about its use
	 * @return how {@code java} is told to run it
	 */
	static synchronized List<String> of(Path java, Path packaged, List<String> flags) {
		try (FileChannel channel = FileChannel.open(packaged.resolveSibling("unpacked.lock"), StandardOpenOption.CREATE,
				StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
			UnpackedGateway gateway = new UnpackedGateway(java, packaged);
			if (lock.isValid() && !Files.isDirectory(gateway.folder)) {
				gateway.unpack(flags);
			}
			return List.of("-XX:AOTCache=" + gateway.folder.resolve(CACHE), "-jar",
					gateway.folder.resolve(JAR).toString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void unpack(List<String> flags) throws IOException {
		deleteOlder();
		Path work = Files.createDirectory(this.folder.resolveSibling("unpacking"));
		end(run(work, List.of("-Djarmode=tools", "-jar", this.packaged.toString(), "extract", "--destination", "app")),
				work);
		// The cache knows the classes by the path that they were loaded from.
		Files.move(work.resolve("app"), this.folder, StandardCopyOption.ATOMIC_MOVE);
		try {
			train(flags, work);
		}
		catch (IOException | RuntimeException ex) {
			Folders.delete(this.folder);
			throw ex;
		}
		Folders.delete(work);
	}

	/** What other jars held, and what a build left that was ended. */
	private void deleteOlder() throws IOException {
		try (DirectoryStream<Path> others = Files.newDirectoryStream(this.folder.resolveSibling("."),
				"unpack{ing,ed-*}")) {
			for (Path other : others) {
				Folders.delete(other);
			}
		}
	}

	private void train(List<String> flags, Path work) throws IOException {
		List<String> arguments = new ArrayList<>(flags);
		arguments.addAll(
				List.of("-XX:AOTCacheOutput=" + this.folder.resolve(CACHE), "-jar", this.folder.resolve(JAR).toString(),
						"--holdfast.etcd.endpoints=http://127.0.0.1:1", "--holdfast.server.address=127.0.0.1",
						"--holdfast.server.port=0", "--server.address=127.0.0.1", "--server.port=0"));
		Process training = run(work, arguments);
		try {
			await().atMost(STEP)
				.pollInterval(Duration.ofMillis(50))
				.until(() -> !training.isAlive() || log(work).contains("Started HoldfastApplication"));
		}
		finally {
			training.destroy();
		}
		end(training, work);
		if (!Files.isRegularFile(this.folder.resolve(CACHE))) {
			throw failure(training, work);
		}
	}

	private Process run(Path work, List<String> arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of(this.java.toString()));
		command.addAll(arguments);
		return new ProcessBuilder(command).directory(work.toFile())
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(work.resolve(LOG).toFile()))
			.start();
	}

	private void end(Process process, Path work) throws IOException {
		try {
			if (!process.waitFor(STEP.toMillis(), TimeUnit.MILLISECONDS)) {
				process.destroyForcibly();
				throw failure(process, work);
			}
		}
		catch (InterruptedException ex) {
			process.destroyForcibly();
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted while the gateway is unpacked", ex);
		}
	}

	private static String log(Path work) throws IOException {
		return Files.readString(work.resolve(LOG));
	}

	private IllegalStateException failure(Process process, Path work) throws IOException {
		return new IllegalStateException(
				"%s could not be unpacked, %s:\n%s".formatted(this.packaged, process.info(), log(work)));
	}

}
