package dev.holdfast.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sees a client's HTTP/2 connection before Vert.x, which tells neither whether a body
 * follows, nor what the trailers are, nor whether there is room for an answer.
 */
final class RequestFrames extends PausableStreams {

	private final Http2Connection connection;

	private final Http2Connection.PropertyKey headKey;

	private final Http2Connection.PropertyKey trailersKey;

	private boolean complete;

	/**
	 * Begins to watch a connection whose settings have been read.
	 */
	RequestFrames(Http2ConnectionHandler handler) {
		super(handler);
		this.connection = handler.connection();
		this.headKey = this.connection.newKey();
		this.trailersKey = this.connection.newKey();
	}

	@Override
	public void onHeadersRead(ChannelHandlerContext context, int streamId, Http2Headers headers, int padding,
			boolean endOfStream) throws Http2Exception {
		read(streamId, headers, endOfStream);
		super.onHeadersRead(context, streamId, headers, padding, endOfStream);
	}

	@Override
	public void onHeadersRead(ChannelHandlerContext context, int streamId, Http2Headers headers, int streamDependency,
			short weight, boolean exclusive, int padding, boolean endOfStream) throws Http2Exception {
		read(streamId, headers, endOfStream);
		super.onHeadersRead(context, streamId, headers, streamDependency, weight, exclusive, padding, endOfStream);
	}

	private void read(int streamId, Http2Headers headers, boolean endOfStream) {
		this.complete = endOfStream;
		Http2Stream stream = this.connection.stream(streamId);
		if (stream != null && stream.setProperty(this.headKey, Boolean.TRUE) != null) {
			stream.setProperty(this.trailersKey, headers);
		}
	}

	/**
	 * Whether the request whose head is being handled has no body.
	 */
	boolean isComplete() {
		return this.complete;
	}

	/**
	 * Whether the client has room for some of an answer's body.
	 * @param streamId the request's stream
	 */
	boolean isWritable(long streamId) {
		Http2Stream stream = this.connection.stream((int) streamId);
		return stream != null && this.connection.remote().flowController().isWritable(stream);
	}

	/**
	 * The trailers of a request that has arrived whole.
	 * @param streamId the request's stream
	 * @return the fields, {@code null} for none
	 */
	@Nullable Http2Headers trailers(long streamId) {
		Http2Stream stream = this.connection.stream((int) streamId);
		return (stream != null) ? stream.getProperty(this.trailersKey) : null;
	}

}
