package dev.holdfast.proxy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A backend that records every byte, and answers each request that
 * {@link ReferenceReader} finds in them with the request's target.
 */
final class RecordingBackend implements AutoCloseable {

	private final List<Connection> connections = new CopyOnWriteArrayList<>();

	private final ScriptedBackend backend = new ScriptedBackend(this::serve);

	private void serve(ScriptedBackend.Peer peer) throws IOException {
		Connection connection = new Connection();
		this.connections.add(connection);
		try {
			while (true) {
				StringBuilder more = new StringBuilder();
				do {
					more.append((char) peer.read());
				}
				while (peer.in().available() > 0);
				connection.bytes = connection.bytes.concat(more.toString());
				List<ReferenceReader.Request> requests = ReferenceReader.read(connection.bytes).requests();
				while (connection.answered < requests.size()) {
					peer.write(answer(requests.get(connection.answered)));
					connection.answered++;
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
		for (Connection connection : this.connections) {
			connection.forgotten = connection.bytes.length();
		}
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

		private volatile String bytes = "";

		private volatile int forgotten;

		private volatile boolean ended;

		private int answered;

		private ReferenceReader.Reading reading() {
			return ReferenceReader.read(this.bytes.substring(this.forgotten));
		}

	}

}
