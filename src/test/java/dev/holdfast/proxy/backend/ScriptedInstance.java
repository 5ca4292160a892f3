package dev.holdfast.proxy.backend;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.net.ServerSocketFactory;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.Acceptor;

/**
 * An instance that does on each connection what it is told to.
 */
final class ScriptedInstance implements AutoCloseable {

	final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private final Acceptor acceptor;

	ScriptedInstance(ServerSocketFactory factory, Acceptor.Script script) {
		this.acceptor = Acceptor.start(factory, (socket) -> {
			this.sockets.add(socket);
			Acceptor.serve(socket, script);
		});
	}

	ScriptedInstance(Acceptor.Script script) {
		this(ServerSocketFactory.getDefault(), script);
	}

	/**
	 * Responds to every request alike.
	 */
	static ScriptedInstance responding(String response) {
		return new ScriptedInstance((socket) -> respond(socket, response));
	}

	static void respond(Socket socket, String response) throws IOException {
		while (true) {
			readHead(socket.getInputStream());
			socket.getOutputStream().write(response.getBytes(StandardCharsets.ISO_8859_1));
		}
	}

	/**
	 * Reads until the gateway ends the connection.
	 */
	static void awaitEnd(Socket socket) throws IOException {
		while (socket.getInputStream().read() >= 0) {
			// More may come.
		}
	}

	static void readHead(InputStream in) throws IOException {
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") < 0) {
			int next = in.read();
			if (next < 0) {
				throw new IOException("the end");
			}
			head.append((char) next);
		}
	}

	Endpoint endpoint(Scheme scheme) {
		return new Endpoint(scheme, "127.0.0.1", this.acceptor.port());
	}

	@Override
	public void close() throws IOException {
		this.acceptor.close();
		for (Socket socket : this.sockets) {
			socket.close();
		}
	}

}
