package dev.holdfast.testing;

import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Packages of the distribution, fetched and unpacked without installing them, by anybody.
 */
final class DebianPackages {

	private static final int COMMAND_MINUTES = 10;

	private static final Pattern PLANNED = Pattern.compile("^Inst (\\S+) ", Pattern.MULTILINE);

	/** By name, since what is stable today is not tomorrow. */
	private static final List<String> SUITES = List.of("bookworm", "trixie", "sid");

	private static final Pattern OFFERED = Pattern.compile("^[^|]+\\|\\s*(\\S+)\\s*\\|", Pattern.MULTILINE);

	/** What every machine has, and what must not be mixed with another one's. */
	private static final List<String> SYSTEM = List.of("libc6", "libgcc-s1", "libcrypt1");

	private final Path work;

	private final Consumer<String> progress;

	private List<String> options = List.of();

	/**
	 * Creates it.
	 * @param work an empty folder to work in
	 * @param progress hears what is done, line by line
	 */
	DebianPackages(Path work, Consumer<String> progress) {
		this.work = work;
		this.progress = progress;
	}

	/**
	 * Fetches packages, without what they depend on, and unpacks them into one tree.
	 * @param names the packages
	 * @return the tree
	 * @throws IOException if that cannot be done; the message says why
	 */
	Path unpack(List<String> names) throws IOException {
		return unpack(names, () -> download(names));
	}

	/**
	 * Fetches packages with what they depend on and unpacks all into one tree.
	 * @param names the packages
	 * @param needed which of the packages are needed that these depend on and that the
	 * machine does not have
	 * @return the tree
	 * @throws IOException if that cannot be done; the message says why
	 */
	Path unpack(List<String> names, Predicate<String> needed) throws IOException {
		return unpack(names, () -> downloadWith(names, needed));
	}

	private Path unpack(List<String> names, Fetch fetch) throws IOException {
		if (!fetch.succeeds()) {
			this.progress.accept("The package lists may be missing or old: apt-get update, with lists of its own");
			useOwnLists();
			if (apt("update") != 0 || !fetch.succeeds()) {
				throw new IOException("apt-get cannot fetch %s: %s".formatted(String.join(", ", names), output()));
			}
		}
		return extract();
	}

	/**
	 * Fetches the newest of a package's versions that Debian has in any of its suites,
	 * without what it depends on, and unpacks it.
	 * @param name the package
	 * @param version what its version begins with, such as {@code 3.5}
	 * @return the tree
	 * @throws IOException if that cannot be done; the message says why
	 */
	Path unpack(String name, String version) throws IOException {
		useOwnLists();
		useSuites();
		if (apt("update") != 0) {
			throw new IOException("apt-get cannot read Debian's lists: " + output());
		}
		String newest = newest(name, version)
			.orElseThrow(() -> new IOException("Debian has none in %s".formatted(String.join(", ", SUITES))));
		if (!download(List.of(name + "=" + newest))) {
			throw new IOException("apt-get cannot fetch %s %s: %s".formatted(name, newest, output()));
		}
		return extract();
	}

	private Optional<String> newest(String name, String version) throws IOException {
		apt("apt-cache", List.of("madison", name));
		return OFFERED.matcher(Files.readString(this.work.resolve("output")))
			.results()
			.map((offered) -> offered.group(1))
			.filter((offered) -> isOf(version, offered))
			.max(Comparator.comparing(Version::parse));
	}

	/**
	 * Whether a version is the one that was asked for by its beginning.
	 */
	static boolean isOf(String beginning, String version) {
		return beginning.isEmpty() || version.equals(beginning) || version.startsWith(beginning + ".")
				|| version.startsWith(beginning + "-");
	}

	private Path extract() throws IOException {
		Path tree = this.work.resolve("tree");
		for (Path archive : archives("")) {
			if (run("dpkg-deb", "-x", archive.toString(), tree.toString()) != 0) {
				throw new IOException("dpkg-deb cannot unpack %s: %s".formatted(archive.getFileName(), output()));
			}
		}
		return tree;
	}

	/**
	 * Whether a package is one of libraries, by its name.
	 */
	static boolean isLibrary(String name) {
		return (name.startsWith("lib") || name.startsWith("zlib")) && !SYSTEM.contains(name);
	}

