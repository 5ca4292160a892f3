package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A faulty network in front of a server: a TCP proxy that passes, refuses, resets,
 * swallows, delays or cuts what goes through it, as it is told.
 */
public final class TcpProxy implements AutoCloseable {

	private static final String ADDRESS = "127.0.0.1";

	private static final int PORT_TRIES = 10;

	private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition modeChanged = this.lock.newCondition();

	private final int port;

	private volatile InetSocketAddress target;

	private volatile Mode mode = new Pass();

	private volatile Acceptor acceptor;

	private TcpProxy(InetSocketAddress target) throws IOException {
		this.target = target;
		this.acceptor = Acceptor.start(listenSomewhere(), this::accept);
		this.port = this.acceptor.port();
	}

	/**
	 * Starts a proxy on a free port of 127.0.0.1.
	 * @param host the host of the server behind it
	 * @param port the port of the server behind it
	 * @return the proxy, which passes everything
	 */
	public static TcpProxy before(String host, int port) {
		try {
			return new TcpProxy(new InetSocketAddress(host, port));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The port that the proxy listens on.
	 * @return the port, the same for the proxy's whole life
	 */
	public int port() {
		return this.port;
	}

	/**
	 * The URL of the proxy.
	 * @return an http URL without path
	 */
	public String url() {
		return "http://%s:%d".formatted(ADDRESS, this.port);
	}

	/**
	 * Counts the connections that are open now.
	 * @return how many clients are connected
	 */
	public int connections() {
		return this.connections.size();
	}

	/**
	 * Passes everything; bytes that were swallowed are delivered now.
	 */
	public void pass() {
		change(new Pass());
	}

	/**
	 * Refuses new connections and resets those that are open.
	 */
	public void refuse() {
		change(new Refuse());
	}

	/**
	 * Resets the connections that are open, once; new ones are treated as before.
	 */
	public void reset() {
		this.connections.forEach(Connection::reset);
	}

	/**
	 * Accepts and keeps connections, but moves no byte and no end in either direction.
	 */
	public void blackhole() {
		change(new Blackhole());
	}

	/**
	 * Leads to another server, and resets the connections that are open.
	 * @param port the port of the server on 127.0.0.1
	 */
	public void leadTo(int port) {
		this.target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
		reset();
	}

	/**
	 * Holds each piece of data back for a while.
	 * @param time how long
	 */
	public void delay(Duration time) {
		change(new Delay(time));
	}

	/**
	 * Resets each connection as soon as the server has sent it that many bytes, counted
	 * from this call or from the connection's begin.
	 * @param bytes how many bytes still reach the client
	 */
	public void cutAfter(long bytes) {
		change(new Cut(bytes, new Object()));
	}

	@Override
	public void close() {
		refuse();
	}

	private void change(Mode next) {
		this.lock.lock();
		try {
			this.mode = next;
			if (next instanceof Refuse) {
				this.acceptor.close();
				reset();
			}
			else if (this.acceptor.isClosed()) {
				this.acceptor = Acceptor.start(FreePorts.listen(ADDRESS, this.port), this::accept);
			}
			this.modeChanged.signalAll();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	private static ServerSocket listenSomewhere() throws IOException {
		for (int i = 1; true; i++) {
			try {
				return FreePorts.listen(ADDRESS, FreePorts.choose(ADDRESS));
			}
			catch (IOException ex) {
				if (i == PORT_TRIES) {
					throw ex;
				}
			}
		}
	}

	private void accept(Socket client) {
		Connection connection = new Connection(client);
		this.connections.add(connection);
		Thread.ofVirtual().start(connection::open);
	}

	// Returns in which mode data may move on.
	private Mode awaitPassage() throws InterruptedException {
		this.lock.lock();
		try {
			long begin = System.nanoTime();
			while (true) {
				Mode now = this.mode;
				if (now instanceof Delay(Duration time)) {
					long left = time.toNanos() - (System.nanoTime() - begin);
					if (left <= 0 || this.modeChanged.awaitNanos(left) <= 0) {
						return now;
					}
				}
				else if (now instanceof Blackhole) {
					this.modeChanged.await();
				}
				else {
					return now;
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private sealed interface Mode {

	}

	private record Pass() implements Mode {
	}

	private record Refuse() implements Mode {
	}

	private record Blackhole() implements Mode {
	}

	private record Delay(Duration time) implements Mode {
	}

	// The mark tells one order to cut from the next of the same size.
	private record Cut(long bytes, Object mark) implements Mode {
	}

	/**
	 * One client's connection and the one to the server that belongs to it.
	 */
	private final class Connection {

		private final Socket client;

		private final Socket server = new Socket();

		private Mode counting = TcpProxy.this.mode;

		private long counted;

		Connection(Socket client) {
			this.client = client;
		}

		void open() {
			try {
				this.client.setTcpNoDelay(true);
				this.server.setTcpNoDelay(true);
				this.server.connect(TcpProxy.this.target);
				Thread upstream = Thread.ofVirtual().start(() -> pump(this.client, this.server, false));
				pump(this.server, this.client, true);
				upstream.join();
			}
			catch (IOException | InterruptedException ex) {
				reset();
			}
			finally {
				TcpProxy.this.connections.remove(this);
				closeQuietly(this.client);
				closeQuietly(this.server);
			}
		}

		private void pump(Socket from, Socket to, boolean toClient) {
			byte[] buffer = new byte[32 * 1024];
			try {
				while (true) {
					int length = from.getInputStream().read(buffer);
					Mode now = awaitPassage();
					if (length < 0) {
						to.shutdownOutput();
						return;
					}
					int allowed = toClient ? allowed(now, length) : length;
					to.getOutputStream().write(buffer, 0, allowed);
					if (allowed < length || isUsedUp(now)) {
						reset();
						return;
					}
				}
			}
			catch (IOException | InterruptedException ex) {
				reset();
			}
		}

		private int allowed(Mode now, int length) {
			if (!now.equals(this.counting)) {
				this.counting = now;
				this.counted = 0;
			}
			int allowed = (now instanceof Cut(long bytes, Object mark)) ? (int) Math.min(length, bytes - this.counted)
					: length;
			this.counted += allowed;
			return allowed;
		}

		private boolean isUsedUp(Mode now) {
			return now instanceof Cut(long bytes, Object mark) && now.equals(this.counting) && this.counted >= bytes;
		}

		void reset() {
			lingerNot(this.client);
			lingerNot(this.server);
			closeQuietly(this.client);
			closeQuietly(this.server);
		}

		private static void lingerNot(Socket socket) {
			try {
				socket.setSoLinger(true, 0);
			}
			catch (SocketException ex) {
				// It is closed already, which is what a reset is for.
			}
		}

		private static void closeQuietly(Socket socket) {
			try {
				socket.close();
			}
			catch (IOException ex) {
				// There is nothing left that could be closed.
			}
		}

	}

}
