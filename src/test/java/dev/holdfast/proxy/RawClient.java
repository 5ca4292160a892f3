package dev.holdfast.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.testing.Patience;

/**
 * A client that sends what it is told to, byte by byte.
 */
final class RawClient implements AutoCloseable {

	private static final int PATIENCE_MILLIS = (int) Patience.TIME.toMillis();

	/**
	 * So that the kernel, which may take 32 MiB for a client that reads nothing, takes no
	 * more than what tests send.
	 */
	private static final int RECEIVE_BUFFER = 256 * 1024;

	private final Socket socket;

	private final InputStream in;

	private final OutputStream out;

	RawClient(int port) throws IOException {
		this(connect(port));
	}

	private static Socket connect(int port) throws IOException {
		Socket socket = new Socket();
		socket.setReceiveBufferSize(RECEIVE_BUFFER);
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
		return socket;
	}

	RawClient(Socket socket) throws IOException {
		this.socket = socket;
		this.socket.setSoTimeout(PATIENCE_MILLIS);
		// What is written in two pieces must not wait for the first to be acknowledged.
		this.socket.setTcpNoDelay(true);
		this.in = new BufferedInputStream(this.socket.getInputStream());
		this.out = this.socket.getOutputStream();
	}

	RawClient send(String text) throws IOException {
		this.out.write(text.getBytes(StandardCharsets.ISO_8859_1));
		this.out.flush();
		return this;
	}

	/**
	 * Sends a GET with a Host and reads the answer.
	 */
	Answer get(String target, String... fields) throws IOException {
		return send("GET " + target + " HTTP/1.1\r\nHost: gateway.test\r\n" + lines(fields) + "\r\n").answer();
	}

	private static String lines(String... fields) {
		StringBuilder lines = new StringBuilder();
		for (String field : fields) {
			lines.append(field).append("\r\n");
		}
		return lines.toString();
	}

	/**
	 * Reads a whole answer with a body.
	 * @throws EOFException if the connection ends before the answer does
	 */
	Answer answer() throws IOException {
		Answer head = head();
		String length = head.header("content-length");
		if (head.header("transfer-encoding").equals("chunked")) {
			return head.with(chunks());
		}
		return head.with(length.isEmpty() ? "" : text(Integer.parseInt(length)));
	}

	/**
	 * Reads a head alone.
	 */
	Answer head() throws IOException {
		String status = line();
		List<String> fields = new ArrayList<>();
		for (String line = line(); !line.isEmpty(); line = line()) {
			fields.add(line);
		}
		return new Answer(Integer.parseInt(status.substring(9, 12)), status, fields, "");
	}

	private String chunks() throws IOException {
		StringBuilder body = new StringBuilder();
		for (int size = chunkSize(); size > 0; size = chunkSize()) {
			body.append(text(size));
			line();
		}
		line();
		return body.toString();
	}

	int chunkSize() throws IOException {
		return Integer.parseInt(line(), 16);
	}

	String text(int length) throws IOException {
		byte[] bytes = this.in.readNBytes(length);
		if (bytes.length < length) {
			throw new EOFException("%d of %d bytes".formatted(bytes.length, length));
		}
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

	String line() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		while (true) {
			int next = this.in.read();
			if (next < 0) {
				throw new EOFException("after \"" + line + "\"");
			}
			if (next == '\n') {
				return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
			}
			line.write(next);
		}
	}

	/**
	 * Reads to the end of the connection.
	 * @return what there was
	 */
	String rest() throws IOException {
		return new String(this.in.readAllBytes(), StandardCharsets.ISO_8859_1);
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

	/**
	 * Sets for how long to wait for bytes that do not come.
	 */
	void patience(Duration patience) throws IOException {
		this.socket.setSoTimeout((int) patience.toMillis());
	}

	InputStream in() {
		return this.in;
	}

	OutputStream out() {
		return this.out;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	/**
	 * An answer, or its head.
	 *
	 * @param status the status code
	 * @param line the status line
	 * @param fields the header lines
	 * @param body the body without its framing
	 */
	record Answer(int status, String line, List<String> fields, String body) {

		private Answer with(String body) {
			return new Answer(this.status, this.line, this.fields, body);
		}

		/**
		 * Gives a header's value, empty when there is none.
		 */
		String header(String name) {
			for (String field : this.fields) {
				if (field.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
					return field.substring(name.length() + 1).strip();
				}
			}
			return "";
		}

	}

}
