package dev.holdfast.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * One end of an HTTP/2 connection that sends the frames it is told to, valid or not, and
 * keeps those that it gets. Acknowledges settings and pings, and gives back windows
 * unless told not to.
 */
public final class Http2Wire implements AutoCloseable {

	private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

	private final Socket socket;

	private final OutputStream out;

	private final EmbeddedChannel writing = new EmbeddedChannel(new ChannelInboundHandlerAdapter());

	private final Http2FrameWriter writer = new DefaultHttp2FrameWriter();

	private final List<Frame> frames = new ArrayList<>();

	private volatile boolean givesBackWindows = true;

	private final CompletableFuture<Http2Settings> peerSettings = new CompletableFuture<>();

	private boolean ended;

	private int lastStream = -1;

	private Http2Wire(Socket socket) throws IOException {
		this.socket = socket;
		// A frame is several writes: each would wait for the other side to acknowledge
		// the one before.
		socket.setTcpNoDelay(true);
		this.out = socket.getOutputStream();
	}

	/**
	 * Connects to a server in clear text, by prior knowledge.
	 * @param port the port on this machine
	 * @return the connection, with its preface sent
	 * @throws IOException if there is no connection
	 */
	public static Http2Wire connect(int port) throws IOException {
		return connect(port, new Http2Settings());
	}

	/**
	 * Connects to a server in clear text, by prior knowledge.
	 * @param port the port on this machine
	 * @param settings what the server is told
	 * @return the connection, with its preface sent
	 * @throws IOException if there is no connection
	 */
	public static Http2Wire connect(int port, Http2Settings settings) throws IOException {
		return connect(new Socket(InetAddress.getLoopbackAddress(), port), settings);
	}

