package dev.holdfast.proxy.client;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.ClientPeer;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.http1.Http1Writer;
import dev.holdfast.proxy.transport.Sockets;
import dev.holdfast.proxy.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The request that a client's HTTP/1.1 connection is for at the moment.
 */
final class Http1Stream implements ClientStream {

	private static final int CRLF = '\r' << Byte.SIZE | '\n';

	private final Http1Connection connection;

	private final Http1Output output;

	private final RequestHead head;

	private final @Nullable Rejection rejection;

	/** Whether it was sent before the response ahead of it. */
	private final boolean pipelined;

	private @Nullable RequestListener listener;

	private boolean paused = true;

	private boolean requestEnded;

	/** Whether nothing more of the request can be understood. */
	private boolean malformed;

	private long received;

	private ResponseFraming framing = ResponseFraming.NOT_WRITTEN;

	/** What the response's length still leaves to be written, bytes. */
	private long left;

	private boolean responseEnded;

	/** Whether the client itself has said that it sends nothing behind the request. */
	private final boolean last;

	private boolean closing;

	private boolean blocked;

	private boolean held;

	/**
	 * Begin a request.
	 * @param connection what it came on
	 * @param head its head
	 * @param rejection why it is malformed, {@code null} when it is not
	 * @param whole whether all of it has come
	 * @param pipelined whether it was sent before the response ahead of it
	 */
	Http1Stream(Http1Connection connection, RequestHead head, @Nullable Rejection rejection, boolean whole,
			boolean pipelined) {
		this.connection = connection;
		this.output = connection.output();
		this.head = head;
		this.rejection = rejection;
		this.malformed = rejection != null;
		this.requestEnded = whole;
		this.pipelined = pipelined;
		this.last = !RequestPersistence.keepsConnection(head);
		this.closing = this.malformed || this.last;
	}

	@Override
	public RequestHead head() {
		return this.head;
	}

	@Override
	public @Nullable Rejection rejection() {
		return this.rejection;
	}

	@Override
	public ClientPeer peer() {
		return this.connection.peer();
	}

	@Override
	public void listen(RequestListener listener) {
		this.listener = listener;
	}

	@Override
	public void pause() {
		this.paused = !this.responseEnded;
	}

	@Override
	public void resume() {
		if (this.paused) {
			this.paused = false;
			this.connection.readOnLater();
		}
	}

	/**
	 * Whether more of the request is to be read.
	 */
	boolean takesBody() {
		return !this.paused && !this.requestEnded && !this.malformed;
	}

	void onBody(ByteBuf data) {
		this.received += data.readableBytes();
		if (this.responseEnded || this.listener == null) {
			data.release();
		}
		else {
			this.listener.onBody(data);
		}
	}

	void onEnd(HeaderFields trailers) {
		this.requestEnded = true;
		if (this.responseEnded) {
			this.connection.free();
		}
		else if (this.listener != null) {
			this.listener.onEnd(trailers);
		}
	}

	void onMalformed(Rejection reason) {
		this.malformed = true;
		this.closing |= !this.responseEnded;
		if (this.listener != null) {
			this.listener.onMalformed(reason);
		}
		if (this.responseEnded) {
			hangUp();
		}
	}

	void onGone() {
		if (!this.responseEnded) {
			this.responseEnded = true;
			if (this.listener != null) {
				this.listener.onGone();
			}
		}
	}

	void onWritable() {
		if (this.blocked && !this.responseEnded && this.listener != null) {
			this.blocked = false;
			this.listener.onWritable();
		}
	}

	@Override
	public void writeInterim(ResponseHead interim) {
		if (!this.responseEnded && !isHeadWritten() && this.head.version() != HttpVersion.HTTP_1_0) {
			Http1Writer.writeHead(interim, "", false, this.output.buffer());
		}
	}

