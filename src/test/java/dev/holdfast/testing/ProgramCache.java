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
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Where programs are found that tests need: on the PATH, and in a folder that all builds
 * of a user share and into which missing ones are unpacked.
 */
final class ProgramCache {

	private final Map<String, String> environment;

	/**
	 * Creates the cache.
	 * @param environment the variables that say where it is, and where else programs are
	 */
	ProgramCache(Map<String, String> environment) {
		this.environment = environment;
	}

	/**
	 * Return the program that a variable names, empty when it is not set.
	 * @throws IllegalStateException if it names something else
	 */
	Optional<Path> named(String variable) {
		String named = this.environment.getOrDefault(variable, "");
		if (named.isEmpty()) {
			return Optional.empty();
		}
		Path binary = Path.of(named);
		if (!Files.isExecutable(binary)) {
			throw new IllegalStateException("%s: \"%s\" (expected: an executable file)".formatted(variable, named));
		}
		return Optional.of(binary);
	}

	/**
	 * Return a program on the PATH.
	 */
	Optional<Path> onPath(String program) {
		return Arrays.stream(this.environment.getOrDefault("PATH", "").split(File.pathSeparator))
			.filter((folder) -> !folder.isEmpty())
			.map((folder) -> Path.of(folder, program))
			.filter((file) -> Files.isRegularFile(file) && Files.isExecutable(file))
			.findFirst();
	}

	/**
	 * Return the folders that were kept under a name, the newest version first.
	 */
	Stream<Path> kept(String name) {
		if (!Files.isDirectory(folder())) {
			return Stream.empty();
		}
		try (Stream<Path> entries = Files.list(folder())) {
			return entries.filter((entry) -> entry.getFileName().toString().startsWith(name + "-"))
				.sorted(Comparator.reverseOrder())
				.toList()
				.stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the folder of the cache, which may not exist.
	 */
	Path folder() {
		String xdg = this.environment.getOrDefault("XDG_CACHE_HOME", "");
		Path base = xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
		return base.resolve("holdfast");
	}

	/**
	 * Looks for a program once more and makes it if it is still missing. Two builds, or
	 * two threads of one, may come here at once: one makes it, the other waits and takes
	 * what it finds.
	 * @throws IOException if nothing can be kept
	 */
	<T> T obtain(Supplier<Optional<T>> look, Supplier<T> make) throws IOException {
		synchronized (ProgramCache.class) {
			Files.createDirectories(folder());
			try (FileChannel channel = FileChannel.open(folder().resolve("lock"), StandardOpenOption.CREATE,
					StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
				return lock.isValid() ? look.get().orElseGet(make) : make.get();
			}
		}
	}

	/**
	 * Keeps a folder under a name.
	 * @return where it is now
	 */
	Path keep(Path tree, String name) throws IOException {
		Path home = folder().resolve(name);
		// One of the same version that does not work any more, or nobody would be here.
		Folders.delete(home);
		return Files.move(tree, home, StandardCopyOption.ATOMIC_MOVE);
	}

}
