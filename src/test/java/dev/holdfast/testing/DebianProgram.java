package dev.holdfast.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A program that tests need: the one that a variable names, the one on the PATH, or one
 * from the distribution's package, unpacked into a cache without installing it.
 */
final class DebianProgram {

	private static final int COMMAND_MINUTES = 5;

	/** What every machine has, and what must not be mixed with another one's. */
	private static final List<String> SYSTEM = List.of("libc6", "libgcc-s1", "libcrypt1");

	private final String name;

	private final String variable;

	private final String packageName;

	private final boolean withLibraries;

	private final String advice;

	private final Map<String, String> environment;

	private final Consumer<String> progress;

	/**
	 * Describes a program.
	 * @param name its name
	 * @param variable the variable that may name its file
	 * @param packageName the package that has it
	 * @param withLibraries whether the packages that it depends on are unpacked too
	 * @param advice what to do when it cannot be found
	 * @param environment the variables
	 * @param progress hears what is done, line by line
	 */
	DebianProgram(String name, String variable, String packageName, boolean withLibraries, String advice,
			Map<String, String> environment, Consumer<String> progress) {
		this.name = name;
		this.variable = variable;
		this.packageName = packageName;
		this.withLibraries = withLibraries;
		this.advice = advice;
		this.environment = environment;
		this.progress = progress;
	}

	/**
	 * Finds the program.
	 * @return the executable
	 * @throws IllegalStateException if there is none and none could be fetched; the
	 * message says what to do
	 */
	Path locate() {
		String named = this.environment.getOrDefault(this.variable, "");
		if (!named.isEmpty()) {
			Path binary = Path.of(named);
			if (!Files.isExecutable(binary)) {
				throw new IllegalStateException(
						"%s: \"%s\" (expected: an executable file)".formatted(this.variable, named));
			}
			return binary;
		}
		return onPath(this.name).or(this::cached).orElseGet(this::unpack);
	}

	/**
	 * Where the libraries of an unpacked program are.
	 * @param binary what {@link #locate} gave
	 * @return the folders, joined as {@code LD_LIBRARY_PATH} has them; empty when the
	 * program is not one from the cache
	 */
	String libraryPath(Path binary) {
		if (!binary.startsWith(cache())) {
			return "";
		}
		Path libraries = cache().relativize(binary).getName(0);
		try (Stream<Path> folders = Files.walk(cache().resolve(libraries), 4)) {
			return String.join(File.pathSeparator,
					folders.filter((folder) -> folder.getFileName().toString().endsWith("-linux-gnu"))
						.map(Path::toString)
						.toList());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Optional<Path> onPath(String program) {
		return Arrays.stream(this.environment.getOrDefault("PATH", "").split(File.pathSeparator))
			.filter((folder) -> !folder.isEmpty())
			.map((folder) -> Path.of(folder, program))
			.filter((file) -> Files.isRegularFile(file) && Files.isExecutable(file))
			.findFirst();
	}

	private Optional<Path> cached() {
		if (!Files.isDirectory(cache())) {
			return Optional.empty();
		}
		try (Stream<Path> entries = Files.list(cache())) {
			return entries.filter((entry) -> entry.getFileName().toString().startsWith(this.name + "-"))
				.sorted(Comparator.reverseOrder())
				.map((entry) -> entry.resolve("usr/bin").resolve(this.name))
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
		synchronized (DebianProgram.class) {
			try {
				Files.createDirectories(cache());
				try (FileChannel channel = FileChannel.open(cache().resolve("lock"), StandardOpenOption.CREATE,
						StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
					return lock.isValid() ? cached().orElseGet(this::download) : download();
				}
			}
			catch (IOException ex) {
				throw failure("No %s found, and none can be kept in %s: %s".formatted(this.name, cache(), ex), ex);
			}
		}
	}

	private Path download() {
		if (onPath("apt-get").isEmpty() || onPath("dpkg-deb").isEmpty()) {
			throw failure("No %s found, and no apt-get and dpkg-deb to fetch one".formatted(this.name), null);
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
			throw failure("No %s found, and none can be unpacked into %s: %s".formatted(this.name, cache(), ex), ex);
		}
	}

	private Path unpackInto(Path work) throws IOException {
		this.progress.accept("No %s found on this machine: fetching the package %s with apt-get download"
			.formatted(this.name, this.packageName));
		if (!fetch(work)) {
			if (!System.getProperty("user.name").equals("root")) {
				throw failure("No %s found, and \"apt-get download %s\" failed: %s".formatted(this.name,
						this.packageName, output(work)), null);
			}
			this.progress.accept("The package lists may be empty: apt-get update");
			if (run(work, "apt-get", "update") != 0 || !fetch(work)) {
				throw failure("No %s found, and apt-get cannot fetch it: %s".formatted(this.name, output(work)), null);
			}
		}
		Path tree = work.resolve("tree");
		for (Path archive : archives(work, (file) -> file.endsWith(".deb"))) {
			if (run(work, "dpkg-deb", "-x", archive.toString(), tree.toString()) != 0) {
				throw failure("No %s found, and dpkg-deb cannot unpack %s: %s".formatted(this.name,
						archive.getFileName(), output(work)), null);
			}
		}
		String version = version(work);
		Path home = cache().resolve(this.name + "-" + version);
		Files.move(tree, home, StandardCopyOption.ATOMIC_MOVE);
		this.progress.accept("Unpacked %s %s into %s".formatted(this.name, version, home));
		return home.resolve("usr/bin").resolve(this.name);
	}

	private boolean fetch(Path work) throws IOException {
		List<String> command = new ArrayList<>(List.of("apt-get", "download", this.packageName));
		if (this.withLibraries) {
			if (run(work, "apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts",
					"--no-breaks", "--no-replaces", "--no-enhances", this.packageName) != 0) {
				return false;
			}
			Files.readAllLines(work.resolve("output"))
				.stream()
				.filter((line) -> line.startsWith("lib") || line.startsWith("zlib"))
				.filter((line) -> !SYSTEM.contains(line))
				.forEach(command::add);
		}
		return run(work, command.toArray(String[]::new)) == 0;
	}

	private String version(Path work) throws IOException {
		Path archive = archives(work, (file) -> file.startsWith(this.packageName + "_")).getFirst();
		return archive.getFileName().toString().substring(this.packageName.length() + 1).replaceFirst("\\.deb$", "");
	}

	private static List<Path> archives(Path work, Predicate<String> filter) throws IOException {
		try (Stream<Path> entries = Files.list(work)) {
			List<Path> found = entries.filter((entry) -> filter.test(entry.getFileName().toString())).toList();
			if (found.isEmpty()) {
				throw new IOException("apt-get download left no .deb in " + work);
			}
			return found;
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

	private IllegalStateException failure(String what, @Nullable Exception cause) {
		return new IllegalStateException(what + ". " + this.advice, cause);
	}

}
