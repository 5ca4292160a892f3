package dev.holdfast.testing;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

import org.junit.jupiter.api.Assumptions;

/**
 * Finds an etcd server to run: {@code ETCD_BIN}, the PATH, a cache, or the distribution's
 * package unpacked into that cache without installing it. The system property
 * {@code holdfast.etcd.version} chooses a version by its beginning, such as {@code 3.5}:
 * what is found elsewhere must be of it, and else the newest one is unpacked that Debian
 * has in any of its suites.
 */
public final class EtcdBinary {

	private static final String ADVICE = "Install etcd 3.4 or newer, put it on the PATH, or name its executable in ETCD_BIN";

	private EtcdBinary() {
	}

	/**
	 * Finds an etcd server for tests. They are skipped where the version that was chosen
	 * cannot be had, which is said once on the error output.
	 * @return the executable
	 * @throws IllegalStateException if no version was chosen, and there is none and none
	 * could be fetched; the message says what to do
	 */
	public static Path find() {
		return chosenVersion().isEmpty() ? find((line) -> {
		}) : Chosen.ONCE.orSkip();
	}

	/**
	 * Finds an etcd server.
	 * @param progress hears what is done, line by line
	 * @return the executable
	 * @throws IllegalStateException if there is none and none could be fetched; the
	 * message says what to do
	 */
	public static Path find(Consumer<String> progress) {
		return program(System.getenv(), progress).locate(chosenVersion());
	}

	static DebianProgram program(Map<String, String> environment, Consumer<String> progress) {
		return new DebianProgram("etcd", "ETCD_BIN", "etcd-server", false, ADVICE, environment, progress);
	}

	private static String chosenVersion() {
		return System.getProperty("holdfast.etcd.version", "");
	}

	/**
	 * Asks the server that {@link #find} gives for its version.
	 * @return the version, such as {@code 3.4.23}
	 * @throws IllegalStateException if there is none
	 */
	public static String version() {
		return DebianProgram.version(find());
	}

	/**
	 * What was found of the version that was chosen; looked for once, since every test
	 * would fetch it anew where it cannot be had.
	 *
	 * @param binary the executable, only where there is one
	 * @param missing why there is none, empty where there is one
	 */
	private record Chosen(Path binary, String missing) {

		private static final Chosen ONCE = look();

		private static Chosen look() {
			try {
				return new Chosen(find(System.err::println), "");
			}
			catch (NoSuchVersionException ex) {
				String missing = "Tests that need etcd %s are skipped: %s".formatted(chosenVersion(), ex.getMessage());
				System.err.println(missing);
				return new Chosen(Path.of("/nowhere"), missing);
			}
		}

		private Path orSkip() {
			Assumptions.assumeTrue(this.missing.isEmpty(), this.missing);
			return this.binary;
		}

	}

}
