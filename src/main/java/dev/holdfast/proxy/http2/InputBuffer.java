package dev.holdfast.proxy.http2;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * What a stream has brought and its listener has not taken yet. The window bounds how
 * many bytes that is, but a frame may bring a single one, and a queue of those would take
 * two hundred times as much: they are put together.
 */
final class InputBuffer implements Runnable {

	private static final long NO_RESET = -1;

	/** How many times its length some of a body may keep in memory. */
	private static final int MOST_PINNED = 8;

	private final int id;

	private final StreamLinks links;

	private final ReceiveWindow window;

	private final boolean copiesFew;

	private Http2Stream.Listener listener;

	private boolean paused;

	private boolean scheduled;

	private ByteBuf held = Unpooled.EMPTY_BUFFER;

	private @Nullable HeaderFields trailers;

	private long expected = -1;

	private long received;

	private boolean ended;

	private boolean told;

	private long resetAfterwards = NO_RESET;

	private boolean closed;

	private @Nullable RequestHead head;

	/**
	 * Make an empty one.
	 * @param copiesFew whether few bytes of a large buffer are copied: a client could
	 * have the whole of it kept by a single byte that nobody takes
	 */
	InputBuffer(int id, StreamLinks links, boolean copiesFew, Http2Stream.Listener listener) {
		this.id = id;
		this.links = links;
		this.copiesFew = copiesFew;
		this.listener = listener;
		this.window = new ReceiveWindow(links.window());
	}

	void listen(Http2Stream.Listener listener) {
		this.listener = listener;
	}

	/**
	 * Begin with a body.
	 * @param expected its length, -1 when it is not known
	 * @param end whether it has ended already
	 * @return whether that can be
	 */
	boolean begin(long expected, boolean end) {
		this.expected = expected;
		this.ended = end;
		return !end || expected <= 0;
	}

	boolean isEnded() {
		return this.ended;
	}

	/**
	 * Whether all has come and the listener does not know yet.
	 */
	boolean keepsEnd() {
		return this.ended && !this.told;
	}

	/**
	 * Count what came.
	 * @return the error that it is, {@link ErrorCode#NO_ERROR} for none
	 */
	long count(int length, int size, boolean end) {
		if (!this.window.receive(size)) {
			return ErrorCode.FLOW_CONTROL_ERROR;
		}
		this.received += length;
		if (this.expected >= 0 && (this.received > this.expected || (end && this.received < this.expected))) {
			return ErrorCode.PROTOCOL_ERROR;
		}
		this.ended = end;
		return ErrorCode.NO_ERROR;
	}

	/**
	 * Take what was counted.
	 */
	void take(ByteBuf in, int start, int length, int size) {
		giveBack(size - length);
		if (isHolding()) {
			hold(in, start, length);
		}
		else if (length > 0) {
			this.listener.onData(part(in, start, length));
			giveBack(length);
		}
		if (this.ended) {
			tellEnd();
		}
	}

	private ByteBuf part(ByteBuf in, int start, int length) {
		return (this.copiesFew && length < in.capacity() / MOST_PINNED)
				? in.alloc().buffer(length).writeBytes(in, start, length) : in.retainedSlice(start, length);
	}

	void take(HeaderFields trailers) {
		if (isHolding()) {
			this.trailers = copy(trailers);
			return;
		}
		tellEnd(trailers);
	}

	private boolean isHolding() {
		return this.paused || this.held.isReadable();
	}

	private void hold(ByteBuf in, int start, int length) {
		if (length > 0) {
			if (!this.held.isReadable()) {
				this.held = in.alloc().buffer(length);
			}
			this.held.writeBytes(in, start, length);
		}
	}

	static HeaderFields copy(HeaderFields fields) {
		HeaderFields copy = new HeaderFields();
		for (int i = 0; i < fields.size(); i++) {
			copy.add(fields, i);
		}
		return copy;
	}

	/**
	 * Give back what was held back of the window while the peer read nothing.
	 */
	void giveBack() {
		if (!this.ended && !this.closed) {
			this.links.flow().take(this.id, this.window, 0);
		}
	}

	private void giveBack(int bytes) {
		if (bytes > 0) {
			this.links.flow().take(bytes);
			if (!this.ended && !this.closed) {
				this.links.flow().take(this.id, this.window, bytes);
			}
		}
	}

	void pause() {
		this.paused = true;
	}

	void resume() {
		this.paused = false;
		if (!this.scheduled && (this.held.isReadable() || keepsEnd())) {
			this.scheduled = true;
			this.links.scheduler().defer(this);
		}
	}

	/**
	 * Hand on what was kept.
	 */
	@Override
	public void run() {
		this.scheduled = false;
		if (this.paused) {
			return;
		}
		ByteBuf data = this.held;
		this.held = Unpooled.EMPTY_BUFFER;
		int length = data.readableBytes();
		if (length > 0) {
			this.listener.onData(data);
			giveBack(length);
		}
		if (this.ended) {
			tellEnd();
		}
	}

	/**
	 * Tell the listener that all has come, if it has taken all of it.
	 */
	void tellEnd() {
		HeaderFields trailers = this.trailers;
		tellEnd((trailers != null) ? trailers : HeaderFields.NONE);
	}

	private void tellEnd(HeaderFields trailers) {
		if (this.told || isHolding() || this.scheduled) {
			return;
		}
		this.told = true;
		Http2Stream.Listener listener = this.listener;
		listener.onEnd(trailers);
		if (this.resetAfterwards != NO_RESET) {
			listener.onReset(this.resetAfterwards, true);
		}
		retire();
	}

	/**
	 * Tell of a reset when the end has been told.
	 */
	void resetAfterwards(long code) {
		this.resetAfterwards = code;
	}

	/**
	 * Throw away what was kept, and tell nothing more of it.
	 */
	void abandon() {
		this.told = true;
		this.resetAfterwards = NO_RESET;
		ByteBuf data = this.held;
		this.held = Unpooled.EMPTY_BUFFER;
		this.links.flow().take(data.readableBytes());
		data.release();
		retire();
	}

	/**
	 * The stream has ended or was reset.
	 * @param head its head, to be given back when the listener knows
	 */
	void onClosed(@Nullable RequestHead head) {
		this.closed = true;
		this.head = head;
		if (this.told) {
			retire();
		}
	}

	private void retire() {
		RequestHead head = this.head;
		if (this.closed && head != null) {
			this.head = null;
			this.links.table().retire(head);
		}
	}

}
