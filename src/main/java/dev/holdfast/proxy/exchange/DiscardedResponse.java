package dev.holdfast.proxy.exchange;

import java.util.concurrent.TimeUnit;

import dev.holdfast.proxy.backend.BackendStream;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.transport.Deadline;
import dev.holdfast.proxy.transport.Deadlines;
import io.netty.buffer.ByteBuf;

/**
 * A response that no client gets, because another instance is asked. A small one is read
 * to its end, which costs less than a new connection; a large or slow one is given up
 * with its connection, or its stream of a shared one.
 */
final class DiscardedResponse extends Deadline {

	/** As much as is sent without waiting to be read, bytes. */
	private static final int MOST_READ = 64 * 1024;

	private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final BackendStream stream;

	private final Deadlines deadlines;

	private long read;

	/**
	 * Prepare to discard a response of which nothing but the head has come.
	 * @param stream brings it
	 * @param deadlines bounds the time
	 */
	DiscardedResponse(BackendStream stream, Deadlines deadlines) {
		this.stream = stream;
		this.deadlines = deadlines;
	}

	/**
	 * Read the rest.
	 * @param head the response's head
	 * @param sent whether the instance has been sent the whole request, so that the
	 * connection can take another
	 */
	void discard(ResponseHead head, boolean sent) {
		if (!sent || (head.hasBody() && head.contentLength() > MOST_READ)) {
			giveUp();
		}
		else {
			this.deadlines.set(this, this.deadlines.in(LONGEST_NANOS));
		}
	}

	void onBody(ByteBuf data) {
		this.read += data.readableBytes();
		data.release();
		if (this.read > MOST_READ) {
			giveUp();
		}
	}

	/**
	 * The response has ended, or broken.
	 */
	void onEnd() {
		this.deadlines.cancel(this);
	}

	@Override
	protected void onDue(long now) {
		giveUp();
	}

	private void giveUp() {
		this.deadlines.cancel(this);
		this.stream.cancel();
	}

}
