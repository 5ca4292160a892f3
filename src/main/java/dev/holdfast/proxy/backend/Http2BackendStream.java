package dev.holdfast.proxy.backend;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.header.Trailers;
import dev.holdfast.proxy.http2.Http2Stream;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * One request on a shared HTTP/2 connection.
 */
final class Http2BackendStream implements BackendStream, Http2Stream.Listener {

	private static final long PROTOCOL_ERROR = 0x1;

	private static final long REFUSED_STREAM = 0x7;

	/** What the instance is told when nobody waits for its response any more. */
	private static final long CANCEL = 0x8;

	private final Http2BackendConnection connection;

	private final TrafficLoop loop;

	private @Nullable Http2Stream stream;

	private @Nullable ResponseListener listener;

	/**
	 * Held back to the end of the turn: the request's end may go in one frame with it.
	 */
	private @Nullable ByteBuf held;

	private boolean writing;

	private boolean head;

	private boolean requestEnded;

	private boolean responseEnded;

	/** Whether the response has no content, whatever comes (RFC 9110, section 6.4.1). */
	private boolean empty;

	private boolean paused;

	private boolean sent;

	private boolean over;

	Http2BackendStream(Http2BackendConnection connection, TrafficLoop loop) {
		this.connection = connection;
		this.loop = loop;
	}

	@Override
	public HttpVersion version() {
		return HttpVersion.HTTP_2;
	}

	@Override
	public boolean isShared() {
		return true;
	}

	@Override
	public boolean isReused() {
		return this.connection.isReused();
	}

	@Override
	public void writeHead(RequestHead head, ResponseListener listener) {
		this.listener = listener;
		this.head = head.method().equals("HEAD");
		this.requestEnded = !head.hasBody();
		this.sent = true;
		Http2Stream opened = this.connection.open(head, this);
		if (opened == null) {
			this.loop.defer(() -> fail(
					this.connection.isOpen() ? new BackendFailure.Refused() : this.connection.failure(null)));
			return;
		}
		if (!this.over) {
			this.stream = opened;
			if (this.paused) {
				opened.pause();
			}
		}
	}

	@Override
	public void write(ByteBuf data) {
		if (this.stream == null || this.requestEnded || !data.isReadable()) {
			data.release();
		}
		else {
			writeHeld();
			this.held = data;
			if (!this.writing) {
				this.writing = true;
				this.loop.defer(this::endTurn);
			}
		}
	}

	private void endTurn() {
		this.writing = false;
		writeHeld();
	}

	private void writeHeld() {
		ByteBuf data = takeHeld();
		if (data != null && this.stream != null) {
			this.stream.writeData(data, false);
		}
		else if (data != null) {
			data.release();
		}
	}

	private @Nullable ByteBuf takeHeld() {
		ByteBuf data = this.held;
		this.held = null;
		return data;
	}

	@Override
	public void end(HeaderFields trailers) {
		if (this.requestEnded || this.over) {
			return;
		}
		this.requestEnded = true;
		if (this.stream != null) {
			if (trailers.isEmpty()) {
				ByteBuf last = takeHeld();
				this.stream.writeData((last != null) ? last : Unpooled.EMPTY_BUFFER, true);
			}
			else {
				writeHeld();
				this.stream.writeTrailers(trailers);
			}
		}
		if (this.responseEnded) {
			close();
		}
	}

	@Override
	public boolean isWritable() {
		return this.stream != null && this.stream.isWritable();
	}

	@Override
	public void pause() {
		this.paused = true;
		if (this.stream != null) {
			this.stream.pause();
		}
	}

	@Override
	public void resume() {
		this.paused = false;
		if (this.stream != null) {
			this.stream.resume();
		}
	}

	@Override
	public void cancel() {
		if (this.over) {
			return;
		}
		this.listener = null;
		if (this.stream != null) {
			// Makes room for those who are told of the place.
			this.stream.reset(CANCEL);
		}
		close();
	}

	@Override
	public TunnelEnd switchProtocols() {
		throw new UnsupportedOperationException("switch: HTTP/2 has no 101");
	}

	@Override
	public void onHead(ResponseHead head) {
		ResponseListener told = this.listener;
		if (told == null) {
			return;
		}
		int status = head.status();
		if (status >= 200) {
			this.empty = this.head || status == 204 || status == 304;
			told.onHead(head);
		}
		else if (status == 100 || status == 103) {
			told.onInterim(head);
		}
		else if (status == 101) {
			// RFC 9113, section 8.6.
			malformed();
		}
	}

	private void malformed() {
		Http2Stream opened = this.stream;
		fail(new BackendFailure.Malformed(true));
		if (opened != null) {
			opened.reset(PROTOCOL_ERROR);
		}
	}

	@Override
	public void onData(ByteBuf data) {
		ResponseListener told = this.listener;
		if (told == null || this.empty) {
			data.release();
		}
		else {
			told.onBody(data);
		}
	}

	@Override
	public void onEnd(HeaderFields trailers) {
		ResponseListener told = this.listener;
		if (told == null || this.responseEnded) {
			return;
		}
		this.responseEnded = true;
		if (this.requestEnded) {
			close();
		}
		told.onEnd(Trailers.allowed(trailers));
	}

	@Override
	public void onReset(long code, boolean byPeer) {
		this.stream = null;
		if (this.responseEnded) {
			close();
		}
		else if (code == REFUSED_STREAM) {
			fail(new BackendFailure.Refused());
		}
		else {
			fail(byPeer ? new BackendFailure.StreamReset(code) : new BackendFailure.Malformed(true));
		}
	}

	@Override
	public void onRefused() {
		this.stream = null;
		fail(new BackendFailure.Refused());
	}

	@Override
	public void onConnectionLost(@Nullable Throwable cause) {
		this.stream = null;
		if (this.responseEnded) {
			close();
		}
		else if (!this.over) {
			fail(this.connection.failure(cause));
		}
	}

	@Override
	public void onWritable() {
		if (this.listener != null) {
			this.listener.onWritable();
		}
	}

	private void fail(BackendFailure failure) {
		ResponseListener told = this.listener;
		close();
		if (told != null) {
			told.onFailed(failure);
		}
	}

	/**
	 * Nothing more happens.
	 */
	private void close() {
		if (!this.over) {
			this.over = true;
			this.listener = null;
			this.stream = null;
			ByteBuf unsent = takeHeld();
			if (unsent != null) {
				unsent.release();
			}
			this.connection.release(this.sent);
		}
	}

}
