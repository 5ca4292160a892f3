package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.client.ClientStream;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.transport.BodySource;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.route.RoutePolicy;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Streams an instance's response to the client, no faster than the client takes it. The
 * head is held back until the body's first bytes, so that a response that breaks before
 * them is none yet, and so that the length of a small one can be told.
 */
final class ResponseRelay {

	private static final int OK = 200;

	private final ClientResponses responses;

	private final ClientStream client;

	private final ResponseHead head;

	private final BodySource source;

	private final RoutePolicy policy;

	/** Hears of every byte. */
	private final ExchangeTimeouts timeouts;

	private final boolean hasContent;

	/** {@code null} when it is no gRPC call. */
	private final @Nullable GrpcMessages messages;

	/** The body's first bytes, while more may come in the same turn. */
	private @Nullable ByteBuf held;

	/** Whether a gRPC call has had a message for a response. */
	private boolean begun;

	/** Whether the message that is on its way is to be the last. */
	private boolean ending;

	private boolean paused;

	/** How much of the body was sent, bytes. */
	private long sent;

	private boolean stopped;

	/**
	 * Prepare to stream.
	 * @param responses writes the head
	 * @param client where the response goes
	 * @param head the response's head
	 * @param policy how the request is treated
	 * @param source brings the body
	 * @param timeouts hears of every byte
	 * @param grpc whether the response is to a gRPC call
	 */
	ResponseRelay(ClientResponses responses, ClientStream client, ResponseHead head, RoutePolicy policy,
			BodySource source, ExchangeTimeouts timeouts, boolean grpc) {
		this.responses = responses;
		this.client = client;
		this.head = head;
		this.policy = policy;
		this.source = source;
		this.timeouts = timeouts;
		this.hasContent = ResponseContent.isAllowed(client.head().method(), head.status());
		this.messages = grpc ? new GrpcMessages() : null;
	}

	/**
	 * Start to stream.
	 * @param loop gives the time at which all that one turn has brought was seen
	 */
	void start(TrafficLoop loop) {
		if (this.head.contentLength() < 0 && this.head.hasBody() && this.hasContent) {
			loop.defer(this::flush);
		}
	}

	/**
	 * Take more of the body.
	 * @param data the bytes, which are released here
	 * @return what they came to
	 */
	Relayed relay(ByteBuf data) {
		if (this.stopped || !this.hasContent) {
			// Some send content against the rules; to a client that speaks HTTP/1.1, it
			// would be the beginning of the next response.
			data.release();
			return Relayed.MORE;
		}
		this.timeouts.progress();
		if (this.messages == null) {
			pass(data);
			return Relayed.MORE;
		}
		return relay(data, this.messages.take(data));
	}

	private Relayed relay(ByteBuf data, int end) {
		if (this.ending && end >= 0) {
			data.writerIndex(data.readerIndex() + end);
			pass(data);
			return Relayed.LAST_MESSAGE;
		}
		pass(data);
		if (end >= 0 && !this.begun && this.head.status() == OK) {
			this.begun = true;
			return Relayed.FIRST_MESSAGE;
		}
		return Relayed.MORE;
	}

	private void pass(ByteBuf data) {
		long length = this.head.contentLength();
		if (this.held == null && !this.client.isHeadWritten() && (length < 0 || length == data.readableBytes())) {
			this.held = data;
			return;
		}
		flushHeld();
		write(data);
	}

	/**
	 * Send what is there: what comes next may be long in coming.
	 */
	private void flush() {
		if (this.stopped) {
			return;
		}
		if (!this.client.isHeadWritten()) {
			writeHead();
		}
		flushHeld();
	}

	private void flushHeld() {
		ByteBuf data = this.held;
		if (data != null) {
			this.held = null;
			write(data);
		}
	}

	private void write(ByteBuf data) {
		if (!this.client.isHeadWritten()) {
			writeHead();
		}
		this.sent += data.readableBytes();
		ClientResponses.write(this.client, data);
		if (!this.stopped && !this.paused && !this.client.isWritable()) {
			this.paused = true;
			this.timeouts.block();
			this.source.pause();
		}
	}

	private void writeHead() {
		this.responses.writeHead(this.client, this.head, this.head.contentLength(), true, false, this.policy);
	}

	/**
	 * There is room again for more of it.
	 */
	void onWritable() {
		if (this.paused && !this.stopped) {
			this.paused = false;
			this.timeouts.unblock();
			this.source.resume();
		}
	}

	/**
	 * Ask a gRPC call that has many responses to end behind the one that is on its way.
	 * Does nothing to a call that has one. To be asked from time to time.
	 * @return whether it is behind one now
	 */
	boolean stopStream() {
		if (this.messages == null || this.stopped || !this.messages.isStream()) {
			return false;
		}
		this.ending = true;
		return this.messages.isBetween();
	}

	/**
	 * Send what is held back, and nothing any more.
	 */
	void stopBehindMessage() {
		flush();
		stop();
	}

	/**
	 * Send the end.
	 * @param trailers the trailers
	 * @param close whether the connection cannot be used any more
	 */
	void finish(HeaderFields trailers, boolean close) {
		ByteBuf last = this.held;
		this.held = null;
		this.stopped = true;
		if (!this.client.isHeadWritten() && !beginWhole((last != null) ? last.readableBytes() : 0, trailers, close)) {
			if (last != null) {
				last.release();
			}
			return;
		}
		if (last != null) {
			this.sent += last.readableBytes();
			ClientResponses.write(this.client, last);
		}
		this.client.end(trailers);
	}

	/**
	 * Send the head of a response that is whole.
	 * @return whether something follows it
	 */
	private boolean beginWhole(int length, HeaderFields trailers, boolean close) {
		long announced = this.head.contentLength();
		boolean trailed = !trailers.isEmpty() && this.client.takesTrailers(announced);
		boolean follows = length > 0 || trailed;
		boolean known = announced < 0 && this.hasContent && this.messages == null && !trailed;
		this.responses.writeHead(this.client, this.head, known ? length : announced, follows, close, this.policy);
		return follows;
	}

	/**
	 * Return how much of the body was sent, bytes.
	 */
	long sent() {
		return this.sent;
	}

	/**
	 * Send nothing any more.
	 */
	void stop() {
		this.stopped = true;
		if (this.held != null) {
			this.held.release();
			this.held = null;
		}
	}

	/**
	 * What bytes of a response came to.
	 */
	enum Relayed {

		/** They are sent, or held back. */
		MORE,

		/** A gRPC call has had its first message. */
		FIRST_MESSAGE,

		/** A gRPC call has had the message behind which it was to end. */
		LAST_MESSAGE

	}

}
