package dev.holdfast.proxy.http2;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.concurrent.Ticker;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a socket, what its listener heard, and Netty's codec at the other
 * end of it.
 */
final class Peer implements Http2Connection.Listener, AutoCloseable {

	static final Http2Limits LIMITS = new Http2Limits(3, 64 * 1024, 3 * 64 * 1024, 16 * 1024, 100, 5);

	final io.netty.util.concurrent.MockTicker time = Ticker.newMockTicker();

	final EmbeddedChannel channel = new EmbeddedChannel();

	final Http2Connection connection;

	final List<String> events = new ArrayList<>();

	final List<Heard> streams = new ArrayList<>();

	private final EmbeddedChannel writing = new EmbeddedChannel(new ChannelInboundHandlerAdapter());

	private final EmbeddedChannel reading = new EmbeddedChannel(new ChannelInboundHandlerAdapter());

	private final Http2FrameWriter writer = new DefaultHttp2FrameWriter();

	private final DefaultHttp2FrameReader reader = new DefaultHttp2FrameReader(
			new DefaultHttp2HeadersDecoder(false, 1 << 20));

	private final boolean server;

	private boolean prefaceRead;

	/** What is done to each request when it has come. */
	java.util.function.Consumer<Heard> onRequest = (stream) -> {
	};

	Peer(boolean server, Http2Limits limits) {
		this.server = server;
		TrafficLoop loop = new TrafficLoop(this.channel.eventLoop(), this.time);
		this.connection = server ? Http2Connection.server(loop, limits, this)
				: Http2Connection.client(loop, limits, this);
		this.channel.pipeline().addLast(this.connection.handler());
	}

	/**
	 * Make a server that has been greeted.
	 */
	static Peer server() {
		return server(LIMITS);
	}

	static Peer server(Http2Limits limits) {
		Peer peer = new Peer(true, limits);
		peer.bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		peer.settings(new Http2Settings());
		peer.frames();
		return peer;
	}

	/**
	 * Make a client that has been greeted.
	 */
	static Peer client(Http2Settings settings) {
		Peer peer = new Peer(false, LIMITS);
		peer.settings(settings);
		peer.frames();
		return peer;
	}

	// What the other end sends

	Peer bytes(byte... bytes) {
		this.channel.writeInbound(Unpooled.wrappedBuffer(bytes));
		return this;
	}

	Peer settings(Http2Settings settings) {
		return send((writer, context) -> writer.writeSettings(context, settings, context.newPromise()));
	}

	Peer headers(int stream, boolean end, String... fields) {
		return send((writer, context) -> writer.writeHeaders(context, stream, fields(fields), 0, end,
				context.newPromise()));
	}

	private static Http2Headers fields(String... fields) {
		DefaultHttp2Headers headers = new DefaultHttp2Headers(false);
		for (int i = 0; i < fields.length; i += 2) {
			headers.add(fields[i], fields[i + 1]);
		}
		return headers;
	}

	/**
	 * Return the bytes of a head.
	 */
	byte[] head(int stream, boolean request, boolean end) {
		Http2Headers head = request ? fields(":method", "POST", ":scheme", "http", ":path", "/", ":authority", "a.test")
				: fields(":status", "200");
		return recorded((writer, context) -> writer.writeHeaders(context, stream, head, 0, end, context.newPromise()));
	}

	Peer get(int stream, String... more) {
		return request(stream, "GET", true, more);
	}

	Peer request(int stream, String method, boolean end, String... more) {
		String[] fields = new String[8 + more.length];
		System.arraycopy(new String[] { ":method", method, ":scheme", "http", ":path", "/", ":authority", "a.test" }, 0,
				fields, 0, 8);
		System.arraycopy(more, 0, fields, 8, more.length);
		return headers(stream, end, fields);
	}

