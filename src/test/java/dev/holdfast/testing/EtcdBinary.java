package dev.holdfast.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Finds an etcd server to run: {@code ETCD_BIN}, the PATH, a cache, or the distribution's
 * package unpacked into that cache without installing it.
 */
public final class EtcdBinary {

	private EtcdBinary() {
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
		return program(System.getenv(), progress).locate();
	}

	static DebianProgram program(Map<String, String> environment, Consumer<String> progress) {
		return new DebianProgram("etcd", "ETCD_BIN", "etcd-server", false,
				"Install etcd 3.4 or newer, put it on the PATH, or name its executable in ETCD_BIN", environment,
				progress);
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

}
