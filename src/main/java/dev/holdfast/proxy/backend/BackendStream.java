package dev.holdfast.proxy.backend;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.transport.BodySource;
import dev.holdfast.proxy.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;

/**
 * One request to an instance and the way back from it: an HTTP/1.1 connection that is
 * taken, or a stream of an HTTP/2 connection. Pausing it pauses the response's body,
 * which begins unpaused. What is written leaves at the end of the event loop's turn.
 */
public interface BackendStream extends BodySource {

	/**
	 * Return the version of HTTP that the instance is spoken to in.
	 */
	HttpVersion version();

	/**
	 * Whether its connection carries many requests at a time.
	 */
	boolean isShared();

	/**
	 * Whether its connection had carried a request before.
	 */
	boolean isReused();

	/**
	 * Send the request's head.
	 * @param head the head, read during this call. {@link RequestHead#hasBody} tells
	 * whether {@link #write} or {@link #end} follow; {@link RequestHead#isChunked} is set
	 * for a body of unknown length, and HTTP/2 passes over it
	 * @param listener hears what comes of it
	 */
	void writeHead(RequestHead head, ResponseListener listener);

	/**
	 * Send more of the request's body. Whoever goes on while {@link #isWritable} is
	 * {@code false} fills memory.
	 * @param data the bytes, which are released here
	 */
	void write(ByteBuf data);

	/**
	 * End the request.
	 * @param trailers its trailers, read during this call; dropped where the framing has
	 * no place for them
	 */
	void end(HeaderFields trailers);

	/**
	 * Whether the instance takes what is written: at most 64 KiB of this request wait.
	 */
	boolean isWritable();

	/**
	 * Give the request up, whatever is still to be sent or to come: the instance is to
	 * stop working on what nobody waits for, and one that reads nothing must not hold the
	 * connection open. The listener hears nothing more. Does nothing when it has ended.
	 */
	void cancel();

	/**
	 * Leave HTTP behind a 101 (HTTP/1.1 alone). The connection is the tunnel's from now
	 * on.
	 * @return the instance's end of the tunnel
	 */
	TunnelEnd switchProtocols();

}
