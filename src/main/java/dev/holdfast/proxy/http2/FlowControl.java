package dev.holdfast.proxy.http2;

import java.util.ArrayDeque;

import io.netty.buffer.ByteBuf;

/**
 * The windows of a connection (RFC 9113, section 5.2), and whose turn it is to send: each
 * stream that waits sends a frame at a time.
 */
final class FlowControl {

	/** What may be sent before anybody says something else, bytes. */
	static final int INITIAL = 65_535;

	private final FrameWriter writer;

	private final FrameOutput output;

	private final ReceiveWindow receiving;

	private final ArrayDeque<StreamOutput> ready = new ArrayDeque<>();

	private long sendWindow = INITIAL;

	private int initialSendWindow = INITIAL;

	/** Whether windows were not given back because the peer read nothing. */
	private boolean heldBack;

	/**
	 * Open the windows.
	 * @param writer where frames go
	 * @param receiving what the peer may send on all streams, bytes
	 */
	FlowControl(FrameWriter writer, int receiving) {
		this.writer = writer;
		this.output = writer.output();
		this.receiving = new ReceiveWindow(receiving);
	}

	/**
	 * Count what came on any stream.
	 * @return whether it was allowed
	 */
	boolean receive(int bytes) {
		return this.receiving.receive(bytes);
	}

	/**
	 * Count what came and has been taken.
	 */
	void take(int bytes) {
		take(0, this.receiving, bytes);
	}

	/**
	 * Count what came on a stream that goes on and has been taken. A peer that reads
	 * nothing is told of no window, or what it is told would pile up.
	 */
	void take(int stream, ReceiveWindow window, int bytes) {
		boolean reads = this.output.isRead();
		this.heldBack |= !reads;
		int back = window.take(bytes, reads);
		if (back > 0) {
			this.writer.windowUpdate(stream, back);
		}
	}

	/**
	 * Give back what was held back of the connection's window.
	 * @return whether windows of streams may have been held back as well
	 */
	boolean giveBack() {
		boolean heldBack = this.heldBack;
		this.heldBack = false;
		if (heldBack) {
			take(0);
		}
		return heldBack;
	}

	/**
	 * Let more be sent.
	 * @return whether it was not too much
	 */
	boolean allow(int bytes) {
		this.sendWindow += bytes;
		sendLater();
		return this.sendWindow <= Integer.MAX_VALUE;
	}

	int initialSendWindow() {
		return this.initialSendWindow;
	}

	void initialSendWindow(int bytes) {
		this.initialSendWindow = bytes;
	}

	/**
	 * Send some of a body at once.
	 * @param stream the stream
	 * @param data the bytes; what is sent has been read then
	 * @param window what the stream may send
	 * @param end whether the stream ends with it
	 * @return how much was sent: not all if there is no window, the socket takes nothing,
	 * or others wait
	 */
	int send(int stream, ByteBuf data, int window, boolean end) {
		int sent = 0;
		while (data.isReadable() && this.ready.isEmpty() && this.output.hasRoom()) {
			int length = Math.min(Math.min(data.readableBytes(), FrameType.MAX_LENGTH), most(window - sent));
			if (length <= 0) {
				break;
			}
			this.writer.data(stream, data, length, end && length == data.readableBytes());
			this.sendWindow -= length;
			sent += length;
		}
		return sent;
	}

	private int most(int window) {
		return (int) Math.min(window, this.sendWindow);
	}

	/**
	 * Send a frame of what waits.
	 * @return how much it was, bytes
	 */
	int send(int stream, OutputQueue queue, int window, boolean end) {
		int most = most(window);
		int sent = (most > 0) ? queue.send(this.writer, stream, most, end) : 0;
		this.sendWindow -= sent;
		return sent;
	}

	/**
	 * Have a stream send when it is its turn.
	 */
	void add(StreamOutput stream) {
		this.ready.add(stream);
		sendLater();
	}

	void remove(StreamOutput stream) {
		this.ready.remove(stream);
	}

	/**
	 * Go on when the socket has room again.
	 */
	void sendLater() {
		if (!this.ready.isEmpty() && this.sendWindow > 0) {
			this.output.flushLater();
		}
	}

	/**
	 * Let the streams that wait send, each a frame at a time.
	 */
	void sendAll() {
		while (this.sendWindow > 0 && this.output.hasRoom()) {
			StreamOutput stream = this.ready.poll();
			if (stream == null) {
				return;
			}
			stream.sendNext();
		}
	}

	/**
	 * Whether somebody waits for nothing but its turn.
	 */
	boolean canSend() {
		return !this.ready.isEmpty() && this.sendWindow > 0 && this.output.hasRoom();
	}

}
