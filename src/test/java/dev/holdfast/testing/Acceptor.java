package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;

import javax.net.ServerSocketFactory;

/**
 * Accepts connections on a port, and refuses them as soon as it has been closed. That
 * takes more than closing the socket: a virtual thread in {@link ServerSocket#accept}
 * keeps it open until it has woken up, and the kernel goes on connecting clients.
 */
public final class Acceptor implements AutoCloseable {

	private static final int BACKLOG = 128;

	private final ServerSocket listener;

	private final Thread thread;

	private Acceptor(ServerSocket listener, Consumer<Socket> taker) {
		this.listener = listener;
		this.thread = Thread.ofVirtual()
			.name("acceptor-" + listener.getLocalPort())
			.unstarted(() -> acceptAll(listener, taker));
	}

	/**
	 * Accepts on any port of the loopback address.
	 * @param sockets makes the socket
	 * @param taker takes each connection, on the thread that accepts the next one
	 * @return what accepts
	 */
	public static Acceptor start(ServerSocketFactory sockets, Consumer<Socket> taker) {
		try {
			return start(sockets.createServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()), taker);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Accepts.
	 * @param listener the socket, which is closed with this
	 * @param taker takes each connection, on the thread that accepts the next one
	 * @return what accepts
	 */
	public static Acceptor start(ServerSocket listener, Consumer<Socket> taker) {
		Acceptor acceptor = new Acceptor(listener, taker);
		acceptor.thread.start();
		return acceptor;
	}

	private static void acceptAll(ServerSocket listener, Consumer<Socket> taker) {
		while (!listener.isClosed()) {
			try {
				Socket socket = listener.accept();
				// What is written in two pieces must not wait for the first to be
				// acknowledged.
				socket.setTcpNoDelay(true);
				taker.accept(socket);
			}
			catch (IOException ex) {
				// Closed, or a handshake that failed: the next one.
			}
		}
	}

	/**
	 * Serves a connection on a thread of its own, and closes it behind that.
	 * @param socket the connection
	 * @param script what is done on it; that the other side ends it is for the test to
	 * judge
	 */
	public static void serve(Socket socket, Script script) {
		Thread.ofVirtual().start(() -> {
			try (socket) {
				script.run(socket);
			}
			catch (IOException ex) {
				// The other side ended the connection.
			}
		});
	}

	/**
	 * The port that is accepted on.
	 * @return the port, also when it has been closed
	 */
	public int port() {
		return this.listener.getLocalPort();
	}

	/**
	 * Whether connections are refused.
	 * @return whether {@link #close} has been called
	 */
	public boolean isClosed() {
		return this.listener.isClosed();
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
		try {
			this.thread.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * What is done on one connection.
	 */
	@FunctionalInterface
	public interface Script {

		/**
		 * Runs to the end of the connection.
		 * @param socket the connection
		 * @throws IOException if the other side ends it
		 */
		void run(Socket socket) throws IOException;

	}

}