	/**
	 * Return the version of a package that was fetched.
	 */
	String version(String name) throws IOException {
		return archives(name + "_").getFirst()
			.getFileName()
			.toString()
			.substring(name.length() + 1)
			.replaceFirst("\\.deb$", "");
	}

	/**
	 * Installs packages, which only root can.
	 * @throws IOException if that cannot be done; the message says why
	 */
	void install(List<String> names) throws IOException {
		List<String> command = new ArrayList<>(List.of("install", "--yes", "--no-install-recommends"));
		command.addAll(names);
		this.options = List.of("-o", "DPkg::Lock::Timeout=300");
		String[] arguments = command.toArray(String[]::new);
		if (apt(arguments) != 0 && (apt("update") != 0 || apt(arguments) != 0)) {
			throw new IOException("apt-get cannot install %s: %s".formatted(String.join(", ", names), output()));
		}
	}

	private boolean downloadWith(List<String> names, Predicate<String> needed) throws IOException {
		List<String> command = new ArrayList<>(List.of("install", "--simulate", "--no-install-recommends"));
		command.addAll(names);
		if (apt(command.toArray(String[]::new)) != 0) {
			return false;
		}
		List<String> wanted = new ArrayList<>(names);
		Matcher planned = PLANNED.matcher(Files.readString(this.work.resolve("output")));
		while (planned.find()) {
			String name = planned.group(1);
			if (needed.test(name) && !wanted.contains(name)) {
				wanted.add(name);
			}
		}
		return download(wanted);
	}

	private boolean download(List<String> names) throws IOException {
		List<String> command = new ArrayList<>(names);
		command.addFirst("download");
		return apt(command.toArray(String[]::new)) == 0;
	}

	// Those of the machine are root's.
	private void useOwnLists() throws IOException {
		Path lists = this.work.resolve("lists");
		Path cache = this.work.resolve("cache");
		Files.createDirectories(lists.resolve("partial"));
		Files.createDirectories(cache.resolve("archives/partial"));
		this.options = List.of("-o", "Dir::State::lists=" + lists, "-o", "Dir::Cache=" + cache, "-o",
				"APT::Sandbox::User=root");
	}

	/** The machine's own suites may be older, and those of another distribution. */
	private void useSuites() throws IOException {
		Path sources = Files.writeString(this.work.resolve("sources.list"), SUITES.stream()
			.map("deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian %s main\n"::formatted)
			.collect(Collectors.joining()));
		List<String> all = new ArrayList<>(this.options);
		all.addAll(List.of("-o", "Dir::Etc::sourcelist=" + sources, "-o", "Dir::Etc::sourceparts=/dev/null", "-o",
				"Acquire::Languages=none"));
		this.options = List.copyOf(all);
	}

	private List<Path> archives(String prefix) throws IOException {
		try (Stream<Path> entries = Files.list(this.work)) {
			List<Path> found = entries.filter((entry) -> entry.getFileName().toString().startsWith(prefix))
				.filter((entry) -> entry.getFileName().toString().endsWith(".deb"))
				.toList();
			if (found.isEmpty()) {
				throw new IOException("apt-get download left no .deb in " + this.work);
			}
			return found;
		}
	}

	private int apt(String... arguments) throws IOException {
		return apt("apt-get", List.of(arguments));
	}

	private int apt(String program, List<String> arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of(program));
		command.addAll(this.options);
		command.addAll(arguments);
		return run(command.toArray(String[]::new));
	}

	private int run(String... command) throws IOException {
		ProcessBuilder builder = new ProcessBuilder(List.of(command)).directory(this.work.toFile())
			.redirectErrorStream(true)
			.redirectOutput(this.work.resolve("output").toFile());
		builder.environment().put("LC_ALL", "C");
		builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
		Process process = builder.start();
		try {
			process.getOutputStream().close();
			if (!process.waitFor(COMMAND_MINUTES, TimeUnit.MINUTES)) {
				throw new IOException("%s took more than %d minutes".formatted(command[0], COMMAND_MINUTES));
			}
			return process.exitValue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("interrupted while waiting for " + command[0], ex);
		}
		finally {
			process.destroyForcibly();
		}
	}

	private String output() throws IOException {
		return Files.readString(this.work.resolve("output")).strip().replaceAll("\\s*\\n\\s*", "; ");
	}

	/**
	 * What gets archives into the folder.
	 */
	private interface Fetch {

		boolean succeeds() throws IOException;

	}

}
