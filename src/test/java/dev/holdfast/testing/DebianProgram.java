package dev.holdfast.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A program that tests need: the one that a variable names, the one on the PATH, or one
 * from the distribution's package, unpacked into a cache without installing it.
 */
final class DebianProgram {

	private final String name;

	private final String variable;

	private final String packageName;

	private final boolean withLibraries;

	private final String advice;

	private final ProgramCache cache;

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
		this.cache = new ProgramCache(environment);
		this.progress = progress;
	}

	/**
	 * Finds the program.
	 * @return the executable
	 * @throws IllegalStateException if there is none and none could be fetched; the
	 * message says what to do
	 */
	Path locate() {
		return this.cache.named(this.variable)
			.or(() -> this.cache.onPath(this.name))
			.or(this::kept)
			.orElseGet(this::obtain);
	}

	/**
	 * Where the libraries of an unpacked program are.
	 * @param binary what {@link #locate} gave
	 * @return the folders, joined as {@code LD_LIBRARY_PATH} has them; empty when the
	 * program is not one from the cache
	 */
	String libraryPath(Path binary) {
		if (!binary.startsWith(this.cache.folder())) {
			return "";
		}
		Path home = this.cache.folder().relativize(binary).getName(0);
		return libraryPath(this.cache.folder().resolve(home), 4);
	}

	/**
	 * Return the folders of libraries in a tree of unpacked packages, joined as
	 * {@code LD_LIBRARY_PATH} has them.
	 */
	static String libraryPath(Path tree, int depth) {
		try (Stream<Path> folders = Files.walk(tree, depth)) {
			return String.join(File.pathSeparator,
					folders.filter((folder) -> folder.getFileName().toString().endsWith("-linux-gnu"))
						.map(Path::toString)
						.toList());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Optional<Path> kept() {
		return this.cache.kept(this.name)
			.map((home) -> home.resolve("usr/bin").resolve(this.name))
			.filter(Files::isExecutable)
			.findFirst();
	}

	private Path obtain() {
		try {
			return this.cache.obtain(this::kept, this::download);
		}
		catch (IOException ex) {
			throw failure("No %s found, and none can be kept in %s: %s".formatted(this.name, this.cache.folder(), ex),
					ex);
		}
	}

	private Path download() {
		if (this.cache.onPath("apt-get").isEmpty() || this.cache.onPath("dpkg-deb").isEmpty()) {
			throw failure("No %s found, and no apt-get and dpkg-deb to fetch one".formatted(this.name), null);
		}
		try (Folders.Temporary work = new Folders.Temporary(
				Files.createTempDirectory(this.cache.folder(), "unpack-"))) {
			this.progress.accept("No %s found on this machine: fetching the package %s with apt-get download"
				.formatted(this.name, this.packageName));
			DebianPackages packages = new DebianPackages(work.path(), this.progress);
			List<String> names = List.of(this.packageName);
			Path tree = this.withLibraries ? packages.unpack(names, DebianPackages::isLibrary) : packages.unpack(names);
			Path home = this.cache.keep(tree, this.name + "-" + packages.version(this.packageName));
			this.progress.accept("Unpacked " + home);
			return home.resolve("usr/bin").resolve(this.name);
		}
		catch (IOException ex) {
			throw failure("No %s found, and none can be unpacked: %s".formatted(this.name, ex.getMessage()), ex);
		}
	}

	private IllegalStateException failure(String what, @Nullable Exception cause) {
		return new IllegalStateException(what + ". " + this.advice, cause);
	}

}