	@Override
	public void writeHead(ResponseHead response) {
		if (this.responseEnded) {
			return;
		}
		this.framing = ResponseFraming.of(this.head, response);
		this.left = response.contentLength();
		this.closing |= this.framing == ResponseFraming.CONNECTION || (!response.hasBody() && isRestLarge());
		Http1ResponseHead.write(this.head, response, this.framing, this.closing, this.output.buffer());
		if (this.framing == ResponseFraming.NO_BODY) {
			finish();
		}
	}

	/**
	 * Whether the rest of the request is so large, or so uncertain, that a new connection
	 * costs less than reading it.
	 */
	private boolean isRestLarge() {
		return !this.requestEnded && this.head.isTooMuchLeft(this.received);
	}

	@Override
	public boolean isHeadWritten() {
		return this.framing != ResponseFraming.NOT_WRITTEN;
	}

	@Override
	public void write(ByteBuf data) {
		int length = data.readableBytes();
		if (this.responseEnded || length == 0) {
			data.release();
			return;
		}
		switch (this.framing) {
			case LENGTH -> {
				this.left -= length;
				if (this.left < 0) {
					data.release();
					abort();
				}
				else {
					this.output.write(data);
				}
			}
			case CHUNKS -> {
				Http1Writer.writeChunkSize(length, this.output.buffer());
				this.output.write(data);
				this.output.buffer().writeShort(CRLF);
			}
			case CONNECTION -> this.output.write(data);
			case NOT_WRITTEN, NO_BODY -> data.release();
		}
	}

	@Override
	public void end(HeaderFields trailers) {
		if (this.responseEnded) {
			return;
		}
		if (this.framing == ResponseFraming.LENGTH && this.left > 0) {
			// The client must not take it for whole.
			abort();
			return;
		}
		if (this.framing == ResponseFraming.CHUNKS) {
			Http1Writer.writeLastChunk(trailers, this.output.buffer());
		}
		finish();
	}

	private void finish() {
		this.closing |= isRestLarge();
		this.responseEnded = true;
		this.paused = false;
		this.connection.onResponseEnd(this);
	}

	@Override
	public boolean takesTrailers(long contentLength) {
		return this.framing.takesTrailers(this.head, contentLength);
	}

	@Override
	public boolean isWritable() {
		boolean writable = this.connection.channel().isWritable();
		this.blocked |= !writable;
		return writable;
	}

	@Override
	public long untaken() {
		return Sockets.untaken(this.connection.channel());
	}

	@Override
	public void closeAfterwards() {
		this.closing = true;
	}

	/**
	 * Whether the connection ends behind the response.
	 */
	boolean isClosing() {
		return this.closing;
	}

	/**
	 * Whether the client may still send something.
	 */
	boolean isMoreToCome() {
		return !this.requestEnded || !this.last;
	}

	/**
	 * Whether all of the response has been written.
	 */
	boolean isAnswered() {
		return this.responseEnded;
	}

	/**
	 * Whether the end of the connection would pass for the end of the response.
	 */
	boolean endsWithConnection() {
		return this.framing == ResponseFraming.CONNECTION && !this.responseEnded;
	}

	@Override
	public void abort() {
		if (!this.responseEnded) {
			this.responseEnded = true;
			this.connection.reset();
		}
	}

	@Override
	public void hangUp() {
		if (this.responseEnded) {
			this.connection.endBehindOutput(true);
		}
	}

	@Override
	public boolean isRequestEnded() {
		return this.requestEnded;
	}

	@Override
	public boolean holdForSwitch() {
		// Bytes behind a request are never read before its response has ended. Those
		// behind a request that was itself sent ahead of time are more requests.
		this.held = this.requestEnded && !this.pipelined;
		return this.held;
	}

	@Override
	public void declineSwitch() {
		// Nobody can tell what protocol it was that the client sent something of.
		this.closing |= this.held && this.connection.isAhead();
		this.held = false;
	}

	@Override
	public TunnelEnd switchProtocols(ResponseHead response) {
		response.fields().remove(HeaderKind.CONNECTION);
		this.framing = ResponseFraming.NO_BODY;
		this.responseEnded = true;
		Http1Writer.writeHead(response, "upgrade", false, this.output.buffer());
		return this.connection.leaveHttp();
	}

}
