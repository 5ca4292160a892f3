package dev.holdfast.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * A program that tests need: the one that a variable names, the one on the PATH, or one
 * from the distribution's package, unpacked into a cache without installing it.
 */
final class DebianProgram {

	/**
	 * What the folders of versions begin with that were chosen: who chooses none gets the
	 * distribution's.
	 */
	private static final String CHOSEN = "chosen-";

	private static final Pattern VERSION = Pattern.compile("\\d+(\\.\\d+)+");

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
	 * Finds the program in one version.
	 * @param version what its version begins with, such as {@code 3.5}; empty for any
	 * @return the executable
	 * @throws NoSuchVersionException if there is none of this version and none could be
	 * fetched
	 * @throws IllegalStateException if there is none of any, or the variable names
	 * another one
	 */
	Path locate(String version) {
		if (version.isEmpty()) {
			return locate();
		}
		Optional<Path> named = this.cache.named(this.variable);
		if (named.isPresent() && !isOf(version, named.get())) {
			throw new IllegalStateException("%s: \"%s\" is %s (expected: %s)".formatted(this.variable, named.get(),
					version(named.get()), version));
		}
		return named.or(() -> this.cache.onPath(this.name).filter((binary) -> isOf(version, binary)))
			.or(() -> kept(version))
			.orElseGet(() -> obtain(version));
	}

	private static boolean isOf(String version, Path binary) {
		return DebianPackages.isOf(version, version(binary));
	}

	/**
	 * Asks a program for its version.
	 * @return the version, empty when it tells none
	 */
	static String version(Path binary) {
		try {
			Process process = new ProcessBuilder(binary.toString(), "--version").redirectErrorStream(true).start();
			try {
				process.getOutputStream().close();
				Matcher version = VERSION.matcher(new String(process.getInputStream().readAllBytes(), US_ASCII));
				return version.find() ? version.group() : "";
			}
			finally {
				process.destroyForcibly();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
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

	/** The distribution's, else one that was chosen once, before any is fetched. */
	private Optional<Path> kept() {
		return kept(this.name, "").or(() -> kept(CHOSEN + this.name, ""));
	}

	private Optional<Path> kept(String version) {
		return kept(CHOSEN + this.name, version).or(() -> kept(this.name, version));
	}

	private Optional<Path> kept(String folders, String version) {
		return this.cache.kept(folders)
			.filter((home) -> Character.isDigit(versionOf(folders, home).charAt(0)))
			.filter((home) -> DebianPackages.isOf(version, versionOf(folders, home)))
			.sorted(Comparator.comparing((Path home) -> Version.parse(versionOf(folders, home))).reversed())
			.map((home) -> home.resolve("usr/bin").resolve(this.name))
			.filter(Files::isExecutable)
			.findFirst();
	}

	private static String versionOf(String folders, Path home) {
		return home.getFileName().toString().substring(folders.length() + 1);
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
		if (!hasApt()) {
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

	private Path obtain(String version) {
		try {
			return this.cache.obtain(() -> kept(version), () -> download(version));
		}
		catch (IOException ex) {
			throw missing(version, "none can be kept in %s: %s".formatted(this.cache.folder(), ex), ex);
		}
	}

	private Path download(String version) {
		if (!hasApt()) {
			throw missing(version, "there are no apt-get and dpkg-deb to fetch one", null);
		}
		try (Folders.Temporary work = new Folders.Temporary(
				Files.createTempDirectory(this.cache.folder(), "unpack-"))) {
			this.progress.accept("No %s %s found on this machine: fetching Debian's package %s with apt-get download"
				.formatted(this.name, version, this.packageName));
			DebianPackages packages = new DebianPackages(work.path(), this.progress);
			Path tree = packages.unpack(this.packageName, version);
			Path home = this.cache.keep(tree, CHOSEN + this.name + "-" + packages.version(this.packageName));
			this.progress.accept("Unpacked " + home);
			return home.resolve("usr/bin").resolve(this.name);
		}
		catch (IOException ex) {
			throw missing(version, String.valueOf(ex.getMessage()), ex);
		}
	}

	private boolean hasApt() {
		return this.cache.onPath("apt-get").isPresent() && this.cache.onPath("dpkg-deb").isPresent();
	}

	private NoSuchVersionException missing(String version, String why, @Nullable Exception cause) {
		return new NoSuchVersionException("No %s %s found, and %s".formatted(this.name, version, why), cause);
	}

	private IllegalStateException failure(String what, @Nullable Exception cause) {
		return new IllegalStateException(what + ". " + this.advice, cause);
	}

}
