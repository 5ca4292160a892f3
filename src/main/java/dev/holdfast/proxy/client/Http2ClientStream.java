package dev.holdfast.proxy.client;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.ClientPeer;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.header.Trailers;
import dev.holdfast.proxy.http2.Http2Stream;
import dev.holdfast.proxy.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A request on a stream of HTTP/2. Whatever becomes of it, the other streams of its
 * connection are left alone: a client is sent off by GOAWAY.
 */
final class Http2ClientStream implements ClientStream, Http2Stream.Listener {

	/** Tells a client that no more of its body is wanted. */
	private static final long NO_ERROR = 0x0;

	/** Tells a client that the response is not whole. */
	private static final long INTERNAL_ERROR = 0x2;

	private static final int EARLY_HINTS = 103;

	/** How long a client may take to notice that no more of its body is wanted. */
	private static final long LINGER_NANOS = 1_000_000_000;

	/** How long a client may take to send what little is left of its body. */
	private static final long PATIENCE_NANOS = 30_000_000_000L;

	private final Http2ClientConnection connection;

	private final Http2Stream stream;

	private final RequestHead head;

	private final @Nullable Rejection rejection;

	private @Nullable RequestListener listener;

	private long received;

	private boolean requestEnded;

	private boolean headWritten;

	private boolean responseEnded;

	/** Whether the stream is no more, whatever was still to be sent on it. */
	private boolean gone;

	/**
	 * Begin a request.
	 * @param connection what it came on
	 * @param stream its stream, which is paused
	 * @param head its head
	 * @param rejection why it is malformed, {@code null} when it is not
	 */
	Http2ClientStream(Http2ClientConnection connection, Http2Stream stream, RequestHead head,
			@Nullable Rejection rejection) {
		this.connection = connection;
		this.stream = stream;
		this.head = head;
		this.rejection = rejection;
		this.requestEnded = !head.hasBody();
		if (head.hasBody()) {
			stream.pause();
		}
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
		if (!this.responseEnded) {
			this.stream.pause();
		}
	}

	@Override
	public void resume() {
		this.stream.resume();
	}

	@Override
	public void onHead(ResponseHead head) {
		// Clients send none.
	}

	@Override
	public void onData(ByteBuf data) {
		this.received += data.readableBytes();
		if (this.responseEnded || this.listener == null) {
			data.release();
		}
		else {
			this.listener.onBody(data);
		}
	}

	@Override
	public void onEnd(HeaderFields trailers) {
		boolean late = this.requestEnded;
		this.requestEnded = true;
		if (!late && !this.responseEnded && this.listener != null) {
			this.listener.onEnd(Trailers.allowed(trailers));
		}
	}

	@Override
	public void onReset(long code, boolean byPeer) {
		onGone();
	}

	@Override
	public void onRefused() {
		onGone();
	}

	@Override
	public void onConnectionLost(@Nullable Throwable cause) {
		onGone();
	}

	private void onGone() {
		this.gone = true;
		if (!this.responseEnded) {
			endResponse();
			if (this.listener != null) {
				this.listener.onGone();
			}
		}
	}

	@Override
	public void onWritable() {
		if (!this.responseEnded && this.listener != null) {
			this.listener.onWritable();
		}
	}

	@Override
	public void writeInterim(ResponseHead interim) {
		// Hints may come without end, and windows do not hold heads back.
		boolean taken = interim.status() != EARLY_HINTS || this.connection.channel().isWritable();
		if (taken && !this.responseEnded && !this.headWritten) {
			this.stream.writeHead(interim, false);
		}
	}

	@Override
	public void writeHead(ResponseHead response) {
		if (this.responseEnded) {
			return;
		}
		this.headWritten = true;
		this.stream.writeHead(response, !response.hasBody());
		if (!response.hasBody()) {
			finish();
		}
	}

	@Override
	public boolean isHeadWritten() {
		return this.headWritten;
	}

	@Override
	public void write(ByteBuf data) {
		if (this.responseEnded || !data.isReadable()) {
			data.release();
			return;
		}
		this.stream.writeData(data, false);
	}

	@Override
	public void end(HeaderFields trailers) {
		if (this.responseEnded) {
			return;
		}
		if (trailers.isEmpty()) {
			this.stream.writeData(Unpooled.EMPTY_BUFFER, true);
		}
		else {
			this.stream.writeTrailers(trailers);
		}
		finish();
	}

	private void finish() {
		endResponse();
		if (!this.stream.isInputEnded()) {
			// Not at once: a client that still sends may take a reset for the response's
			// failure, but one that has read the response stops by itself.
			this.connection.context().loop().after(isRestLarge() ? LINGER_NANOS : PATIENCE_NANOS, this::stopUpload);
		}
		if (!this.requestEnded) {
			this.stream.resume();
		}
	}

	private void endResponse() {
		this.responseEnded = true;
		this.connection.endRequest();
	}

	/**
	 * Whether the rest of the request is more than is read for nothing, or nobody knows
	 * how much it is.
	 */
	private boolean isRestLarge() {
		return this.rejection != null || this.head.isTooMuchLeft(this.received);
	}

	private void stopUpload() {
		if (this.gone || this.stream.isInputEnded()) {
			return;
		}
		if (this.stream.isOutputEnded()) {
			this.stream.reset(NO_ERROR);
		}
		else {
			this.connection.context().loop().after(LINGER_NANOS, this::stopUpload);
		}
	}

	@Override
	public boolean takesTrailers(long contentLength) {
		return !this.head.method().equals("HEAD");
	}

	@Override
	public boolean isWritable() {
		return this.stream.isWritable();
	}

	@Override
	public long untaken() {
		return 0;
	}

	@Override
	public void closeAfterwards() {
		// The connection is others' as well.
	}

	@Override
	public void abort() {
		if (!this.responseEnded) {
			endResponse();
			this.stream.reset(INTERNAL_ERROR);
		}
	}

	@Override
	public void hangUp() {
		// The connection is others' as well.
	}

	@Override
	public boolean isRequestEnded() {
		return this.requestEnded;
	}

	@Override
	public boolean holdForSwitch() {
		return this.head.protocol() != null;
	}

	@Override
	public void declineSwitch() {
		// Nothing was held back.
	}

	@Override
	public TunnelEnd switchProtocols(ResponseHead response) {
		this.headWritten = true;
		this.responseEnded = true;
		StreamTunnelEnd end = new StreamTunnelEnd(this.connection.context().loop(), this.stream, this.requestEnded,
				this.connection::endRequest);
		this.stream.listen(end);
		this.stream.writeHead(response, false);
		return end;
	}

}
