package dev.holdfast.proxy.client;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.ClientPeer;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.transport.BodySource;
import dev.holdfast.proxy.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client and the way back to it: an HTTP/1.1 connection's current
 * request, or a stream of an HTTP/2 connection. Pausing it pauses the request's body; a
 * body begins paused. What is written leaves at the end of the event loop's turn, in one
 * write with all that the turn brought.
 */
public interface ClientStream extends BodySource {

	/**
	 * Return the request's head, valid until the response has ended.
	 */
	RequestHead head();

	/**
	 * Return why the request is malformed as far as it has arrived, {@code null} when it
	 * is not. A malformed one has as much of a head as could be read.
	 */
	@Nullable Rejection rejection();

	/**
	 * Return who sent it.
	 */
	ClientPeer peer();

	/**
	 * Set who hears how it goes on.
	 * @param listener the listener
	 */
	void listen(RequestListener listener);

	/**
	 * Send an interim response (1xx). Passed over when the client speaks HTTP/1.0.
	 * @param head the status and the fields, read during this call
	 */
	void writeInterim(ResponseHead head);

	/**
	 * Send the head of the response. It is framed here: in HTTP/1.1 by its
	 * Content-Length, else in chunks, or for HTTP/1.0 by the end of the connection.
	 * Fields of the connection are added here (Connection, Transfer-Encoding).
	 * @param head the status and the fields, read during this call;
	 * {@link ResponseHead#hasBody} tells whether {@link #write} or {@link #end} follow,
	 * else the response ends with its head
	 */
	void writeHead(ResponseHead head);

	/**
	 * Whether the head of the response has been written.
	 */
	boolean isHeadWritten();

	/**
	 * Send more of the response's body. Whoever goes on while {@link #isWritable} is
	 * {@code false} fills memory.
	 * @param data the bytes, which are released here
	 */
	void write(ByteBuf data);

	/**
	 * End the response. A request body that has not come whole is read on and thrown away
	 * if little of it is left; a client with more to come is stopped: by the end of its
	 * HTTP/1.1 connection, or by a reset without error of its HTTP/2 stream some time
	 * later.
	 * @param trailers its trailers, read during this call; dropped where the framing has
	 * no place for them
	 */
	void end(HeaderFields trailers);

	/**
	 * Whether trailers can be sent with a response whose head is still to be written or
	 * has been written without a length.
	 * @param contentLength the length that the head announces, -1 for none
	 */
	boolean takesTrailers(long contentLength);

	/**
	 * Whether the client takes what is written: at most 64 KiB of this response wait.
	 */
	boolean isWritable();

	/**
	 * Return what the client has not taken: a number that changes when it takes some.
	 * Constant for HTTP/2, whose clients take as much as their window says, or nothing.
	 */
	long untaken();

	/**
	 * Close the connection behind the response if it is the response's alone (HTTP/1.1):
	 * to be called before {@link #writeHead}, which tells the client.
	 */
	void closeAfterwards();

	/**
	 * Break the response off, so that the client cannot take it for whole: by a reset of
	 * the connection, or of the stream.
	 */
	void abort();

	/**
	 * End the connection behind a response that has been sent, if nothing that comes on
	 * it can be understood any more (HTTP/1.1).
	 */
	void hangUp();

	/**
	 * Whether all of the request has come.
	 */
	boolean isRequestEnded();

	/**
	 * Begin to hold back what the client sends behind its request, which offers another
	 * protocol (HTTP/1.1). To be called when the request's head has arrived; such bytes
	 * must not be read as HTTP (decision 16).
	 * @return whether it is possible: not when bytes behind the request were read
	 * already, nor in HTTP/2, where the offer is an extended CONNECT and nothing need be
	 * held
	 */
	boolean holdForSwitch();

	/**
	 * Go on with HTTP, because the offer was declined. The connection ends behind the
	 * response when something was held back.
	 */
	void declineSwitch();

	/**
	 * Leave HTTP behind a head: 101 in HTTP/1.1, to which Connection is added here, and
	 * 200 in HTTP/2. The request has ended for the connection's own counts when the
	 * tunnel's end closes.
	 * @param head the head by which the client learns of it, read during this call
	 * @return the client's end of the tunnel, which hands on first what was held back
	 */
	TunnelEnd switchProtocols(ResponseHead head);

}