	Peer data(int stream, String text, boolean end) {
		return send((writer, context) -> writer.writeData(context, stream,
				Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1), 0, end, context.newPromise()));
	}

	Peer window(int stream, int bytes) {
		return send((writer, context) -> writer.writeWindowUpdate(context, stream, bytes, context.newPromise()));
	}

	Peer reset(int stream, long code) {
		return send((writer, context) -> writer.writeRstStream(context, stream, code, context.newPromise()));
	}

	Peer goAway(int last) {
		return send(
				(writer, context) -> writer.writeGoAway(context, last, 0, Unpooled.EMPTY_BUFFER, context.newPromise()));
	}

	Peer send(Frame frame) {
		return bytes(recorded(frame));
	}

	/**
	 * Return the bytes of a frame.
	 */
	byte[] recorded(Frame frame) {
		ChannelFuture written = frame.write(this.writer, this.writing.pipeline().firstContext());
		this.writing.flushOutbound();
		ByteBuf all = Unpooled.buffer();
		for (ByteBuf next = this.writing.readOutbound(); next != null; next = this.writing.readOutbound()) {
			all.writeBytes(next);
			next.release();
		}
		if (written.cause() != null) {
			throw new AssertionError(written.cause());
		}
		byte[] bytes = new byte[all.readableBytes()];
		all.readBytes(bytes);
		return bytes;
	}

	/**
	 * End the connection from the other side.
	 */
	void hangUp() {
		this.channel.close().syncUninterruptibly();
	}

	// What the other end gets

	/**
	 * Return the frames that came since this was last asked for.
	 */
	List<String> frames() {
		this.channel.runPendingTasks();
		ByteBuf all = Unpooled.buffer();
		for (ByteBuf next = this.channel.readOutbound(); next != null; next = this.channel.readOutbound()) {
			all.writeBytes(next);
			next.release();
		}
		if (!this.server && !this.prefaceRead) {
			this.prefaceRead = true;
			all.skipBytes(Preface.LENGTH);
		}
		List<String> frames = new ArrayList<>();
		try {
			while (all.isReadable()) {
				this.reader.readFrame(this.reading.pipeline().firstContext(), all, new Printer(frames));
			}
		}
		catch (Http2Exception ex) {
			throw new AssertionError(ex);
		}
		return frames;
	}

	/**
	 * Return what was heard since this was last asked for.
	 */
	List<String> events() {
		this.channel.runPendingTasks();
		List<String> copy = List.copyOf(this.events);
		this.events.clear();
		return copy;
	}

	Heard stream(int place) {
		return this.streams.get(place);
	}

	Heard open(String method, boolean body) {
		RequestHead head = new RequestHead();
		head.begin(HttpVersion.HTTP_2, method, "/");
		head.pseudo("b.test", null);
		head.frame(-1, false, body);
		Heard heard = new Heard();
		this.streams.add(heard);
		heard.stream = this.connection.open(head, false, heard);
		return heard;
	}

	static ResponseHead ok() {
		ResponseHead head = new ResponseHead();
		head.begin(HttpVersion.HTTP_2, 200, "");
		return head;
	}

	@Override
	public void onSettings() {
		this.events.add("settings");
	}

	@Override
	public void onStreamsAllowed() {
		this.events.add("allowed");
	}

	@Override
	public void onRequest(Http2Stream stream, RequestHead head, @Nullable Rejection rejection) {
		Heard heard = new Heard();
		heard.stream = stream;
		heard.head = head;
		this.streams.add(heard);
		stream.listen(heard);
		this.events.add(stream.id() + " " + head.method() + " " + head.target() + " " + head.authority()
				+ (head.hasBody() ? " body" : "") + ((rejection != null) ? " " + rejection : "") + text(head.fields()));
		this.onRequest.accept(heard);
	}

	private static String text(HeaderFields fields) {
		return fields.isEmpty() ? "" : " " + fields.toString().trim().replace("\r\n", ", ");
	}

	@Override
	public void onGoAway() {
		this.events.add("goaway");
	}

	@Override
	public void onFlood(String reason) {
		this.events.add("flood " + reason);
	}

	@Override
	public void onClosed(@Nullable Throwable cause) {
		this.events.add("closed" + ((cause != null) ? " " + cause.getMessage() : ""));
	}

	@Override
	public void close() {
		this.channel.finishAndReleaseAll();
		this.writing.finishAndReleaseAll();
		this.reading.finishAndReleaseAll();
		this.reader.close();
	}

	/**
	 * A frame to write.
	 */
	@FunctionalInterface
	interface Frame {

		ChannelFuture write(Http2FrameWriter writer, ChannelHandlerContext context);

	}

	/**
	 * A stream, and what its listener heard.
	 */
	final class Heard implements Http2Stream.Listener {

		@Nullable Http2Stream stream;

		@Nullable RequestHead head;

		/** What is done when the stream has ended before its time. */
		Runnable then = () -> {
		};

		/** What becomes of its body. */
		java.util.function.Consumer<ByteBuf> data = ByteBuf::release;

		Http2Stream stream() {
			return java.util.Objects.requireNonNull(this.stream);
		}

		private void heard(String event) {
			Peer.this.events.add(((this.stream != null) ? this.stream.id() : "?") + " " + event);
		}

		@Override
		public void onHead(ResponseHead head) {
			heard(head.status() + (head.hasBody() ? " body" : "") + text(head.fields()));
		}

		@Override
		public void onData(ByteBuf data) {
			String text = data.toString(StandardCharsets.ISO_8859_1);
			heard("data " + ((text.length() > 20) ? Integer.toString(text.length()) : text));
			this.data.accept(data);
		}

		@Override
		public void onEnd(HeaderFields trailers) {
			heard("end" + text(trailers));
		}

		@Override
		public void onReset(long code, boolean byPeer) {
			heard("reset " + code + (byPeer ? " by peer" : ""));
		}

		@Override
		public void onRefused() {
			heard("refused");
			this.then.run();
		}

		@Override
		public void onConnectionLost(@Nullable Throwable cause) {
			heard("lost");
			this.then.run();
		}

		@Override
		public void onWritable() {
			heard("writable");
		}

	}

	/**
	 * Writes down the frames that come.
	 */
	private static final class Printer extends Http2FrameAdapter {

		private final List<String> frames;

		private Printer(List<String> frames) {
			this.frames = frames;
		}

		@Override
		public int onDataRead(ChannelHandlerContext context, int stream, ByteBuf data, int padding, boolean end) {
			String text = data.toString(StandardCharsets.ISO_8859_1);
			this.frames.add("DATA " + stream + (end ? " end " : " ")
					+ ((text.length() > 20) ? Integer.toString(text.length()) : text));
			return data.readableBytes() + padding;
		}

		@Override
		public void onHeadersRead(ChannelHandlerContext context, int stream, Http2Headers headers, int padding,
				boolean end) {
			List<String> fields = new ArrayList<>();
			headers.forEach((field) -> fields.add(field.getKey() + ": " + field.getValue()));
			this.frames.add("HEADERS " + stream + (end ? " end " : " ") + String.join(", ", fields));
		}

		@Override
		public void onRstStreamRead(ChannelHandlerContext context, int stream, long code) {
			this.frames.add("RST_STREAM " + stream + " " + code);
		}

		@Override
		public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) {
			this.frames.add("SETTINGS " + new java.util.TreeMap<>(java.util.Map.copyOf(map(settings))));
		}

		private static java.util.Map<Integer, Long> map(Http2Settings settings) {
			java.util.Map<Integer, Long> map = new java.util.TreeMap<>();
			settings.forEach((name, value) -> map.put((int) name, value));
			return map;
		}

		@Override
		public void onSettingsAckRead(ChannelHandlerContext context) {
			this.frames.add("SETTINGS ack");
		}

		@Override
		public void onPingAckRead(ChannelHandlerContext context, long content) {
			this.frames.add("PONG " + content);
		}

		@Override
		public void onGoAwayRead(ChannelHandlerContext context, int last, long code, ByteBuf text) {
			this.frames.add("GOAWAY " + last + " " + code);
		}

		@Override
		public void onWindowUpdateRead(ChannelHandlerContext context, int stream, int bytes) {
			this.frames.add("WINDOW_UPDATE " + stream + " " + bytes);
		}

	}

}
