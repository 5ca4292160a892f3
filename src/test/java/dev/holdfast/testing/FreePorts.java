package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Chooses ports that nobody listens on.
 */
public final class FreePorts {

	// Below the range from which kernels take the ports of outgoing connections: a port
	// that is free for a while must not become somebody's source port, and a client that
	// keeps trying a closed port must not connect to itself.
	private static final int FIRST = 20_000;

	private static final int LAST = 32_000;

	private static final int TRIES = 100;

	private FreePorts() {
	}

	/**
	 * Chooses a port.
	 * @param address the local address that it shall be free on
	 * @return the port; it was free a moment ago, which is no promise
	 */
	public static int choose(String address) {
		IOException last = new IOException("no port tried");
		for (int i = 0; i < TRIES; i++) {
			int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
			try {
				listen(address, port).close();
				return port;
			}
			catch (IOException ex) {
				last = ex;
			}
		}
		throw new UncheckedIOException("no free port on %s between %d and %d".formatted(address, FIRST, LAST), last);
	}

	static ServerSocket listen(String address, int port) throws IOException {
		ServerSocket socket = new ServerSocket();
		try {
			socket.setReuseAddress(true);
			socket.bind(new InetSocketAddress(InetAddress.getByName(address), port), 1024);
			return socket;
		}
		catch (IOException ex) {
			socket.close();
			throw ex;
		}
	}

}
