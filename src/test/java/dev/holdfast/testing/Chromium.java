package dev.holdfast.testing;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A Chromium and its driver of the same version: those that {@code CHROMIUM_BIN} and
 * {@code CHROMEDRIVER_BIN} name, those on the PATH, or those of the distribution's
 * packages, unpacked into a cache with their libraries and a font.
 *
 * @param browser the browser's executable
 * @param driver the driver's executable
 */
record Chromium(Path browser, Path driver) {

	private static final String ADVICE = "Install Chromium and its driver (Debian's packages chromium and "
			+ "chromium-driver), put both on the PATH, or name their executables in CHROMIUM_BIN and CHROMEDRIVER_BIN";

	private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome",
			"google-chrome-stable");

	private static final List<String> PACKAGES = List.of("chromium", "chromium-driver", "fonts-inter",
			"fonts-dejavu-core");

	/**
	 * Libraries that only a browser with a window and a graphics card uses, by far the
	 * largest ones.
	 */
	private static final List<String> UNUSED = List.of("libllvm", "libgtk", "libgl1-mesa-dri", "libpython", "libperl");

	private static final int VERSION_SECONDS = 60;

	private static final Pattern VERSION = Pattern.compile("\\b(\\d+)(\\.\\d+){2,}");

	/**
	 * Finds them.
	 * @param environment the variables
	 * @param progress hears what is done, line by line
	 * @return both
	 * @throws IllegalStateException if there are none and none could be fetched; the
	 * message says what to do
	 */
	static Chromium find(Map<String, String> environment, Consumer<String> progress) {
		return new Finder(new ProgramCache(environment), progress).find();
	}

	/**
	 * Return what the two say of their versions, empty when one of them does not run.
	 */
	private Optional<List<String>> versions() {
		String browserVersion = version(this.browser);
		String driverVersion = version(this.driver);
		return (browserVersion.isEmpty() || driverVersion.isEmpty()) ? Optional.empty()
				: Optional.of(List.of(browserVersion, driverVersion));
	}

	private boolean isPair() {
		return versions().filter((versions) -> versions.getFirst().equals(versions.getLast())).isPresent();
	}

	private static String version(Path program) {
		Matcher version = VERSION.matcher(output(program));
		return version.find() ? version.group(1) : "";
	}

	private static String output(Path program) {
		try {
			Process process = new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
			try {
				process.getOutputStream().close();
				process.onExit()
					.orTimeout(VERSION_SECONDS, TimeUnit.SECONDS)
					.exceptionally((late) -> process.destroyForcibly());
				return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			}
			finally {
				process.destroyForcibly();
			}
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	@Override
	public String toString() {
		return "%s (%s) with %s (%s)".formatted(this.browser, output(this.browser).strip(), this.driver,
				output(this.driver).strip());
	}

	/**
	 * Where they are looked for.
	 */
	private static final class Finder {

		private final ProgramCache cache;

		private final Consumer<String> progress;

		private Finder(ProgramCache cache, Consumer<String> progress) {
			this.cache = cache;
			this.progress = progress;
		}

		private Chromium find() {
			return named().or(this::onPath).or(this::kept).orElseGet(this::obtain);
		}

		private Optional<Chromium> named() {
			Optional<Path> browser = this.cache.named("CHROMIUM_BIN");
			Optional<Path> driver = this.cache.named("CHROMEDRIVER_BIN");
			if (browser.isEmpty() && driver.isEmpty()) {
				return Optional.empty();
			}
			Chromium named = new Chromium(
					browser.or(this::browserOnPath)
						.orElseThrow(() -> failure("CHROMEDRIVER_BIN names a driver, and there is no browser", null)),
					driver.or(this::driverOnPath)
						.orElseThrow(() -> failure("CHROMIUM_BIN names a browser, and there is no driver", null)));
			if (!named.isPair()) {
				throw failure(named + " (expected: the same version)", null);
			}
			return Optional.of(named);
		}

		private Optional<Chromium> onPath() {
			Optional<Chromium> found = browserOnPath()
				.flatMap((browser) -> driverOnPath().map((driver) -> new Chromium(browser, driver)));
			found.filter((pair) -> !pair.isPair())
				.ifPresent((pair) -> this.progress.accept("Not used, as the versions differ: " + pair));
			return found.filter(Chromium::isPair);
		}

		private Optional<Path> browserOnPath() {
			return BROWSERS.stream().flatMap((name) -> this.cache.onPath(name).stream()).findFirst();
		}

		private Optional<Path> driverOnPath() {
			return this.cache.onPath("chromedriver");
		}

		private Optional<Chromium> kept() {
			return this.cache.kept("chromium").map(Finder::in).filter(Chromium::isPair).findFirst();
		}

		private static Chromium in(Path home) {
			return new Chromium(home.resolve("chromium"), home.resolve("chromedriver"));
		}

		private Chromium obtain() {
			try {
				return this.cache.obtain(this::kept, this::download);
			}
			catch (IOException ex) {
				throw failure("No Chromium found, and none can be kept in %s: %s".formatted(this.cache.folder(), ex),
						ex);
			}
		}

		private Chromium download() {
			if (this.cache.onPath("apt-get").isEmpty() || this.cache.onPath("dpkg-deb").isEmpty()) {
				throw failure("No Chromium with its driver found, and no apt-get and dpkg-deb to fetch them", null);
			}
			try (Folders.Temporary work = new Folders.Temporary(
					Files.createTempDirectory(this.cache.folder(), "unpack-"))) {
				this.progress.accept(
						"No Chromium with its driver found on this machine: fetching Debian's packages (125 to 180 MB) with apt-get download");
				Chromium unpacked = in(unpack(new DebianPackages(work.path(), this.progress)));
				if (unpacked.isPair()) {
					this.progress.accept("Unpacked " + unpacked);
					return unpacked;
				}
				return install(unpacked, new DebianPackages(work.path(), this.progress));
			}
			catch (IOException ex) {
				throw failure("No Chromium found, and none can be unpacked: " + ex.getMessage(), ex);
			}
		}

		private Path unpack(DebianPackages packages) throws IOException {
			Path tree = packages.unpack(PACKAGES, Finder::isNeeded);
			String name = "chromium-" + packages.version("chromium");
			Path home = this.cache.folder().resolve(name);
			Files.writeString(tree.resolve("fonts.conf"), fonts(home));
			String libraries = libraries(tree).map((folder) -> home.resolve(tree.relativize(folder)).toString())
				.collect(Collectors.joining(File.pathSeparator));
			script(tree.resolve("chromium"), home, "usr/lib/chromium/chromium", libraries);
			script(tree.resolve("chromedriver"), home, "usr/bin/chromedriver", libraries);
			return this.cache.keep(tree, name);
		}

		private static boolean isNeeded(String name) {
			return name.equals("chromium-common")
					|| (DebianPackages.isLibrary(name) && UNUSED.stream().noneMatch(name::startsWith));
		}

		private static Stream<Path> libraries(Path tree) throws IOException {
			try (Stream<Path> files = Files.walk(tree)) {
				return files.filter((file) -> file.getFileName().toString().contains(".so"))
					.map(Path::getParent)
					.filter((folder) -> folder.toString().contains("-linux-gnu"))
					.distinct()
					.sorted()
					.toList()
					.stream();
			}
		}

		// Nothing of this reaches another program.
		private static void script(Path script, Path home, String program, String libraries) throws IOException {
			Files.writeString(script, """
					#!/bin/sh
					export LD_LIBRARY_PATH='%s'
					export FONTCONFIG_FILE='%s'
					exec '%s' "$@"
					""".formatted(libraries, home.resolve("fonts.conf"), home.resolve(program)));
			Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
		}

		private static String fonts(Path home) {
			return """
					<?xml version="1.0"?>
					<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
					<fontconfig>
						<dir>%1$s/usr/share/fonts</dir>
						<cachedir>%1$s/fontconfig</cachedir>
						<alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
						<alias><family>sans-serif</family><prefer><family>Inter</family><family>DejaVu Sans</family></prefer></alias>
						<alias><family>system-ui</family><prefer><family>Inter</family><family>DejaVu Sans</family></prefer></alias>
					</fontconfig>
					"""
				.formatted(home);
		}

		private Chromium install(Chromium unpacked, DebianPackages packages) throws IOException {
			String complaint = "It does not run where it is unpacked: " + unpacked;
			if (!System.getProperty("user.name").equals("root")) {
				throw failure(complaint, null);
			}
			this.progress.accept(complaint + "; installing it with apt-get install");
			packages.install(PACKAGES);
			return onPath().orElseThrow(() -> failure(complaint + "; nor does an installed one", null));
		}

		private static IllegalStateException failure(String what, @Nullable Exception cause) {
			return new IllegalStateException(what + ". " + ADVICE, cause);
		}

	}

}
