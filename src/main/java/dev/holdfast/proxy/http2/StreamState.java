package dev.holdfast.proxy.http2;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A stream that was opened (RFC 9113, section 5.1): what has been sent and received on it
 * so far.
 */
final class StreamState extends Http2Stream {

	private final int id;

	private final StreamLinks links;

	/** {@code null} for a stream that this side has opened. */
	private final @Nullable RequestHead request;

	private final @Nullable ResponseHead response;

	private final InputBuffer input;

	private final StreamOutput output;

	private Listener listener = SilentListener.INSTANCE;

	private boolean headReceived;

	private boolean withoutContent;

	/** Whether both directions have ended, or the stream was reset. */
	private boolean closed;

	StreamState(int id, StreamLinks links, @Nullable RequestHead request, @Nullable ResponseHead response) {
		this.id = id;
		this.links = links;
		this.request = request;
		this.response = response;
		this.input = new InputBuffer(id, links, request != null, this.listener);
		this.output = new StreamOutput(this, id, links);
	}

	/**
	 * Make a client's stream.
	 */
	static StreamState received(int id, StreamLinks links, RequestHead request, boolean end) {
		StreamState stream = new StreamState(id, links, request, null);
		stream.headReceived = true;
		stream.input.begin(request.contentLength(), end);
		return stream;
	}

	/**
	 * Make a stream to an instance, and send its head.
	 */
	static StreamState opened(int id, StreamLinks links, RequestHead request, boolean secure, Listener listener) {
		StreamState stream = new StreamState(id, links, null, new ResponseHead());
		stream.listen(listener);
		stream.withoutContent = request.method().equals("HEAD");
		links.writer().head(id, request, secure, !request.hasBody());
		stream.output.begin(!request.hasBody());
		return stream;
	}

	@Override
	public int id() {
		return this.id;
	}

	@Override
	public void listen(Listener listener) {
		this.listener = listener;
		this.input.listen(listener);
	}

	// Sending

	@Override
	public void writeHead(ResponseHead head, boolean end) {
		this.output.write(head, end);
	}

	@Override
	public void writeData(ByteBuf data, boolean end) {
		this.output.write(data, end);
	}

	@Override
	public void writeTrailers(HeaderFields trailers) {
		this.output.write(trailers);
	}

	@Override
	public boolean isOutputEnded() {
		return this.output.isEnded();
	}

	@Override
	public boolean isWritable() {
		return this.output.isWritable();
	}

	/**
	 * There is room again for what is to be sent.
	 */
	void onWritable() {
		this.listener.onWritable();
	}

	/**
	 * Let more be sent.
	 * @return whether it was not too much
	 */
	boolean allow(int bytes) {
		return this.output.allow(bytes);
	}

	// Receiving

	@Override
	public void pause() {
		this.input.pause();
	}

	@Override
	public void resume() {
		this.input.resume();
	}

	/**
	 * Give back what was held back of the window while the peer read nothing.
	 */
	void giveBack() {
		this.input.giveBack();
	}

	@Override
	public boolean isInputEnded() {
		return this.input.isEnded();
	}

	/**
	 * Return where the next head of a response goes, {@code null} when only trailers can
	 * come.
	 */
	@Nullable ResponseHead expectedHead() {
		return this.headReceived ? null : this.response;
	}

	/**
	 * Take a response's head.
	 * @return whether the stream can go on with it
	 */
	boolean receiveHead(ResponseHead head, boolean end) {
		if (head.status() < 200) {
			this.listener.onHead(head);
			return true;
		}
		this.headReceived = true;
		boolean empty = this.withoutContent || head.status() == 204 || head.status() == 304;
		// What comes against the rules is for the listener to drop.
		if (!this.input.begin(empty ? -1 : head.contentLength(), end)) {
			return false;
		}
		closeIfEnded();
		this.listener.onHead(head);
		if (end) {
			this.input.tellEnd();
		}
		return true;
	}

	/**
	 * Go on behind a request's head that has been told.
	 */
	void startBody() {
		if (this.input.isEnded()) {
			this.input.tellEnd();
		}
	}

	/**
	 * Take some of a body.
	 * @param in where it stands
	 * @param start its first byte
	 * @param length its length
	 * @param size what it takes of the windows
	 * @param end whether the peer's direction ends with it
	 * @return the error that it is, {@link ErrorCode#NO_ERROR} for none
	 */
	long receive(ByteBuf in, int start, int length, int size, boolean end) {
		if (!this.headReceived) {
			return ErrorCode.PROTOCOL_ERROR;
		}
		long error = this.input.count(length, size, end);
		if (error == ErrorCode.NO_ERROR) {
			closeIfEnded();
			this.input.take(in, start, length, size);
		}
		return error;
	}

	/**
	 * Take trailers, which end the peer's direction.
	 * @return the error that they are, {@link ErrorCode#NO_ERROR} for none
	 */
	long receive(HeaderFields trailers) {
		long error = this.input.count(0, 0, true);
		if (error == ErrorCode.NO_ERROR) {
			closeIfEnded();
			this.input.take(trailers);
		}
		return error;
	}

	// Ending

	/**
	 * Close the stream if both directions have ended.
	 */
	void closeIfEnded() {
		if (this.output.isEnded() && this.input.isEnded()) {
			close();
		}
	}

	private void close() {
		close(this.input.isEnded());
	}

	private void close(boolean ended) {
		if (!this.closed) {
			this.closed = true;
			this.output.close();
			this.links.table().remove(this, ended);
			// What the connection does about it is done at the end of the turn.
			this.links.writer().output().flushLater();
			this.input.onClosed(this.request);
		}
	}

	@Override
	public void reset(long code) {
		boolean open = !this.closed;
		this.input.abandon();
		close();
		if (open) {
			this.links.writer().reset(this.id, code);
			this.links.resets().onReset(code);
		}
	}

	/**
	 * End the stream because what the peer sent breaks the rules.
	 */
	void fail(long code) {
		this.input.abandon();
		close();
		this.links.writer().reset(this.id, code);
		this.listener.onReset(code, false);
	}

	/**
	 * The peer has reset the stream. An instance that has sent its response may do so to
	 * have no more of the request, and the response is to be handed on (RFC 9113, section
	 * 8.1).
	 */
	void onReset(long code) {
		if (this.response != null && this.input.keepsEnd()) {
			close();
			this.input.resetAfterwards(code);
			return;
		}
		this.input.abandon();
		close(true);
		this.listener.onReset(code, true);
	}

	/**
	 * The peer has not looked at the stream.
	 */
	void onRefused() {
		if (this.closed) {
			return;
		}
		this.input.abandon();
		close();
		this.listener.onRefused();
	}

	/**
	 * The connection has ended. A response that came whole is handed on all the same.
	 */
	void onConnectionLost(@Nullable Throwable cause) {
		if (this.closed) {
			return;
		}
		if (this.response != null && this.input.keepsEnd()) {
			close();
			return;
		}
		this.input.abandon();
		close();
		this.listener.onConnectionLost(cause);
	}

}
