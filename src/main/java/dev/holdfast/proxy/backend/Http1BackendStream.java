package dev.holdfast.proxy.backend;

import java.util.ArrayDeque;

import dev.holdfast.proxy.header.ConnectionPersistence;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One request on an HTTP/1.1 connection. One object for each, so that whoever keeps it
 * for too long cannot reach the request behind it.
 */
final class Http1BackendStream implements BackendStream {

	private static final int SWITCHING_PROTOCOLS = 101;

	private final Http1BackendConnection connection;

	private final TrafficLoop loop;

	private @Nullable ResponseListener listener;

	/** What came while it was paused. */
	private @Nullable ArrayDeque<ByteBuf> kept;

	private Stage response = Stage.UNASKED;

	private boolean chunked;

	private boolean requestEnded;

	private boolean paused;

	private boolean resuming;

	private boolean awaitsRoom;

	/** Whether the connection is clean behind the response, and can go on. */
	private boolean clean;

	Http1BackendStream(Http1BackendConnection connection, TrafficLoop loop) {
		this.connection = connection;
		this.loop = loop;
	}

	@Override
	public HttpVersion version() {
		return HttpVersion.HTTP_1_1;
	}

	@Override
	public boolean isShared() {
		return false;
	}

	@Override
	public boolean isReused() {
		return this.connection.isReused();
	}

	@Override
	public void writeHead(RequestHead head, ResponseListener listener) {
		this.listener = listener;
		this.requestEnded = !head.hasBody();
		this.chunked = head.isChunked() && head.hasBody();
		if (this.response == Stage.OVER || this.connection.isClosed()) {
			// Closed since the place was taken.
			this.response = Stage.EXPECTED;
			this.loop.defer(() -> onFailed(new BackendFailure.ConnectionBroken(true, isReused())));
			return;
		}
		this.response = Stage.EXPECTED;
		this.connection.parser().expect(head.method());
		this.connection.output().write(head);
	}

	@Override
	public void write(ByteBuf data) {
		if (!data.isReadable() || this.requestEnded || this.response == Stage.OVER || this.connection.isClosed()) {
			data.release();
		}
		else if (this.chunked) {
			this.connection.output().writeChunk(data);
		}
		else {
			this.connection.output().write(data);
		}
	}

	@Override
	public void end(HeaderFields trailers) {
		if (this.requestEnded || this.response == Stage.OVER) {
			return;
		}
		this.requestEnded = true;
		if (this.connection.isClosed()) {
			return;
		}
		if (this.chunked) {
			this.connection.output().writeLastChunk(trailers);
		}
		if (this.response == Stage.ENDED) {
			release();
		}
	}

	@Override
	public boolean isWritable() {
		boolean writable = this.connection.channel().isWritable();
		this.awaitsRoom = !writable;
		return writable;
	}

	void onWritable() {
		if (this.awaitsRoom && this.listener != null) {
			this.awaitsRoom = false;
			this.listener.onWritable();
		}
	}

	/**
	 * Whether the whole response has been read from the connection, though perhaps not
	 * been handed on yet: what breaks behind it breaks the request at most.
	 */
	boolean isResponseRead() {
		return this.response == Stage.READ || this.response == Stage.ENDED || this.response == Stage.OVER;
	}

	/**
	 * Whether something of a response is still to come.
	 */
	boolean isExpecting() {
		return this.response == Stage.EXPECTED || this.response == Stage.BODY;
	}

	/**
	 * Whether the response is a 101, behind which nothing more is HTTP.
	 */
	boolean isSwitching() {
		return this.response == Stage.SWITCHING;
	}

	@Override
	public void pause() {
		if (!this.paused && this.response != Stage.OVER) {
			this.paused = true;
			if (!isResponseRead() && !this.connection.isClosed()) {
				this.connection.autoRead(false);
			}
		}
	}

	@Override
	public void resume() {
		if (!this.paused) {
			return;
		}
		this.paused = false;
		if (!isKeeping() && this.response != Stage.READ) {
			goOn();
		}
		else if (!this.resuming) {
			this.resuming = true;
			this.loop.defer(this::handOn);
		}
	}

