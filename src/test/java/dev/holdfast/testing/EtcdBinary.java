package dev.holdfast.testing;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Finds an etcd server to run: {@code ETCD_BIN}, the PATH, a cache, or the distribution's
 * package unpacked into that cache without installing it.
 */
public final class EtcdBinary {

	private static final int COMMAND_MINUTES = 5;

	private final Map<String, String> environment;

	private final Consumer<String> progress;

	EtcdBinary(Map<String, String> environment, Consumer<String> progress) {
		this.environment = environment;
		this.progress = progress;
	}

	/**
	 * Finds an etcd server.
	 * @return the executable
	 * @throws IllegalStateException if there is none and none could be fetched; the
	 * message says what to do
	 */
	public static Path find() {
		return find((line) -> {
		});
	}

	/**
	 * Finds an etcd server.
	 * @param progress hears what is done, line by line
	 * @return the executable
	 * @throws IllegalStateException if there is none and none could be fetched; the
	 * message says what to do
	 */
	public static Path find(Consumer<String> progress) {
		return new EtcdBinary(System.getenv(), progress).locate();
	}

	/**
	 * Asks the server that {@link #find} gives for its version.
	 * @return the first line of what it says, such as {@code etcd Version: 3.4.23}
	 * @throws IllegalStateException if there is none
	 */
	public static String version() {
		try (BufferedReader answer = new ProcessBuilder(find().toString(), "--version").start().inputReader()) {
			return String.valueOf(answer.readLine());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Path locate() {
		String named = this.environment.getOrDefault("ETCD_BIN", "");
		if (!named.isEmpty()) {
			Path binary = Path.of(named);
			if (!Files.isExecutable(binary)) {
				throw new IllegalStateException("ETCD_BIN: \"%s\" (expected: an executable file)".formatted(named));
			}
			return binary;
		}
		return onPath("etcd").or(this::cached).orElseGet(this::unpack);
	}

	private Optional<Path> onPath(String name) {
		return Arrays.stream(this.environment.getOrDefault("PATH", "").split(File.pathSeparator))
			.filter((folder) -> !folder.isEmpty())
			.map((folder) -> Path.of(folder, name))
			.filter((file) -> Files.isRegularFile(file) && Files.isExecutable(file))
			.findFirst();
	}

	private Optional<Path> cached() {
		if (!Files.isDirectory(cache())) {
			return Optional.empty();
		}
		try (Stream<Path> entries = Files.list(cache())) {
			return entries.filter((entry) -> entry.getFileName().toString().startsWith("etcd-"))
				.sorted(Comparator.reverseOrder())
				.map((entry) -> entry.resolve("usr/bin/etcd"))
				.filter(Files::isExecutable)
				.findFirst();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Path cache() {
		String xdg = this.environment.getOrDefault("XDG_CACHE_HOME", "");
		Path base = xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
		return base.resolve("holdfast");
	}

	// Two builds, or two threads of one, may come here at once: one unpacks, the other
	// waits and takes what it finds.
	private Path unpack() {
		synchronized (EtcdBinary.class) {
			try {
				Files.createDirectories(cache());
				try (FileChannel channel = FileChannel.open(cache().resolve("lock"), StandardOpenOption.CREATE,
						StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
					return lock.isValid() ? cached().orElseGet(this::download) : download();
				}
			}
			catch (IOException ex) {
				throw new IllegalStateException("Cannot keep an etcd in %s: %s. %s".formatted(cache(), ex, advice()),
						ex);
			}
		}
	}

	private Path download() {
		if (onPath("apt-get").isEmpty() || onPath("dpkg-deb").isEmpty()) {
			throw new IllegalStateException("No etcd found, and no apt-get and dpkg-deb to fetch one. " + advice());
		}
		try {
			Path work = Files.createTempDirectory(cache(), "unpack-");
			try {
				return unpackInto(work);
			}
			finally {
				Folders.delete(work);
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException("Cannot unpack an etcd into %s: %s. %s".formatted(cache(), ex, advice()),
					ex);
		}
	}

	private Path unpackInto(Path work) throws IOException {
		this.progress.accept("No etcd found on this machine: fetching the package etcd-server with apt-get download");
		if (run(work, "apt-get", "download", "etcd-server") != 0) {
			if (!System.getProperty("user.name").equals("root")) {
				throw new IllegalStateException("No etcd found, and \"apt-get download etcd-server\" failed: %s. %s"
					.formatted(output(work), advice()));
			}
			this.progress.accept("The package lists may be empty: apt-get update");
			if (run(work, "apt-get", "update") != 0 || run(work, "apt-get", "download", "etcd-server") != 0) {
				throw new IllegalStateException(
						"No etcd found, and apt-get cannot fetch it: %s. %s".formatted(output(work), advice()));
			}
		}
		Path archive = archive(work);
		Path tree = work.resolve("tree");
		if (run(work, "dpkg-deb", "-x", archive.toString(), tree.toString()) != 0) {
			throw new IllegalStateException(
					"dpkg-deb cannot unpack %s: %s. %s".formatted(archive.getFileName(), output(work), advice()));
		}
		String version = archive.getFileName().toString().replaceFirst("^etcd-server_", "").replaceFirst("\\.deb$", "");
		Path home = cache().resolve("etcd-" + version);
		Files.move(tree, home, StandardCopyOption.ATOMIC_MOVE);
		this.progress.accept("Unpacked etcd %s into %s".formatted(version, home));
		return home.resolve("usr/bin/etcd");
	}

	private static Path archive(Path work) throws IOException {
		try (Stream<Path> entries = Files.list(work)) {
			return entries.filter((entry) -> entry.toString().endsWith(".deb"))
				.findFirst()
				.orElseThrow(() -> new IOException("apt-get download left no .deb in " + work));
		}
	}

	private static int run(Path work, String... command) throws IOException {
		Process process = new ProcessBuilder(List.of(command)).directory(work.toFile())
			.redirectErrorStream(true)
			.redirectOutput(work.resolve("output").toFile())
			.start();
		try {
			if (!process.waitFor(COMMAND_MINUTES, TimeUnit.MINUTES)) {
				process.destroyForcibly();
				throw new IOException("%s took more than %d minutes".formatted(command[0], COMMAND_MINUTES));
			}
			return process.exitValue();
		}
		catch (InterruptedException ex) {
			process.destroyForcibly();
			Thread.currentThread().interrupt();
			throw new IOException("interrupted while waiting for " + command[0], ex);
		}
	}

	private static String output(Path work) throws IOException {
		return Files.readString(work.resolve("output")).strip().replaceAll("\\s*\\n\\s*", "; ");
	}

	private static String advice() {
		return "Install etcd 3.4 or newer, put it on the PATH, or name its executable in ETCD_BIN";
	}

}
