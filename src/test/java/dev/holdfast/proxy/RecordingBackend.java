package dev.holdfast.proxy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A backend that records every byte, and answers each request that
 * {@link ReferenceReader} finds in them with the request's target.
 */
final class RecordingBackend implements AutoCloseable {

	private static final int BUFFER = 16 * 1024;

	private final List<Connection> connections = new CopyOnWriteArrayList<>();

	private final ScriptedBackend backend = new ScriptedBackend(this::serve);

	private void serve(ScriptedBackend.Peer peer) throws IOException {
		Connection connection = new Connection();
		this.connections.add(connection);
		try {
			byte[] buffer = new byte[BUFFER];
			for (int length = peer.in().read(buffer); length >= 0; length = peer.in().read(buffer)) {
				String more = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
				for (ReferenceReader.Request request : connection.receive(more)) {
					peer.write(answer(request));
				}
			}
		}
		finally {
			connection.ended = true;
		}
	}

	private static String answer(ReferenceReader.Request request) {
		String target = request.target();
		return "HTTP/1.1 200 OK\r\nContent-Length: " + target.length() + "\r\n\r\n"
				+ (request.method().equals("HEAD") ? "" : target);
	}

	int port() {
		return this.backend.port();
	}

	/**
	 * Forgets what has been received. Connections live on.
	 */
	void forget() {
		this.connections.removeIf((connection) -> connection.ended);
		this.connections.forEach(Connection::forget);
	}

	/**
	 * What was received on each connection that received anything.
	 */
	List<ReferenceReader.Reading> readings() {
		return this.connections.stream()
			.map(Connection::reading)
			.filter((reading) -> !reading.requests().isEmpty() || !reading.rest().isEmpty())
			.toList();
	}

	/**
	 * The complete requests, in one line each.
	 */
	List<String> requests() {
		return readings().stream()
			.flatMap((reading) -> reading.requests().stream())
			.map(ReferenceReader.Request::summary)
			.toList();
	}

	/**
	 * Whether the gateway has ended every connection on which it left a request
	 * unfinished.
	 */
	boolean isSettled() {
		return this.connections.stream()
			.allMatch((connection) -> connection.ended || connection.reading().rest().isEmpty());
	}

	@Override
	public void close() throws IOException {
		this.backend.close();
	}

	private static final class Connection {

		/** What has been received and not forgotten. */
		private String bytes = "";

		/** What belongs to no request that was answered. */
		private String rest = "";

		private volatile boolean ended;

		/**
		 * Takes what has come.
		 * @return the requests that are complete by it
		 */
		private synchronized List<ReferenceReader.Request> receive(String more) {
			this.bytes = this.bytes.concat(more);
			ReferenceReader.Reading next = ReferenceReader.read(this.rest.concat(more));
			this.rest = next.rest();
			return next.requests();
		}

		private synchronized void forget() {
			this.bytes = "";
		}

		private synchronized ReferenceReader.Reading reading() {
			return ReferenceReader.read(this.bytes);
		}

	}

}
