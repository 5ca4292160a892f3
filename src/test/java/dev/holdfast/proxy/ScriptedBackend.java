package dev.holdfast.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.net.ServerSocketFactory;

import dev.holdfast.testing.Acceptor;
import dev.holdfast.testing.FreePorts;

/**
 * A backend that does on each connection what its script says, and records every head
 * that it reads.
 */
final class ScriptedBackend implements AutoCloseable {

	private final Acceptor acceptor;

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private final List<String> heads = new CopyOnWriteArrayList<>();

	ScriptedBackend(Script script) {
		this(ServerSocketFactory.getDefault(), script);
	}

	ScriptedBackend(ServerSocketFactory sockets, Script script) {
		this.acceptor = Acceptor.start(sockets, (socket) -> {
			this.sockets.add(socket);
			Acceptor.serve(socket, (connection) -> script.run(new Peer(connection)));
		});
	}

	/**
	 * Answers every request alike, and keeps its connections open.
	 */
	static ScriptedBackend answering(String answer) {
		return new ScriptedBackend((peer) -> {
			while (true) {
				peer.readRequest();
				peer.write(answer);
			}
		});
	}

	/**
	 * Finds a port on which nobody listens.
	 */
	static int refusedPort() {
		return FreePorts.choose(InetAddress.getLoopbackAddress().getHostAddress());
	}

	int port() {
		return this.acceptor.port();
	}

	/**
	 * The heads of all requests, in the order in which they came.
	 */
	List<String> heads() {
		return this.heads;
	}

	int connections() {
		return this.sockets.size();
	}

	@Override
	public void close() throws IOException {
		this.acceptor.close();
		for (Socket socket : this.sockets) {
			socket.close();
		}
	}

	/**
	 * What a backend does on one connection.
	 */
	@FunctionalInterface
	interface Script {

		void run(Peer peer) throws IOException;

	}

	/**
	 * The gateway's end of a connection.
	 */
	final class Peer {

		private final Socket socket;

		private final InputStream in;

		private final OutputStream out;

		private String lastHead = "";

		private Peer(Socket socket) throws IOException {
			this.socket = socket;
			this.in = socket.getInputStream();
			this.out = socket.getOutputStream();
		}

		/**
		 * Reads a head and, by its Content-Length or its chunks, a body.
		 * @return the body as it was sent
		 */
		String readRequest() throws IOException {
			String head = readHead();
			int start = head.toLowerCase(Locale.ROOT).indexOf("content-length: ");
			if (start >= 0) {
				int end = head.indexOf("\r\n", start);
				int length = Integer.parseInt(head.substring(start + "content-length: ".length(), end));
				return new String(this.in.readNBytes(length), StandardCharsets.ISO_8859_1);
			}
			return head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked") ? readChunks() : "";
		}

		private String readChunks() throws IOException {
			StringBuilder chunks = new StringBuilder();
			String size = "";
			while (!size.equals("0\r\n")) {
				size = readUntil("\r\n");
				chunks.append(size);
				for (int i = Integer.parseInt(size.strip(), 16); i > 0; i--) {
					chunks.append((char) read());
				}
				chunks.append(size.equals("0\r\n") ? "" : readUntil("\r\n"));
			}
			for (String trailer = readUntil("\r\n"); !trailer.equals("\r\n"); trailer = readUntil("\r\n")) {
				chunks.append(trailer);
			}
			return chunks.append("\r\n").toString();
		}

		String readHead() throws IOException {
			String head = readUntil("\r\n\r\n");
			this.lastHead = head;
			ScriptedBackend.this.heads.add(head);
			return head;
		}

		/**
		 * The head that was read last.
		 */
		String lastHead() {
			return this.lastHead;
		}

		private String readUntil(String end) throws IOException {
			StringBuilder text = new StringBuilder();
			while (text.length() < end.length() || text.indexOf(end, text.length() - end.length()) < 0) {
				text.append((char) read());
			}
			return text.toString();
		}

		/**
		 * Reads one byte.
		 * @throws IOException if there is none, because the connection has ended
		 */
		int read() throws IOException {
			int next = this.in.read();
			if (next < 0) {
				throw new IOException("end of connection");
			}
			return next;
		}

		InputStream in() {
			return this.in;
		}

		OutputStream out() {
			return this.out;
		}

		Socket socket() {
			return this.socket;
		}

		void write(String text) throws IOException {
			this.out.write(text.getBytes(StandardCharsets.ISO_8859_1));
			this.out.flush();
		}

		/**
		 * Waits for the gateway to end the connection.
		 * @return whether it did by a reset
		 */
		boolean awaitEnd() {
			try {
				byte[] rest = new byte[64 * 1024];
				while (this.in.read(rest) >= 0) {
					// What it still sends does not matter.
				}
				return false;
			}
			catch (IOException ex) {
				return true;
			}
		}

		/**
		 * Says that nothing more will be sent, and goes on reading.
		 */
		void endOutput() throws IOException {
			this.socket.shutdownOutput();
		}

		/**
		 * Ends the connection by a reset.
		 */
		void reset() throws IOException {
			this.socket.setSoLinger(true, 0);
			this.socket.close();
		}

	}

}
