package dev.holdfast.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what an HTTP/2 connection brings for bodies that are paused. The window bounds
 * how many bytes that is, but a frame may bring a single one, and a queue of those would
 * take two hundred times as much.
 */
class PausableStreams extends Http2FrameListenerDecorator {

	private final Http2Connection connection;

	private final Http2Connection.PropertyKey bodyKey;

	/**
	 * Begins to read for a connection whose settings have been read.
	 */
	PausableStreams(Http2ConnectionHandler handler) {
		super(handler.decoder().frameListener());
		this.connection = handler.connection();
		this.bodyKey = this.connection.newKey();
		handler.decoder().frameListener(this);
	}

	/**
	 * Finds what brings a message's body.
	 * @param streamId the message's stream, which must be open
	 */
	final BodySource body(long streamId) {
		StreamBody body = new StreamBody((int) streamId);
		Http2Stream stream = this.connection.stream((int) streamId);
		if (stream != null) {
			stream.setProperty(this.bodyKey, body);
		}
		return body;
	}

	private @Nullable StreamBody find(int streamId) {
		Http2Stream stream = this.connection.stream(streamId);
		return (stream != null) ? stream.getProperty(this.bodyKey) : null;
	}

	@Override
	public final int onDataRead(ChannelHandlerContext context, int streamId, ByteBuf data, int padding,
			boolean endOfStream) throws Http2Exception {
		StreamBody body = find(streamId);
		if (body == null || !body.paused) {
			return super.onDataRead(context, streamId, data, padding, endOfStream);
		}
		body.keep(context, data);
		if (endOfStream) {
			body.handOn(true);
		}
		return padding;
	}

	@Override
	public void onHeadersRead(ChannelHandlerContext context, int streamId, Http2Headers headers, int padding,
			boolean endOfStream) throws Http2Exception {
		beforeHeaders(streamId);
		super.onHeadersRead(context, streamId, headers, padding, endOfStream);
	}

	@Override
	public void onHeadersRead(ChannelHandlerContext context, int streamId, Http2Headers headers, int streamDependency,
			short weight, boolean exclusive, int padding, boolean endOfStream) throws Http2Exception {
		beforeHeaders(streamId);
		super.onHeadersRead(context, streamId, headers, streamDependency, weight, exclusive, padding, endOfStream);
	}

	private void beforeHeaders(int streamId) throws Http2Exception {
		StreamBody body = find(streamId);
		if (body != null) {
			body.handOn(false);
		}
	}

	private void pass(ChannelHandlerContext context, int streamId, ByteBuf data, boolean endOfStream)
			throws Http2Exception {
		super.onDataRead(context, streamId, data, 0, endOfStream);
	}

	private final class StreamBody implements BodySource {

		private final int streamId;

		private boolean paused;

		private @Nullable ChannelHandlerContext context;

		private ByteBuf kept = Unpooled.EMPTY_BUFFER;

		private StreamBody(int streamId) {
			this.streamId = streamId;
		}

		@Override
		public void pause() {
			this.paused = true;
		}

		void keep(ChannelHandlerContext context, ByteBuf data) {
			this.context = context;
			if (!this.kept.isReadable()) {
				this.kept = Unpooled.buffer(data.readableBytes());
			}
			this.kept.writeBytes(data);
		}

		@Override
		public void resume() {
			this.paused = false;
			ChannelHandlerContext keptAt = this.context;
			if (keptAt != null) {
				try {
					handOn(false);
				}
				catch (Http2Exception ex) {
					keptAt.fireExceptionCaught(ex);
				}
			}
		}

		void handOn(boolean endOfStream) throws Http2Exception {
			ChannelHandlerContext keptAt = this.context;
			if (keptAt != null && (endOfStream || this.kept.isReadable())) {
				ByteBuf data = this.kept;
				this.kept = Unpooled.EMPTY_BUFFER;
				pass(keptAt, this.streamId, data, endOfStream);
			}
		}

	}

}
