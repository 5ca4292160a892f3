package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;

/**
 * Lets clients connect, reads nothing and says nothing.
 */
public final class MuteServer implements AutoCloseable {

	private static final String ADDRESS = "127.0.0.1";

	// The kernel completes the connections; nobody needs to accept them.
	private final ServerSocket listener;

	private MuteServer(ServerSocket listener) {
		this.listener = listener;
	}

	/**
	 * Starts a server.
	 * @return the server, on a free port of 127.0.0.1
	 */
	public static MuteServer start() {
		try {
			return new MuteServer(FreePorts.listen(ADDRESS, FreePorts.choose(ADDRESS)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The port that it listens on.
	 * @return the port
	 */
	public int port() {
		return this.listener.getLocalPort();
	}

	@Override
	public void close() {
		try {
			this.listener.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
