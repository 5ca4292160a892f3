package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Sends signals for which Java has no method.
 */
final class Signals {

	private Signals() {
	}

	/**
	 * Sends a signal and waits until it is sent.
	 * @param process a process that runs
	 * @param name the signal's name without {@code SIG}
	 */
	static void send(Process process, String name) {
		try {
			int status = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO()
				.start()
				.waitFor();
			if (status != 0) {
				throw new IllegalStateException(
						"kill -%s %d ended with status %d".formatted(name, process.pid(), status));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted while sending SIG" + name, ex);
		}
	}

}
