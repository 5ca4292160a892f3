package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Chooses ports that nobody listens on. Each port is given out once for a long while, and
 * builds that run beside each other choose from ranges of their own: who has a port may
 * close it for a moment and open it again.
 */
public final class FreePorts {

	// Below the range from which kernels take the ports of outgoing connections: a port
	// that is free for a while must not become somebody's source port, and a client that
	// keeps trying a closed port must not connect to itself.
	private static final int LOWEST = 20_000;

	private static final int RANGES = 8;

	private static final int PORTS = 1_500;

	/** Never closed: its lock ends with the process. */
	private static final List<FileChannel> claimed = new ArrayList<>();

	private static final int FIRST = LOWEST + claimRange() * PORTS;

	/** So many others are given out before one is given out again. */
	private static final int LATELY = PORTS / 2;

	private static final int TRIES = 10 * PORTS;

	private static final Set<Integer> givenOut = new LinkedHashSet<>();

	private FreePorts() {
	}

	private static int claimRange() {
		Path folder = Path.of(System.getProperty("java.io.tmpdir"));
		for (int i = 0; i < RANGES; i++) {
			try {
				FileChannel channel = FileChannel.open(folder.resolve("holdfast-ports-%d.lock".formatted(i)),
						StandardOpenOption.CREATE, StandardOpenOption.WRITE);
				if (channel.tryLock() != null) {
					claimed.add(channel);
					return i;
				}
				channel.close();
			}
			catch (IOException ex) {
				// Somebody else's file: the next range.
			}
		}
		return ThreadLocalRandom.current().nextInt(RANGES);
	}

	/**
	 * Chooses a port.
	 * @param address the local address that it shall be free on
	 * @return the port; it was free a moment ago, which is no promise
	 */
	public static synchronized int choose(String address) {
		IOException last = new IOException("no port tried");
		for (int i = 0; i < TRIES; i++) {
			int port = FIRST + ThreadLocalRandom.current().nextInt(PORTS);
			if (givenOut.contains(port)) {
				continue;
			}
			try {
				listen(address, port).close();
				givenOut.add(port);
				if (givenOut.size() > LATELY) {
					givenOut.remove(givenOut.iterator().next());
				}
				return port;
			}
			catch (IOException ex) {
				last = ex;
			}
		}
		throw new UncheckedIOException("no free port on %s between %d and %d".formatted(address, FIRST, FIRST + PORTS),
				last);
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
