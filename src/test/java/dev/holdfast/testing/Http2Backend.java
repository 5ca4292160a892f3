package dev.holdfast.testing;

import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.net.ServerSocketFactory;

import io.netty.handler.codec.http2.Http2Settings;

/**
 * A backend that does on each HTTP/2 connection what its script says.
 */
public final class Http2Backend implements AutoCloseable {

	private final Acceptor acceptor;

	private final List<Http2Wire> wires = new CopyOnWriteArrayList<>();

	private final Http2Settings settings;

	/**
	 * Starts a backend.
	 * @param script what it does on each connection, on a thread of its own
	 */
	public Http2Backend(Script script) {
		this(new Http2Settings(), script);
	}

	/**
	 * Starts a backend.
	 * @param settings what clients are told
	 * @param script what it does on each connection, on a thread of its own
	 */
	public Http2Backend(Http2Settings settings, Script script) {
		this.settings = settings;
		this.acceptor = Acceptor.start(ServerSocketFactory.getDefault(),
				(connection) -> Acceptor.serve(connection, (socket) -> serve(socket, script)));
	}

	/**
	 * Starts a backend that answers every request alike.
	 * @param body the body of its answers
	 * @return the running backend
	 */
	public static Http2Backend answering(String body) {
		return new Http2Backend((wire) -> {
			while (true) {
				Http2Wire.Head head = wire.nextHead();
				wire.answer(head.stream(), "200", false);
				wire.data(head.stream(), body, true);
			}
		});
	}

	private void serve(Socket socket, Script script) throws IOException {
		try (Http2Wire wire = Http2Wire.accept(socket, this.settings)) {
			this.wires.add(wire);
			script.run(wire);
		}
	}

	/**
	 * The port that it listens on.
	 * @return the port on the loopback address
	 */
	public int port() {
		return this.acceptor.port();
	}

	/**
	 * The connections that were made, in their order.
	 * @return the connections, open or not
	 */
	public List<Http2Wire> wires() {
		return this.wires;
	}

	/**
	 * Takes no more connections.
	 * @throws IOException if the socket cannot be closed
	 */
	public void stopListening() throws IOException {
		this.acceptor.close();
	}

	@Override
	public void close() throws IOException {
		this.acceptor.close();
		for (Http2Wire wire : this.wires) {
			wire.close();
		}
	}

	/**
	 * What a backend does on one connection.
	 */
	@FunctionalInterface
	public interface Script {

		/**
		 * Runs to the end of the connection.
		 * @param wire the connection
		 * @throws IOException if the other side ends it
		 */
		void run(Http2Wire wire) throws IOException;

	}

}