	/**
	 * Connects to a server with TLS, by ALPN.
	 * @param port the port on this machine
	 * @param context whom to trust, and the own certificate
	 * @return the connection, with its preface sent
	 * @throws IOException if there is no connection, or the handshake fails
	 */
	public static Http2Wire connect(int port, SSLContext context) throws IOException {
		Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
		SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, null, port, true);
		SSLParameters parameters = socket.getSSLParameters();
		parameters.setApplicationProtocols(new String[] { "h2" });
		socket.setSSLParameters(parameters);
		socket.startHandshake();
		return connect(socket, new Http2Settings());
	}

	/**
	 * Begins HTTP/2 on a connection.
	 * @param socket the connection, with TLS or without
	 * @param settings what the server is told
	 * @return the connection, with its preface sent
	 * @throws IOException if the connection is broken
	 */
	public static Http2Wire connect(Socket socket, Http2Settings settings) throws IOException {
		Http2Wire wire = new Http2Wire(socket);
		wire.bytes(PREFACE.getBytes(StandardCharsets.US_ASCII));
		wire.settings(settings);
		wire.listen();
		return wire;
	}

	/**
	 * Serves a client that knows that HTTP/2 is spoken here.
	 * @param socket the client's connection
	 * @param settings what the client is told
	 * @return the connection, with its preface read
	 * @throws IOException if the client sent something else
	 */
	public static Http2Wire accept(Socket socket, Http2Settings settings) throws IOException {
		Http2Wire wire = new Http2Wire(socket);
		String preface = new String(socket.getInputStream().readNBytes(PREFACE.length()), StandardCharsets.US_ASCII);
		if (!preface.equals(PREFACE)) {
			throw new IOException("preface: \"%s\" (expected: HTTP/2's)".formatted(preface));
		}
		wire.settings(settings);
		wire.listen();
		return wire;
	}

	private void listen() {
		Thread.ofVirtual().start(this::read);
	}

	private void read() {
		EmbeddedChannel reading = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
		try (Http2FrameReader reader = new DefaultHttp2FrameReader(false)) {
			InputStream in = this.socket.getInputStream();
			ByteBuf buffer = Unpooled.buffer();
			byte[] bytes = new byte[16 * 1024];
			for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
				buffer.discardReadBytes().writeBytes(bytes, 0, length);
				reader.readFrame(reading.pipeline().firstContext(), buffer, new Listener());
			}
		}
		catch (IOException | Http2Exception ex) {
			// The other side ended the connection, which is for the test to judge.
		}
		finally {
			reading.finishAndReleaseAll();
			synchronized (this.frames) {
				this.ended = true;
				this.frames.notifyAll();
			}
		}
	}

	/**
	 * Gives back no windows from now on: the other side may send what it has been
	 * allowed.
	 * @return this
	 */
	public Http2Wire keepWindows() {
		this.givesBackWindows = false;
		return this;
	}

	/**
	 * Sends a GET.
	 * @param path the path
	 * @param fields names and values in turn
	 * @return the stream it is on
	 * @throws IOException if the connection is broken
	 */
	public int get(String path, String... fields) throws IOException {
		return request("GET", path, true, fields);
	}

	/**
	 * Sends a request's head on the next stream.
	 * @param method the method
	 * @param path the path
	 * @param end whether that is all of it
	 * @param fields names and values in turn
	 * @return the stream it is on
	 * @throws IOException if the connection is broken
	 */
	public int request(String method, String path, boolean end, String... fields) throws IOException {
		Http2Headers headers = new DefaultHttp2Headers(false).method(method)
			.scheme("http")
			.authority("gateway.test")
			.path(path);
		this.lastStream += 2;
		return headers(this.lastStream, with(headers, fields), end);
	}

	/**
	 * Asks for a stream that speaks another protocol (RFC 8441).
	 * @param protocol the protocol
	 * @param path the path
	 * @param end whether nothing will be sent on it
	 * @param fields names and values in turn
	 * @return the stream
	 * @throws IOException if the connection is broken
	 */
	public int connect(String protocol, String path, boolean end, String... fields) throws IOException {
		Http2Headers headers = new DefaultHttp2Headers(false).method("CONNECT")
			.scheme("http")
			.authority("gateway.test")
			.path(path)
			.set(Http2Headers.PseudoHeaderName.PROTOCOL.value(), protocol);
		this.lastStream += 2;
		return headers(this.lastStream, with(headers, fields), end);
	}

	/**
	 * Waits for the other side's settings.
	 * @return the first that came
	 */
	public Http2Settings awaitSettings() {
		return this.peerSettings.orTimeout(Patience.TIME.toSeconds(), TimeUnit.SECONDS).join();
	}

	/**
	 * Sends an answer's head, or trailers when no status is given.
	 * @param stream the stream
	 * @param status the status, empty for none
	 * @param end whether that is all of it
	 * @param fields names and values in turn
	 * @throws IOException if the connection is broken
	 */
	public void answer(int stream, String status, boolean end, String... fields) throws IOException {
		Http2Headers headers = new DefaultHttp2Headers(false);
		headers(stream, with(status.isEmpty() ? headers : headers.status(status), fields), end);
	}

	/**
	 * Sends trailers.
	 * @param stream the stream
	 * @param fields names and values in turn
	 * @throws IOException if the connection is broken
	 */
	public void trailers(int stream, String... fields) throws IOException {
		answer(stream, "", true, fields);
	}

	private static Http2Headers with(Http2Headers headers, String... fields) {
		for (int i = 0; i < fields.length; i += 2) {
			headers.add(fields[i], fields[i + 1]);
		}
		return headers;
	}

	/**
	 * Sends a header frame.
	 * @param stream the stream
	 * @param headers the fields
	 * @param end whether the stream ends with it
	 * @return the stream
	 * @throws IOException if the connection is broken
	 */
	public int headers(int stream, Http2Headers headers, boolean end) throws IOException {
		send((context) -> this.writer.writeHeaders(context, stream, headers, 0, end, context.newPromise()));
		return stream;
	}

	/**
	 * Sends a piece of a body, in frames of the usual size.
	 * @param stream the stream
	 * @param text the text, one byte each character
	 * @param end whether it is the last one
	 * @throws IOException if the connection is broken
	 */
	public void data(int stream, String text, boolean end) throws IOException {
		ByteBuf data = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
		send((context) -> this.writer.writeData(context, stream, data, 0, end, context.newPromise()));
	}

	/**
	 * Gives the other side more to send.
	 * @param stream the stream, 0 for the connection
	 * @param bytes how much more
	 * @throws IOException if the connection is broken
	 */
	public void window(int stream, int bytes) throws IOException {
		send((context) -> this.writer.writeWindowUpdate(context, stream, bytes, context.newPromise()));
	}

	/**
	 * Resets a stream.
	 * @param stream the stream
	 * @param code the error code
	 * @throws IOException if the connection is broken
	 */
	public void reset(int stream, long code) throws IOException {
		send((context) -> this.writer.writeRstStream(context, stream, code, context.newPromise()));
	}

	/**
	 * Says that no more streams are taken.
	 * @param last the last one that is
	 * @throws IOException if the connection is broken
	 */
	public void goAway(int last) throws IOException {
		send((context) -> this.writer.writeGoAway(context, last, 0, Unpooled.EMPTY_BUFFER, context.newPromise()));
	}

	/**
	 * Sends settings.
	 * @param settings the settings
	 * @throws IOException if the connection is broken
	 */
	public void settings(Http2Settings settings) throws IOException {
		send((context) -> this.writer.writeSettings(context, settings, context.newPromise()));
	}

	/**
	 * Sends a ping.
	 * @param content what it carries
	 * @throws IOException if the connection is broken
	 */
	public void ping(long content) throws IOException {
		send((context) -> this.writer.writePing(context, false, content, context.newPromise()));
	}

	/**
	 * Sends bytes as they are.
	 * @param bytes the bytes
	 * @throws IOException if the connection is broken
	 */
	public void bytes(byte[] bytes) throws IOException {
		synchronized (this.writing) {
			this.out.write(bytes);
			this.out.flush();
		}
	}

	private void send(Writing frame) throws IOException {
		synchronized (this.writing) {
			ChannelHandlerContext context = this.writing.pipeline().firstContext();
			if (context == null) {
				throw new IOException("closed");
			}
			ChannelFuture written = frame.write(context);
			this.writing.flushOutbound();
			for (ByteBuf next = this.writing.readOutbound(); next != null; next = this.writing.readOutbound()) {
				try {
					next.readBytes(this.out, next.readableBytes());
				}
				finally {
					next.release();
				}
			}
			this.out.flush();
			if (written.cause() != null) {
				throw new IOException(written.cause());
			}
		}
	}

	/**
	 * Waits for a head or trailers on a stream.
	 * @param stream the stream
	 * @return the fields
	 * @throws IOException if the connection ends or the stream is reset before
	 */
	public Head head(int stream) throws IOException {
		Frame frame = await((candidate) -> candidate.stream() == stream
				&& (candidate instanceof Head || candidate instanceof Reset));
		if (frame instanceof Head head) {
			return head;
		}
		throw new IOException("stream %d: %s (expected: a head)".formatted(stream, frame));
	}

	/**
	 * Waits for the next request's head.
	 * @return the head
	 * @throws IOException if the connection ends before
	 */
	public Head nextHead() throws IOException {
		return (Head) await(Head.class::isInstance);
	}

	/**
	 * Reads a message to its end.
	 * @param stream the stream
	 * @return head, body and trailers
	 * @throws IOException if the connection ends or the stream is reset before
	 */
	public Message message(int stream) throws IOException {
		Head head = head(stream);
		while (head.header(":status").startsWith("1")) {
			head = head(stream);
		}
		StringBuilder body = new StringBuilder();
		boolean end = head.end();
		Head trailers = new Head(stream, List.of(), true);
		while (!end) {
			Frame frame = await((candidate) -> candidate.stream() == stream
					&& (candidate instanceof Data || candidate instanceof Head || candidate instanceof Reset));
			switch (frame) {
				case Data data -> {
					body.append(data.text());
					end = data.end();
				}
				case Head last -> {
					trailers = last;
					end = true;
				}
				default ->
					throw new IOException("stream %d: %s after %d bytes".formatted(stream, frame, body.length()));
			}
		}
		return new Message(head, body.toString(), trailers);
	}

	/**
	 * Waits for a piece of a body.
	 * @param stream the stream
	 * @return the piece
	 * @throws IOException if the connection ends before
	 */
	public Data data(int stream) throws IOException {
		return (Data) await((frame) -> frame.stream() == stream && frame instanceof Data);
	}

	/**
	 * Waits for a stream to be reset.
	 * @param stream the stream
	 * @return the error code
	 * @throws IOException if the connection ends before
	 */
	public long awaitReset(int stream) throws IOException {
		return ((Reset) await((frame) -> frame.stream() == stream && frame instanceof Reset)).code();
	}

	/**
	 * Waits for the other side to take no more streams.
	 * @return what it said
	 * @throws IOException if the connection ends before
	 */
	public GoAway awaitGoAway() throws IOException {
		return (GoAway) await(GoAway.class::isInstance);
	}

	/**
	 * Waits for the answer to a ping.
	 * @param content what the ping carried
	 * @throws IOException if the connection ends before
	 */
	public void awaitPong(long content) throws IOException {
		await((frame) -> frame.equals(new Pong(0, content)));
	}

	/**
	 * Waits for a frame, and takes it out of those that were kept.
	 * @param wanted tells it apart
	 * @return the frame
	 * @throws IOException if the connection ends before
	 */
	public Frame await(Predicate<Frame> wanted) throws IOException {
		long until = System.nanoTime() + Patience.TIME.toNanos();
		synchronized (this.frames) {
			while (true) {
				for (Frame frame : this.frames) {
					if (wanted.test(frame)) {
						this.frames.remove(frame);
						return frame;
					}
				}
				long rest = (until - System.nanoTime()) / 1_000_000;
				if (this.ended || rest <= 0) {
					throw new IOException(
							"%s with %s".formatted(this.ended ? "connection ended" : "timeout", this.frames));
				}
				await(rest);
			}
		}
	}

	private void await(long millis) throws IOException {
		try {
			this.frames.wait(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("interrupted", ex);
		}
	}

	/**
	 * Waits for the other side to end the connection.
	 * @throws IOException if it does not
	 */
	public void awaitEnd() throws IOException {
		long until = System.nanoTime() + Patience.TIME.toNanos();
		synchronized (this.frames) {
			while (!this.ended) {
				long rest = (until - System.nanoTime()) / 1_000_000;
				if (rest <= 0) {
					throw new IOException("timeout: the connection has not ended");
				}
				await(rest);
			}
		}
	}

	/**
	 * Whether the other side has ended the connection.
	 * @return whether nothing more will come
	 */
	public boolean isEnded() {
		synchronized (this.frames) {
			return this.ended;
		}
	}

	/**
	 * The frames that came and were not waited for yet.
	 * @return a copy
	 */
	public List<Frame> frames() {
		synchronized (this.frames) {
			return List.copyOf(this.frames);
		}
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
		synchronized (this.writing) {
			this.writing.finishAndReleaseAll();
		}
	}

	/**
	 * Something to write.
	 */
	@FunctionalInterface
	private interface Writing {

		ChannelFuture write(ChannelHandlerContext context);

	}

	/**
	 * A frame that came.
	 */
	public sealed interface Frame {

		/**
		 * The stream it belongs to.
		 * @return the stream, 0 for the connection
		 */
		int stream();

	}

	/**
	 * Header fields, of a head or trailers.
	 *
	 * @param stream the stream
	 * @param fields the fields as {@code name: value}
	 * @param end whether the stream ended with it
	 */
	public record Head(int stream, List<String> fields, boolean end) implements Frame {

		/**
		 * Gives a field's value.
		 * @param name the name in lower case
		 * @return the value, empty when there is none
		 */
		public String header(String name) {
			for (String field : this.fields) {
				if (field.startsWith(name + ": ")) {
					return field.substring(name.length() + 2);
				}
			}
			return "";
		}

	}

	/**
	 * A piece of a body.
	 *
	 * @param stream the stream
	 * @param text the bytes, one a character
	 * @param end whether the stream ended with it
	 */
	public record Data(int stream, String text, boolean end) implements Frame {

		@Override
		public String toString() {
			return "Data[stream=%d, length=%d, end=%s]".formatted(this.stream, this.text.length(), this.end);
		}

	}

	/**
	 * The reset of a stream.
	 *
	 * @param stream the stream
	 * @param code the error code
	 */
	public record Reset(int stream, long code) implements Frame {
	}

	/**
	 * The end of a connection.
	 *
	 * @param stream always 0
	 * @param last the last stream that is taken
	 * @param code the error code
	 */
	public record GoAway(int stream, int last, long code) implements Frame {
	}

	/**
	 * The answer to a ping.
	 *
	 * @param stream always 0
	 * @param content what the ping carried
	 */
	public record Pong(int stream, long content) implements Frame {
	}

	/**
	 * More that may be sent.
	 *
	 * @param stream the stream, 0 for the connection
	 * @param bytes how much more
	 */
	public record Window(int stream, int bytes) implements Frame {
	}

	/**
	 * A whole message.
	 *
	 * @param head the head
	 * @param body the body's bytes, one a character
	 * @param trailers the trailers, empty when there are none
	 */
	public record Message(Head head, String body, Head trailers) {

		/**
		 * The status of an answer.
		 * @return the status code
		 */
		public int status() {
			return Integer.parseInt(this.head.header(":status"));
		}

	}

	/**
	 * Keeps what comes.
	 */
	private final class Listener extends Http2FrameAdapter {

		private void keep(Frame frame) {
			synchronized (Http2Wire.this.frames) {
				Http2Wire.this.frames.add(frame);
				Http2Wire.this.frames.notifyAll();
			}
		}

		private void answer(Writing frame) {
			try {
				send(frame);
			}
			catch (IOException ex) {
				// The other side has gone, and reading will tell.
			}
		}

		@Override
		public int onDataRead(ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean end) {
			keep(new Data(streamId, data.toString(StandardCharsets.ISO_8859_1), end));
			int size = data.readableBytes() + padding;
			if (Http2Wire.this.givesBackWindows && size > 0) {
				answer((to) -> Http2Wire.this.writer.writeWindowUpdate(to, 0, size, to.newPromise()));
				if (!end) {
					answer((to) -> Http2Wire.this.writer.writeWindowUpdate(to, streamId, size, to.newPromise()));
				}
			}
			return size;
		}

		@Override
		public void onHeadersRead(ChannelHandlerContext context, int streamId, Http2Headers headers, int padding,
				boolean end) {
			List<String> fields = new ArrayList<>();
			headers.forEach((field) -> fields.add(field.getKey() + ": " + field.getValue()));
			keep(new Head(streamId, fields, end));
		}

		@Override
		public void onHeadersRead(ChannelHandlerContext context, int streamId, Http2Headers headers, int dependency,
				short weight, boolean exclusive, int padding, boolean end) {
			onHeadersRead(context, streamId, headers, padding, end);
		}

		@Override
		public void onRstStreamRead(ChannelHandlerContext context, int streamId, long code) {
			keep(new Reset(streamId, code));
		}

		@Override
		public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) {
			Http2Wire.this.peerSettings.complete(settings);
			answer((to) -> Http2Wire.this.writer.writeSettingsAck(to, to.newPromise()));
		}

		@Override
		public void onPingRead(ChannelHandlerContext context, long content) {
			answer((to) -> Http2Wire.this.writer.writePing(to, true, content, to.newPromise()));
		}

		@Override
		public void onPingAckRead(ChannelHandlerContext context, long content) {
			keep(new Pong(0, content));
		}

		@Override
		public void onGoAwayRead(ChannelHandlerContext context, int last, long code, ByteBuf text) {
			keep(new GoAway(0, last, code));
		}

		@Override
		public void onWindowUpdateRead(ChannelHandlerContext context, int streamId, int bytes) {
			keep(new Window(streamId, bytes));
		}

		@Override
		public void onUnknownFrame(ChannelHandlerContext context, byte type, int streamId, Http2Flags flags,
				ByteBuf payload) {
			// Means nothing to anybody.
		}

	}

}