	private boolean isKeeping() {
		return this.kept != null && !this.kept.isEmpty();
	}

	private void goOn() {
		if (isExpecting() && !this.connection.isClosed()) {
			this.connection.autoRead(true);
		}
	}

	private void handOn() {
		this.resuming = false;
		while (!this.paused && this.listener != null && this.kept != null) {
			ByteBuf data = this.kept.poll();
			if (data == null) {
				break;
			}
			this.listener.onBody(data);
		}
		if (this.paused || isKeeping()) {
			return;
		}
		if (this.response == Stage.READ) {
			finish();
		}
		else {
			goOn();
		}
	}

	void onHead(ResponseHead head) {
		if (this.listener == null) {
			return;
		}
		if (head.status() == SWITCHING_PROTOCOLS) {
			this.response = Stage.SWITCHING;
			this.listener.onHead(head);
		}
		else if (head.status() < 200) {
			this.listener.onInterim(head);
		}
		else {
			this.response = Stage.BODY;
			this.listener.onHead(head);
		}
	}

	void onBody(ByteBuf data) {
		if (this.listener == null) {
			data.release();
		}
		else if (this.paused || this.resuming || isKeeping()) {
			if (this.kept == null) {
				this.kept = new ArrayDeque<>();
			}
			this.kept.add(data);
		}
		else {
			this.listener.onBody(data);
		}
	}

	/**
	 * The response has been read whole.
	 * @param clean whether nothing has come behind it on a connection that is open
	 */
	void onEnd(boolean clean) {
		this.clean = clean;
		this.response = Stage.READ;
		// A response without content has nothing that could be paused.
		if (isKeeping() || ((this.paused || this.resuming) && this.connection.parser().head().hasBody())) {
			if (!this.connection.isClosed()) {
				// To learn when the instance closes.
				this.connection.autoRead(true);
			}
			return;
		}
		finish();
	}

	/**
	 * Something came behind the response.
	 */
	void spoil() {
		this.clean = false;
	}

	private void finish() {
		ResponseListener told = this.listener;
		if (told == null || this.response != Stage.READ) {
			return;
		}
		this.response = Stage.ENDED;
		HeaderFields trailers = this.connection.parser().trailers();
		if (this.requestEnded) {
			release();
		}
		told.onEnd(trailers);
	}

	private void release() {
		this.response = Stage.OVER;
		this.listener = null;
		ConnectionPersistence persistence = ConnectionPersistence.of(this.connection.parser().head());
		boolean keep = this.clean && persistence.keepsConnection();
		if (keep) {
			this.connection.autoRead(true);
		}
		this.connection.release(this, keep, persistence.keepAliveSeconds());
	}

	void onFailed(BackendFailure failure) {
		ResponseListener told = this.listener;
		close();
		if (told != null) {
			told.onFailed(failure);
		}
	}

	@Override
	public void cancel() {
		if (this.response != Stage.OVER) {
			close();
			this.connection.cancel(this);
		}
	}

	private void close() {
		this.response = Stage.OVER;
		this.listener = null;
		for (ByteBuf data = poll(); data != null; data = poll()) {
			data.release();
		}
	}

	private @Nullable ByteBuf poll() {
		return (this.kept != null) ? this.kept.poll() : null;
	}

	@Override
	public TunnelEnd switchProtocols() {
		TunnelEnd end = this.connection.switchProtocols(this);
		close();
		return end;
	}

	/**
	 * How far the response has come.
	 */
	private enum Stage {

		/** The request has not been sent. */
		UNASKED,

		/** Its head is to come. */
		EXPECTED,

		/** Its body is to come, or its end. */
		BODY,

		/** It was a 101. */
		SWITCHING,

		/** All of it has been read, and not all been handed on. */
		READ,

		/** All of it has been handed on, and the request has not ended. */
		ENDED,

		/** Nothing more happens. */
		OVER

	}

}
